// EXT-X-DATERANGE: a stretch of time and what is said about it.
// Source: draft-pantos-hls-rfc8216bis section 4.4.5.1.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/units.h"
#include "hls/tag_reader.h"

namespace weir::hls {

/// One tag. Several may tell of the same range: they share ID and START-DATE.
struct DateRange {
  std::string id;
  std::string line;  ///< The tag as it is written, with its end of line.

  bool operator==(const DateRange&) const = default;
};
using DateRangePtr = std::shared_ptr<const DateRange>;

/// Writes the attributes of one tag in the order of the calls. Dates and durations are told in
/// milliseconds, as EXT-X-PROGRAM-DATE-TIME is: the same moment then reads the same in both.
class DateRangeWriter {
 public:
  DateRangeWriter(std::string_view id, std::int64_t start_utc_us, std::string_view cls = {});

  DateRangeWriter& date(std::string_view name, std::int64_t utc_us);
  DateRangeWriter& seconds(std::string_view name, Micros length);
  DateRangeWriter& whole(std::string_view name, std::int64_t number);
  /// 0x and upper case digits.
  DateRangeWriter& hex(std::string_view name, ByteView bytes);
  /// What a quoted-string cannot hold is left out.
  DateRangeWriter& quoted(std::string_view name, std::string_view text);

  DateRangePtr done() const;

 private:
  DateRange range_;
};

/// A tag as it was read: it is written again to the letter.
DateRangePtr date_range_of(const Line& tag);

/// Microseconds to whole milliseconds: downwards, as dates are told, and to the nearest, as
/// durations are.
std::int64_t whole_ms(std::int64_t us);
Micros nearest_ms(Micros length);

}  // namespace weir::hls
