#include "safety/text/shape_forms.h"

#include <fmt/format.h>

#include <initializer_list>

namespace weir::safety {
namespace {

// A dot, and what it is written as to get past a filter.
constexpr std::string_view kDot = R"((?:\.|。|\[\.\]|\(\.\)|\[dot\]|\(dot\)))";
constexpr std::string_view kLabel = "[a-z0-9][a-z0-9-]*";
// Domains that begin no sentence ("I like it.so do you"), and those that may.
constexpr std::string_view kDomains =
    "com|net|org|info|biz|io|tv|cc|co|xyz|vip|icu|ru|cn|hk|tw|uk|de|fr|jp|kr|br|eu|nl|pl|vn|th";
constexpr std::string_view kWordDomains =
    "top|site|online|club|live|shop|app|dev|link|win|pro|me|in|is|it|to|so|at|be|us|my|no|am|ly|gg|"
    "gl|fun|ink";
constexpr std::string_view kNoWord = "[a-z][a-z-]*[0-9][a-z0-9-]*";  // abc123
constexpr std::string_view kRest = R"((?:[:/?#][!#-;=?-~]*))";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::size_t kMostDigits = 15;  // of a number with its country, E.164

/// Groups of digits one after the other, as many as may be one number.
struct Groups {
  std::array<std::size_t, kMostDigits> sizes{};
  std::size_t count = 0;
  std::array<char, kMostDigits> digits{};
  std::size_t total = 0;
  bool plus = false;  ///< + stands before them.

  std::span<const std::size_t> all() const { return std::span(sizes).first(count); }
  bool are(std::initializer_list<std::size_t> wanted) const {
    return std::equal(wanted.begin(), wanted.end(), all().begin(), all().end());
  }
  bool all_single() const { return count == total; }

  /// Whether there was room for it.
  bool add(std::string_view group) {
    if (total + group.size() > kMostDigits) return false;
    std::copy(group.begin(), group.end(), digits.begin() + static_cast<std::ptrdiff_t>(total));
    sizes[count++] = group.size();
    total += group.size();
    return true;
  }
};

bool is_chinese_mobile(const Groups& groups) {
  if (groups.total != 11 || groups.digits[0] != '1' || groups.digits[1] < '3') return false;
  return groups.count == 1 || groups.are({3, 4, 4}) || groups.are({3, 8}) || groups.all_single();
}

bool is_north_american(const Groups& groups) {
  const bool country = groups.total == 11 && groups.digits[0] == '1';
  const char* digits = groups.digits.data() + (country ? 1 : 0);
  if ((groups.total != 10 && !country) || digits[0] < '2' || digits[3] < '2') return false;
  return groups.are({3, 3, 4}) || groups.are({1, 3, 3, 4}) || groups.all_single();
}

bool is_national(const Groups& groups) {
  if (groups.digits[0] != '0' || groups.total < 9 || groups.total > 12) return false;
  if (groups.count == 1) return groups.total == 11;
  return groups.count <= 5 && groups.sizes[0] >= 2 && groups.sizes[0] <= 5;
}

bool is_phone(const Groups& groups) {
  if (groups.plus) return groups.total >= 8;
  return is_chinese_mobile(groups) || is_north_american(groups) || is_national(groups);
}

std::string_view next_group(std::string_view text, std::size_t from) {
  while (from < text.size() && !is_digit(text[from])) ++from;
  std::size_t end = from;
  while (end < text.size() && is_digit(text[end])) ++end;
  return text.substr(from, end - from);
}

/// The longest number that begins with the group at `begin`; "": none.
std::string_view phone_at(std::string_view text, std::size_t begin) {
  const auto behind = [&](std::string_view group) {
    return static_cast<std::size_t>(group.data() - text.data()) + group.size();
  };
  Groups groups;
  groups.plus = begin > 0 && text[begin - 1] == '+';
  std::size_t end = 0;
  for (auto group = next_group(text, begin); !group.empty() && groups.add(group);
       group = next_group(text, behind(group)))
    if (is_phone(groups)) end = behind(group);
  const std::size_t from = groups.plus ? begin - 1 : begin;
  return end == 0 ? std::string_view() : text.substr(from, end - from);
}

}  // namespace

std::span<const std::string> url_expressions() {
  static const std::array<std::string, 6> kExpressions{
      R"((?:h(?:tt|xx)ps?|ftp)://[!#-;=?-~]+)",
      fmt::format(R"(www\.{}\.[!#-;=?-~]+)", kLabel),
      fmt::format("{0}(?:{1}{0})*{1}(?:{2}){3}?", kLabel, kDot, kDomains, kRest),
      fmt::format("{0}(?:{1}{0})*{1}(?:{2})/[!#-;=?-~]+", kLabel, kDot, kWordDomains),
      fmt::format("{}{}(?:{}){}?", kNoWord, kDot, kWordDomains, kRest),
      fmt::format("{}点(?:com|net|org|cn){}?", kLabel, kRest)};
  return kExpressions;
}

std::span<const std::string> phone_expressions() {
  static const std::array<std::string, 1> kExpressions{R"([0-9](?:[ ().\-/]{0,3}[+]?[0-9])+)"};
  return kExpressions;
}

std::span<const std::string> handle_expressions() {
  static const std::array<std::string, 3> kExpressions{
      R"(@[^\s!-/:-@\[-^`{-~，。！？、；：]+)", R"([a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)",
      "(?:微信|薇信|威信|wechat|weixin|vx|v信|wx|qq|扣扣|电报|telegram|tg|whatsapp|discord|skype)"
      R"(\s*(?:号|id|是|加|群)*\s*[:=]?\s*[a-z0-9_@+-]+)"};
  return kExpressions;
}

ShortText url_host(std::string_view url) {
  if (const auto at = url.find("://"); at != url.npos) url.remove_prefix(at + 3);
  url = url.substr(0, url.find_first_of(":/?#"));
  constexpr std::string_view kDots[] = {"[.]", "(.)", "[dot]", "(dot)", "。", "点"};
  ShortText out;
  while (!url.empty()) {
    const auto dot = std::find_if(std::begin(kDots), std::end(kDots),
                                  [&](std::string_view one) { return url.starts_with(one); });
    const std::size_t taken = dot == std::end(kDots) ? 1 : dot->size();
    out.add(dot == std::end(kDots) ? url.substr(0, 1) : ".");
    url.remove_prefix(taken);
  }
  return out;
}

bool is_within(std::string_view host, std::string_view domain) {
  if (!host.ends_with(domain)) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

std::string_view phone_in(std::string_view text) {
  for (auto group = next_group(text, 0); !group.empty();) {
    const auto begin = static_cast<std::size_t>(group.data() - text.data());
    if (const auto phone = phone_at(text, begin); !phone.empty()) return phone;
    group = next_group(text, begin + group.size());
  }
  return {};
}

bool is_handle(std::string_view text) {
  if (text.find('@') != text.npos) return text.size() > 2;
  const auto name = text.find_last_not_of("abcdefghijklmnopqrstuvwxyz0123456789_@+-");
  const auto account = name == text.npos ? text : text.substr(name + 1);
  return account.size() >= 5 && account.find_first_of("0123456789_") != account.npos;
}

ShortText digits_of(std::string_view text) {
  ShortText out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (is_digit(text[i])) out.add(text.substr(i, 1));
  return out;
}

}  // namespace weir::safety
