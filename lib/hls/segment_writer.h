// Turns segments into the bytes of their files; one writer for each track, kept for its whole life.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/pieces.h"
#include "base/result.h"
#include "hls/byte_range.h"
#include "hls/content_key.h"
#include "hls/segment.h"
#include "media/track.h"

namespace weir::hls {

struct SegmentBytes {
  std::optional<Bytes> init;   ///< An initialization section, when this segment needs another one.
  Pieces media;                ///< Good as long as the packets are, and until the next write().
  std::vector<KeyRange> keys;  ///< Of a picture, in order, at least kLeastKeyDistance apart.
};

/// Segments come in order; those with `gap` set are not written. A failure is kBadInput when the
/// packets are not what the track promised.
class SegmentWriter {
 public:
  virtual ~SegmentWriter() = default;
  /// The samples of the segments that follow are encrypted, until told otherwise; at first they are
  /// clear. kUnsupported, kBadInput when the track has no form for that.
  virtual Result<void> use_key(const std::optional<ContentKey>& key) = 0;
  virtual Result<SegmentBytes> write(const Segment& segment) = 0;
  /// Part for part instead of write(): the bytes of a segment are those of its parts, one after the
  /// other. An initialization section comes with the first packets of a segment only. kUnsupported
  /// unless the writer says that it can.
  virtual Result<SegmentBytes> write(const Part& part);
};

/// CMAF: fragmented MP4 with an initialization section; also in parts, each of them a chunk.
/// Encrypted as Cbcs has it, with another initialization section for each key. kUnsupported for a
/// codec it has no sample entry for.
Result<std::unique_ptr<SegmentWriter>> open_cmaf_writer(const media::Track& track);

/// MPEG-TS, one programme with one stream. Counters run on from segment to segment, every segment
/// begins with PAT and PMT, stamps are kept modulo 2^33. Several frames of sound share a PES
/// packet. Encrypted as SampleAes has it. kUnsupported for a codec HLS does not allow in it.
Result<std::unique_ptr<SegmentWriter>> open_ts_writer(const media::Track& track);

/// Packed audio: frames without a container behind an ID3 tag with the time of the first, on the
/// clock of the transport streams beside it. kUnsupported for pictures and for a codec HLS does not
/// allow in it; never encrypted by samples.
Result<std::unique_ptr<SegmentWriter>> open_packed_writer(const media::Track& track);

/// WebVTT: one file a segment, as webvtt_segment() has it; never encrypted by samples.
std::unique_ptr<SegmentWriter> open_webvtt_writer(const media::Track& track);

}  // namespace weir::hls
