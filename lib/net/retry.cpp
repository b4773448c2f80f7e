#include "net/retry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace weir::net {
namespace {

constexpr std::int64_t kMostSeconds = 365 * 86'400;  // more is the same to everyone

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text[0] == '-' || end != text.data() + text.size()) return {};
  if (error == std::errc::result_out_of_range) return kMostSeconds;
  if (error != std::errc()) return {};
  return std::min(value, kMostSeconds);
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form a server may generate; microseconds since 1970.
std::optional<std::int64_t> date(std::string_view text) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return {};
  const auto month_at = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const auto d = number(text.substr(5, 2)), y = number(text.substr(12, 4));
  const auto h = number(text.substr(17, 2)), m = number(text.substr(20, 2)),
             s = number(text.substr(23, 2));
  if (month_at == kMonths.end() || !d || !y || !h || !m || !s) return {};
  const year_month_day day{year(static_cast<int>(*y)),
                           month(static_cast<unsigned>(month_at - kMonths.begin() + 1)),
                           std::chrono::day(static_cast<unsigned>(*d))};
  if (!day.ok()) return {};
  const std::int64_t days = sys_days(day).time_since_epoch().count();
  return (days * 86'400 + *h * 3600 + *m * 60 + *s) * 1'000'000;
}

}  // namespace

Random dice(const weir::Random& bytes) {
  return [&bytes] {
    std::uint8_t two[2];
    bytes.fill(two);
    return (two[0] * 256 + two[1]) / 65535.0;
  };
}

Micros backoff(const RetryPolicy& policy, int failures, double random) {
  Micros most = policy.first;
  for (int i = 1; i < failures && most < policy.longest; ++i) most *= 2;
  most = std::min(most, policy.longest);
  const double half = static_cast<double>(most.count()) / 2;
  return Micros(static_cast<std::int64_t>(half + half * random));
}

std::optional<Micros> parse_retry_after(std::string_view text, std::int64_t now_utc_us) {
  if (const auto seconds = number(text)) return Micros(*seconds * 1'000'000);
  const auto at = date(text);
  if (!at) return {};
  return Micros(std::max<std::int64_t>(0, *at - now_utc_us));
}

}  // namespace weir::net
