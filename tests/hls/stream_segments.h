// Coded streams as segments, and what a writer makes of them.
#pragma once

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "hls/segment_writer.h"
#include "support/coded_stream.h"
#include "support/matchers.h"

namespace weir::hls {

/// Cuts at every key frame (sound: every `count` packets), stamps moved to begin at `first`.
inline std::vector<Segment> segments_of(const support::CodedStream& stream, std::int64_t first,
                                        std::size_t count = 0) {
  std::vector<Segment> out;
  const std::int64_t shift = first - stream.packets.front().pts().ticks;
  std::int64_t end = 0;
  for (const auto& original : stream.packets) {
    media::Packet packet = original.share();
    packet.raw()->pts += shift;
    packet.raw()->dts += shift;
    const std::int64_t length = std::max<std::int64_t>(1, packet.raw()->duration);
    end = std::max(end, packet.raw()->pts + length);
    const bool cut = count == 0 ? packet.key() : out.empty() || out.back().packets.size() == count;
    if (cut) {
      Segment segment;
      segment.number = static_cast<std::int64_t>(out.size());
      segment.start = packet.pts();
      if (!out.empty()) {
        out.back().duration = {segment.start.ticks - out.back().start.ticks, segment.start.base};
        out.back().decode_end = packet.dts();
      }
      out.push_back(std::move(segment));
    }
    out.back().packets.push_back(std::move(packet));
  }
  out.back().duration = {end - out.back().start.ticks, out.back().start.base};
  const auto& last = *out.back().packets.back().raw();
  out.back().decode_end = {last.dts + std::max<std::int64_t>(1, last.duration), last.time_base};
  return out;
}

inline Bytes write_all(SegmentWriter& writer, const std::vector<Segment>& segments) {
  Bytes all;
  for (const auto& segment : segments) {
    auto bytes = writer.write(segment);
    EXPECT_THAT(bytes, support::IsOk());
    if (!bytes) return all;
    if (bytes->init) all.insert(all.end(), bytes->init->begin(), bytes->init->end());
    for (const ByteView view : bytes->media.views())
      all.insert(all.end(), view.begin(), view.end());
  }
  return all;
}

}  // namespace weir::hls
