#include "hls/date_range.h"

#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.h"

namespace weir::hls {

DateRangeWriter::DateRangeWriter(std::string_view id, std::int64_t start_utc_us,
                                 std::string_view cls) {
  range_.id = id;
  range_.line = "#EXT-X-DATERANGE:ID=\"" + range_.id + '"';
  if (!cls.empty()) quoted("CLASS", cls);
  date("START-DATE", start_utc_us);
}

DateRangeWriter& DateRangeWriter::date(std::string_view name, std::int64_t utc_us) {
  return quoted(name, format_utc(utc_us));
}

DateRangeWriter& DateRangeWriter::seconds(std::string_view name, Micros length) {
  const auto ms = nearest_ms(length).count() / 1000;
  fmt::format_to(std::back_inserter(range_.line), ",{}={}.{:03}", name, ms / 1000, ms % 1000);
  return *this;
}

DateRangeWriter& DateRangeWriter::whole(std::string_view name, std::int64_t number) {
  fmt::format_to(std::back_inserter(range_.line), ",{}={}", name, number);
  return *this;
}

DateRangeWriter& DateRangeWriter::hex(std::string_view name, ByteView bytes) {
  fmt::format_to(std::back_inserter(range_.line), ",{}=0x{:02X}", name, fmt::join(bytes, ""));
  return *this;
}

DateRangeWriter& DateRangeWriter::quoted(std::string_view name, std::string_view text) {
  fmt::format_to(std::back_inserter(range_.line), ",{}=\"", name);
  for (const char c : text)
    if (c != '"' && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) range_.line += c;
  range_.line += '"';
  return *this;
}

DateRangePtr DateRangeWriter::done() const {
  auto range = std::make_shared<DateRange>(range_);
  range->line += '\n';
  return range;
}

DateRangePtr date_range_of(const Line& tag) {
  auto range = std::make_shared<DateRange>();
  range->id = tag.attributes.text("ID").value_or("");
  range->line = fmt::format("#{}:{}\n", tag.tag, tag.value);
  return range;
}

Micros nearest_ms(Micros length) {
  return (length + Micros(500)) / 1000 * 1000;
}

std::int64_t whole_ms(std::int64_t us) {
  const std::int64_t rest = us % 1000;
  return us - (rest < 0 ? rest + 1000 : rest);
}

}  // namespace weir::hls
