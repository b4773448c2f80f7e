#include "hls/tag_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/text.h"

namespace weir::hls {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Tags whose value is an attribute list.
constexpr std::array<std::string_view, 17> kListTags = {"EXT-X-STREAM-INF",
                                                        "EXT-X-I-FRAME-STREAM-INF",
                                                        "EXT-X-MEDIA",
                                                        "EXT-X-MAP",
                                                        "EXT-X-KEY",
                                                        "EXT-X-SESSION-KEY",
                                                        "EXT-X-SESSION-DATA",
                                                        "EXT-X-DATERANGE",
                                                        "EXT-X-START",
                                                        "EXT-X-PART",
                                                        "EXT-X-PART-INF",
                                                        "EXT-X-SERVER-CONTROL",
                                                        "EXT-X-PRELOAD-HINT",
                                                        "EXT-X-RENDITION-REPORT",
                                                        "EXT-X-SKIP",
                                                        "EXT-X-DEFINE",
                                                        "EXT-X-CONTENT-STEERING"};

bool digit(char c) {
  return c >= '0' && c <= '9';
}

bool name_char(char c) {
  return (c >= 'A' && c <= 'Z') || digit(c) || c == '-';
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

/// Reads one line after the other and keeps what it finds.
class Reader {
 public:
  Result<TagText> read(std::string_view text);

 private:
  void problem(std::string what) {
    if (out_.problems.size() < kMaxProblems) out_.problems.push_back({number_, std::move(what)});
  }
  void read_line(std::string_view line);
  void read_tag(std::string_view line);
  Attributes read_list(std::string_view text);
  Attribute read_value(std::string_view name, std::string_view& rest);

  TagText out_;
  int number_ = 0;
};

Result<TagText> Reader::read(std::string_view text) {
  number_ = 1;
  if (text.starts_with(kByteOrderMark)) {
    problem("a byte order mark comes before #EXTM3U");
    text.remove_prefix(kByteOrderMark.size());
  }
  if (trim(text.substr(0, text.find('\n'))) != "#EXTM3U")
    return fail(Code::kBadInput, "line 1: no playlist: the first line is not #EXTM3U");
  for (number_ = 1; !text.empty(); ++number_) {
    const std::size_t end = text.find('\n');
    read_line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return std::move(out_);
}

void Reader::read_line(std::string_view raw) {
  const std::string_view line = trim(raw);
  if (line.empty()) return;
  if (!valid_utf8(line)) problem("not valid UTF-8");
  if (has_control(line)) problem("a control character");
  if (line.starts_with("#EXT")) return read_tag(line);
  if (line.front() != '#') out_.lines.push_back({number_, "", std::string(line), {}});
}

void Reader::read_tag(std::string_view line) {
  const std::size_t colon = line.find(':');
  Line tag{number_,
           std::string(line.substr(1, colon == std::string_view::npos ? colon : colon - 1)),
           "",
           {}};
  if (colon != std::string_view::npos) tag.value = trim(line.substr(colon + 1));
  if (std::find(kListTags.begin(), kListTags.end(), tag.tag) != kListTags.end())
    tag.attributes = read_list(tag.value);
  out_.lines.push_back(std::move(tag));
}

// Blanks around names and commas are not the draft's, but common; they are read and not minded.
Attributes Reader::read_list(std::string_view rest) {
  Attributes out;
  while (!(rest = trim(rest)).empty()) {
    const std::size_t equals = rest.find('=');
    const std::string_view name = trim(rest.substr(0, equals));
    if (equals == std::string_view::npos || name.empty() ||
        !std::all_of(name.begin(), name.end(), name_char)) {
      problem("damaged attribute list");
      break;
    }
    rest.remove_prefix(equals + 1);
    Attribute attribute = read_value(name, rest);
    if (out.find(attribute.name) != nullptr)
      problem(fmt::format("attribute {} twice", attribute.name));
    out.list.push_back(std::move(attribute));
  }
  return out;
}

Attribute Reader::read_value(std::string_view name, std::string_view& rest) {
  rest = trim(rest);
  Attribute out{std::string(name), "", rest.starts_with('"')};
  if (out.quoted) {
    rest.remove_prefix(1);
    const std::size_t quote = rest.find('"');
    if (quote == std::string_view::npos)
      problem(fmt::format("attribute {}: no closing quote", name));
    out.value = rest.substr(0, quote);
    rest.remove_prefix(quote == std::string_view::npos ? rest.size() : quote + 1);
  }
  const std::size_t comma = rest.find(',');
  const std::string_view before = trim(rest.substr(0, comma));
  if (!out.quoted) out.value = before;
  if (out.quoted && !before.empty())
    problem(fmt::format("attribute {}: text after the closing quote", name));
  if (!out.quoted && out.value.empty()) problem(fmt::format("attribute {} has no value", name));
  rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  return out;
}

}  // namespace

Result<TagText> read_tags(std::string_view text) {
  return Reader().read(text);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || !std::all_of(text.begin(), text.end(), digit)) return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> parse_micros(std::string_view text) {
  constexpr std::int64_t kMillion = 1'000'000;
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (whole.empty() && part.empty()) return {};
  if (!std::all_of(part.begin(), part.end(), digit)) return {};
  const auto seconds = whole.empty() ? std::optional<std::int64_t>(0) : parse_integer(whole);
  if (!seconds || *seconds >= std::numeric_limits<std::int64_t>::max() / kMillion) return {};
  std::int64_t fraction = 0;
  for (std::size_t i = 0; i < 6; ++i)
    fraction = fraction * 10 + (i < part.size() ? part[i] - '0' : 0);
  const bool up = part.size() > 6 && part[6] >= '5';
  return *seconds * kMillion + fraction + (up ? 1 : 0);
}

const Attribute* Attributes::find(std::string_view name) const {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Attribute& a) { return a.name == name; });
  return found == list.end() ? nullptr : &*found;
}

std::optional<std::string> Attributes::text(std::string_view name) const {
  const auto* attribute = find(name);
  return attribute ? std::optional(attribute->value) : std::nullopt;
}

std::optional<std::int64_t> Attributes::integer(std::string_view name) const {
  const auto* attribute = find(name);
  return attribute ? parse_integer(attribute->value) : std::nullopt;
}

std::optional<std::int64_t> Attributes::micros(std::string_view name) const {
  const auto* attribute = find(name);
  return attribute ? parse_micros(attribute->value) : std::nullopt;
}

std::optional<Size> Attributes::resolution(std::string_view name) const {
  const std::string value = text(name).value_or("");
  const std::size_t x = value.find('x');
  if (x == std::string::npos) return {};
  const auto width = parse_integer(std::string_view(value).substr(0, x));
  const auto height = parse_integer(std::string_view(value).substr(x + 1));
  if (!width || !height || *width > 1'000'000 || *height > 1'000'000) return {};
  return Size{static_cast<int>(*width), static_cast<int>(*height)};
}

bool Attributes::yes(std::string_view name) const {
  return text(name) == "YES";
}

}  // namespace weir::hls
