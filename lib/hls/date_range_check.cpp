#include "hls/date_range_check.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>

namespace weir::hls {
namespace {

constexpr std::int64_t kExact = 1000;  // microseconds; playlists count in milliseconds

// "+01:00", "+0100", "+01" or "Z", in minutes.
std::optional<int> zone_minutes(const std::string& text) {
  if (text == "Z") return 0;
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return {};
  std::string digits;
  for (std::size_t i = 1; i < text.size(); ++i)
    if (text[i] != ':' || i != 3) digits += text[i];
  if (digits.size() == 2) digits += "00";
  const auto number = parse_integer(digits);
  if (digits.size() != 4 || !number) return {};
  const int minutes = static_cast<int>(*number / 100 * 60 + *number % 100);
  return text[0] == '-' ? -minutes : minutes;
}

std::optional<std::int64_t> date_of(const Attributes& attributes, std::string_view name) {
  const auto text = attributes.text(name);
  return text ? date_us(*text) : std::nullopt;
}

void check_time(const Attributes& all, std::vector<std::string>& wrong) {
  for (const char* name : {"START-DATE", "END-DATE"})
    if (all.find(name) != nullptr && !date_of(all, name))
      wrong.push_back(fmt::format("{} is no date", name));
  for (const char* name : {"DURATION", "PLANNED-DURATION"})
    if (all.find(name) != nullptr && !all.micros(name))
      wrong.push_back(fmt::format("{} is no number of seconds", name));
  const auto start = date_of(all, "START-DATE"), end = date_of(all, "END-DATE");
  if (!start || !end) return;
  if (*end < *start) wrong.emplace_back("END-DATE is before START-DATE");
  const auto duration = all.micros("DURATION");
  if (duration && std::llabs(*end - *start - *duration) > kExact)
    wrong.emplace_back("END-DATE is not START-DATE and DURATION");
}

void check_end_on_next(const Attributes& all, std::vector<std::string>& wrong) {
  const auto value = all.text("END-ON-NEXT");
  if (!value) return;
  if (*value != "YES") wrong.emplace_back("END-ON-NEXT is not YES");
  if (all.find("CLASS") == nullptr) wrong.emplace_back("END-ON-NEXT without CLASS");
  for (const char* name : {"DURATION", "END-DATE"})
    if (all.find(name) != nullptr) wrong.push_back(fmt::format("END-ON-NEXT beside {}", name));
}

}  // namespace

std::optional<std::int64_t> date_us(const std::string& text) {
  std::tm tm{};
  const char* const rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &tm);
  if (rest == nullptr) return {};
  std::string tail(rest);
  std::int64_t fraction = 0;
  if (tail.starts_with('.')) {
    const auto end = std::min(tail.find_first_not_of("0123456789", 1), tail.size());
    const auto parsed = parse_micros("0" + tail.substr(0, end));
    if (!parsed || end == 1) return {};
    fraction = *parsed;
    tail = tail.substr(end);
  }
  const auto zone = zone_minutes(tail);
  if (!zone) return {};
  return (static_cast<std::int64_t>(::timegm(&tm)) - *zone * 60) * 1'000'000 + fraction;
}

std::vector<std::string> DateRangeCheck::take(const Attributes& attributes) {
  std::vector<std::string> wrong;
  const std::string id = attributes.text("ID").value_or("");
  if (id.empty()) wrong.emplace_back("it has no ID");
  if (attributes.find("START-DATE") == nullptr) wrong.emplace_back("it has no START-DATE");
  check_time(attributes, wrong);
  check_end_on_next(attributes, wrong);
  auto& known = ranges_[id];
  for (const auto& attribute : attributes.list) {
    const auto [before, is_new] = known.try_emplace(attribute.name, attribute.value);
    if (!is_new && before->second != attribute.value && !id.empty())
      wrong.push_back(fmt::format("{} is another one than before", attribute.name));
  }
  for (auto& each : wrong) each = fmt::format("date range '{}': {}", id, each);
  return wrong;
}

}  // namespace weir::hls
