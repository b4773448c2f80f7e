// SCTE-35 splice_info_section: where a break begins and ends, as the source's encoder says it.
// Source: ANSI/SCTE 35 2023, sections 9.6 to 9.8 and 10.3.3.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/time.h"

namespace weir::media {

/// Of the clock SCTE-35 and MPEG-TS count by; it wraps after 2^33 ticks.
inline constexpr AVRational kSpliceBase{1, 90'000};

/// splice_insert(): out of the network's programme, or back into it.
struct SpliceInsert {
  std::uint32_t event = 0;
  bool cancelled = false;  ///< The event does not take place; nothing below is known.
  bool out = false;
  std::optional<Time> duration{};  ///< Of the break.
  bool auto_return = false;        ///< After `duration` the break is over without another word.
};

/// segmentation_descriptor(): what begins or ends at the splice.
struct Segmentation {
  std::uint32_t event = 0;
  bool cancelled = false;  ///< Nothing below is known.
  int type = 0;            ///< segmentation_type_id, table 23.
  std::optional<Time> duration{};

  /// Something that replaces the programme begins or ends: a break, an advertisement, a placement
  /// opportunity, a promotion, a block of them.
  bool out() const;
  bool in() const;
};

struct SpliceInfo {
  enum Command {
    kNull = 0,
    kSchedule = 4,
    kInsert = 5,
    kTimeSignal = 6,
    kBandwidthReservation = 7,
    kPrivate = 255,
  };
  std::size_t size = 0;    ///< Of the section; stuffing may follow it.
  bool encrypted = false;  ///< Nothing below is known.
  int command = kNull;     ///< splice_command_type; any value.
  /// When, pts_adjustment added, in ticks of kSpliceBase below 2^33; empty: at once, or no time.
  std::optional<std::int64_t> pts;
  std::optional<SpliceInsert> insert;
  std::vector<Segmentation> segmentations;
  bool descriptors = false;  ///< There are any, of whatever kind.
};

/// kBadInput when the checksum is wrong, the section is cut off or a length in it is. Any bytes are
/// safe.
Result<SpliceInfo> parse_splice_info(ByteView bytes);

/// The moment nearest to `now` at which a 33-bit clock shows `pts`; in kSpliceBase.
Time splice_time(Time now, std::int64_t pts);

}  // namespace weir::media
