// Packets written as text: "K0 d40 d80 K120".
#pragma once

#include <charconv>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "media/packet.h"

namespace weir::support {

struct PacketStyle {
  int track = 0;
  AVRational base{1, 1000};    ///< The numbers in the text are ticks of this.
  std::int64_t duration = 40;  ///< Of every packet, in ticks.
  std::string payload = "x";   ///< The bytes of every packet.
};

/// K is a key packet, d another one; the number is its pts, and its dts too, unless a dts follows
/// behind a slash ("d120/40"). Not for outside bytes: a malformed text gives a packet at 0.
inline std::vector<media::Packet> packets(std::string_view text, const PacketStyle& style = {}) {
  std::vector<media::Packet> result;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    std::int64_t pts = 0;
    const char* end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data() + 1, end, pts);
    std::int64_t dts = pts;
    if (parsed.ptr != end && *parsed.ptr == '/') std::from_chars(parsed.ptr + 1, end, dts);
    auto packet = media::Packet::of(as_bytes(style.payload));
    packet.raw()->stream_index = style.track;
    packet.raw()->time_base = style.base;
    packet.raw()->pts = pts;
    packet.raw()->dts = dts;
    packet.raw()->duration = style.duration;
    packet.raw()->flags = word[0] == 'K' ? AV_PKT_FLAG_KEY : 0;
    result.push_back(std::move(packet));
  }
  return result;
}

}  // namespace weir::support
