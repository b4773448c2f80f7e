// Reads the media of one HLS segment, as a player would: its initialisation section, then its
// bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "base/bytes.h"
#include "hls/webvtt.h"
#include "media/captions.h"
#include "media/packet.h"
#include "media/track.h"
#include "probe/fetch.h"
#include "probe/fragment_scan.h"
#include "probe/ts_scan.h"

namespace weir::probe {

/// What one kind of track shows in a segment. Microseconds of the segment's own stamps.
struct TrackSpan {
  std::int64_t packets = 0;
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;
  std::int64_t frame_us = 0;  ///< Length of one packet; 0 when not known.
  bool even = false;          ///< At least five packets, evenly spaced to 2 ms.
};

struct SegmentFacts {
  std::int64_t bytes = 0;  ///< Of the segment, without its initialisation section.
  std::optional<TrackSpan> video;
  std::optional<TrackSpan> audio;
  bool starts_with_idr = false;              ///< Of the picture that is first in decoding order.
  bool stamped = true;                       ///< False for packed audio without a timestamp.
  bool fragmented = false;                   ///< ISO base media (fMP4), so it needs EXT-X-MAP.
  std::vector<std::int64_t> idrs;            ///< Presentation times.
  std::optional<hls::WebvttHeader> webvtt;   ///< Of subtitles in WebVTT.
  std::optional<TsFacts> ts;                 ///< Of a transport stream.
  FragmentFacts fragments;                   ///< Of fMP4.
  std::int64_t sounds = 0;                   ///< Streams of sound.
  std::set<media::CaptionChannel> captions;  ///< In the pictures.
  int channels = 0;                          ///< Of AAC with ADTS headers; 0 when not known.

  /// The picture where there is one, else the sound.
  const TrackSpan* main() const { return video ? &*video : audio ? &*audio : nullptr; }
};

/// What to read.
struct SegmentSource {
  std::string location;
  std::optional<hls::ByteRange> range;
  const Bytes* init = nullptr;   ///< Borrowed; null when no EXT-X-MAP applies.
  const Bytes* media = nullptr;  ///< Borrowed; the segment itself where it was fetched already.
};

/// The packets of a segment, stamped in microseconds, with whether each is an IDR.
using PacketVisitor = std::function<void(const media::Packet&, media::Kind, bool idr)>;
/// The stream of a kind as libavformat has it, before its first packet.
using StreamVisitor = std::function<void(const AVStream&, media::Kind)>;

/// Threads: one call at a time. Memory does not grow with the segment's size.
class SegmentReader {
 public:
  explicit SegmentReader(const Fetcher& fetcher) : fetcher_(fetcher) {}

  /// Only the first video and the first sound track count. When `tracks` is given it is filled with
  /// those two, described from the bitstream; that costs a decoded picture.
  /// Fails with kIo when the bytes cannot be had, kBadInput when they are no media, kStopped.
  /// 33-bit stamps are continued from the segment read before.
  Result<SegmentFacts> read(const SegmentSource& source, media::Tracks* tracks,
                            const PacketVisitor& visit, const StreamVisitor& begin = {});
  /// Where 33-bit stamps are counted from: the stamps nearest to this time are meant.
  void near(std::int64_t time_us) { last_us_ = time_us; }

 private:
  bool restamp(AVPacket& packet, const AVStream& stream);

  const Fetcher& fetcher_;
  std::optional<std::int64_t> last_us_;
  std::int64_t begin_us_ = 0;                  // what stamps count from: 0 but in packed audio
  std::int64_t sound_us_ = 0;                  // how long one packet of sound lasts
  std::optional<std::int64_t> next_sound_us_;  // where the next one begins, if known
};

}  // namespace weir::probe
