#include "edge/http_conditions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include <fmt/format.h>

#include "base/text.h"

namespace weir::edge {
namespace {

// Takes the first part off a list.
std::string_view next_of(std::string_view& list, char between) {
  const auto at = list.find(between);
  const std::string_view part = trim(list.substr(0, at));
  list = at == list.npos ? std::string_view{} : list.substr(at + 1);
  return part;
}

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t out = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (fault != std::errc{} || end != digits.data() + digits.size()) return {};
  return out;
}

bool names_etag(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    std::string_view each = next_of(list, ',');
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == etag || each == "*") return true;
  }
  return false;
}

// "-5", the last five bytes.
RangeWish last_bytes(std::string_view digits, std::uint64_t size, ByteSpan& part) {
  const auto count = number(digits);
  if (!count) return RangeWish::kAll;
  if (*count == 0 || size == 0) return RangeWish::kUnsatisfiable;
  part.size = std::min(*count, size);
  part.offset = size - part.size;
  return RangeWish::kPart;
}

bool is_zero(std::string_view quality) {
  return quality.starts_with('0') && quality.find_first_not_of("0.") == quality.npos;
}

}  // namespace

std::string http_date(std::int64_t seconds) {
  const auto at = static_cast<std::time_t>(seconds);
  std::tm time{};
  ::gmtime_r(&at, &time);
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     kDays[static_cast<std::size_t>(time.tm_wday)], time.tm_mday,
                     kMonths[static_cast<std::size_t>(time.tm_mon)], time.tm_year + 1900,
                     time.tm_hour, time.tm_min, time.tm_sec);
}

bool is_not_modified(const HttpRequest& request, const Validators& state) {
  const std::string_view tags = request.field("If-None-Match");
  if (!tags.empty()) return names_etag(tags, state.etag);
  return !state.modified.empty() && request.field("If-Modified-Since") == state.modified;
}

RangeWish wished_range(const HttpRequest& request, const Validators& state, std::uint64_t size,
                       ByteSpan& part) {
  constexpr std::string_view kUnit = "bytes=";
  std::string_view range = request.field("Range");
  const std::string_view since = request.field("If-Range");
  if (!since.empty() && since != state.etag && since != state.modified) return RangeWish::kAll;
  if (!same_but_for_case(range.substr(0, kUnit.size()), kUnit)) return RangeWish::kAll;
  range = trim(range.substr(kUnit.size()));
  const auto dash = range.find('-');
  if (dash == range.npos) return RangeWish::kAll;
  const std::string_view last = range.substr(dash + 1);
  if (dash == 0) return last_bytes(last, size, part);
  const auto from = number(range.substr(0, dash));
  const auto to = last.empty() ? std::optional<std::uint64_t>(UINT64_MAX) : number(last);
  if (!from || !to || *to < *from) return RangeWish::kAll;
  if (*from >= size) return RangeWish::kUnsatisfiable;
  part = {*from, std::min(*to, size - 1) - *from + 1};
  return RangeWish::kPart;
}

bool takes_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::string_view each = next_of(accept_encoding, ',');
    const std::string_view name = next_of(each, ';');
    each = trim(each);
    const bool is_refused = same_but_for_case(each.substr(0, 2), "q=") && is_zero(each.substr(2));
    if (same_but_for_case(name, "gzip")) return !is_refused;
    if (name == "*") any = !is_refused;
  }
  return any;
}

}  // namespace weir::edge
