// The onMetaData script tag: what a player wants to know before the first picture.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.5 and E.6; Enhanced RTMP v2
// (Veovera 2024), "Enhancing onMetaData"; the keyframes object is a convention of seekable FLV
// files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "flv/tag.h"
#include "media/track.h"

namespace weir::flv {

/// One entry for each key frame: where a player that seeks may start reading.
struct KeyFrame {
  std::int64_t timestamp_ms = 0;
  std::int64_t position = 0;  ///< Byte offset of the tag in the file.
};

/// Known only once everything has been written.
struct FileFacts {
  double duration_s = 0;
  std::int64_t file_size = 0;
  std::int64_t last_timestamp_ms = 0;
  std::vector<KeyFrame> key_frames;  ///< Fewer than two give no index.
};

/// A track that travels in multitrack messages.
struct FurtherTrack {
  const media::Track* track = nullptr;  ///< Borrowed.
  int id = 0;                           ///< Among those of its kind, from 1.
  double frame_rate = 0;                ///< 0: leave it out. The same for the rate.
  std::int64_t rate = 0;                ///< Bits per second.
};

struct Metadata {
  const media::Track* video = nullptr;  ///< Borrowed; either may be absent.
  const media::Track* audio = nullptr;
  double frame_rate = 0;        ///< 0: leave it out. The same for both rates.
  std::int64_t video_rate = 0;  ///< Bits per second.
  std::int64_t audio_rate = 0;
  std::string encoder;
  std::optional<FileFacts> file = {};  ///< Absent in a stream.
  std::vector<FurtherTrack> more = {};
  /// Every codec is named by its FourCC, as MuxerOptions::nanoseconds does.
  bool four_ccs = false;
};

/// With further tracks they stand in videoTrackIdInfoMap and audioTrackIdInfoMap, and renditions
/// and languages are named, those of the ordinary tracks beside the other properties. Its size
/// depends on the tracks, on which fields are there and on the number of key frames, never on the
/// values, so that a first pass with zeros tells where the media starts.
Tag metadata_tag(const Metadata& metadata);

}  // namespace weir::flv
