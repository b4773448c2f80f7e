// Finds closed captions in coded pictures: which CEA-608 channels and CEA-708 services they carry.
// Source: ITU-T H.264 and H.265 annex D (user_data_registered_itu_t_t35); ATSC A/53 part 4 section
// 6.2.3 (cc_data); ANSI/CTA-608-E sections 8.4 and B.5 (field 1 and 2, control codes);
// ANSI/CTA-708-E sections 5 and 6 (caption channel packets, service blocks).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "media/packet.h"

namespace weir::media {

/// CC1 to CC4 and SERVICE1 to SERVICE63, in this order.
struct CaptionChannel {
  bool digital = false;  ///< A service of CEA-708.
  int number = 1;

  auto operator<=>(const CaptionChannel&) const = default;
  /// "CC1", "SERVICE1".
  std::string name() const;
};
/// The reverse; empty for any other text.
std::optional<CaptionChannel> parse_caption_channel(std::string_view name);

/// One of the constructs of cc_data that are marked valid.
struct CaptionPair {
  int type = 0;  ///< 0 and 1: fields of CEA-608; 2: caption channel packet goes on; 3: it begins.
  std::uint8_t first = 0, second = 0;
};
/// Those in front of the first slice of an access unit (Annex B); H.264 and HEVC only, nothing for
/// other codecs. Any bytes are safe.
std::vector<CaptionPair> find_captions(AVCodecID codec, ByteView access_unit);

/// The access unit with an SEI message in front of its first slice: `triples` are the constructs of
/// cc_data, three bytes each, at most 31. H.264 and HEVC.
Bytes insert_captions(AVCodecID codec, ByteView access_unit, ByteView triples);

/// A CEA-608 channel counts once it shows captions: a control code of one of the caption styles. A
/// service counts once a block of it holds anything but padding. Text channels, data services and
/// empty blocks do not count.
class CaptionFinder {
 public:
  explicit CaptionFinder(AVCodecID codec) : codec_(codec) {}

  /// Packets of one track in decoding order.
  void take(const Packet& packet);
  /// The same of an access unit (Annex B) by itself; its times are in one unit, any.
  void take(ByteView access_unit, std::int64_t pts, std::int64_t dts);
  /// What still waits for its place among the pictures shown.
  void finish();
  const std::set<CaptionChannel>& found() const { return found_; }

 private:
  void take_line21(const CaptionPair& pair);
  void take_digital(const CaptionPair& pair);
  void release(std::int64_t shown_till);
  void read_packet();

  const AVCodecID codec_;
  std::map<std::int64_t, std::vector<CaptionPair>> waiting_;  // of CEA-708, by pts
  Bytes packet_;                                              // the caption channel packet
  std::set<CaptionChannel> found_;
};

}  // namespace weir::media
