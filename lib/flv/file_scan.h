// What an FLV file holds: tracks, their stamps, and where its tags are. Bytes only, no files.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "flv/body_reader.h"
#include "flv/metadata.h"
#include "flv/tag.h"

namespace weir::flv {

struct ScannedTrack {
  TagType type = TagType::kVideo;
  int id = 0;  ///< Track id; 0 of the ordinary one.
  std::uint32_t codec = 0;
  Bytes configuration;  ///< The last one.
  std::int64_t frames = 0;
  std::int64_t bytes = 0;     ///< Of the frames.
  std::int64_t first_ms = 0;  ///< Earliest time of showing.
  std::int64_t last_ms = 0;   ///< Stamp of the last frame.
  std::int64_t step_ms = 0;   ///< From the one before to it.
  std::int64_t shown_ms = 0;  ///< Latest time of showing.

  /// Where the next frame may be decoded, and shown.
  std::int64_t next_ms() const { return last_ms + step_ms; }
  std::int64_t end_ms() const { return shown_ms + step_ms; }
};

/// Fed from the start of a file on, in pieces of any size.
class FileScan {
 public:
  /// kBadInput, kUnsupported: as TagReader. Tags that cannot be taken apart are passed over.
  Result<void> feed(ByteView bytes);

  const std::vector<ScannedTrack>& tracks() const { return tracks_; }
  /// Key frames of the ordinary picture track; positions in the file.
  const std::vector<KeyFrame>& key_frames() const { return key_frames_; }
  std::int64_t last_timestamp_ms() const { return last_timestamp_ms_; }
  /// Behind the file header, and behind onMetaData when that is the first tag. 0: there is no whole
  /// file header.
  std::int64_t media_start() const { return media_start_; }
  /// Behind the last whole tag.
  std::int64_t whole_size() const { return reader_.consumed(); }
  /// Bytes of a tag that is cut off.
  std::size_t pending() const { return reader_.pending(); }

 private:
  void take(const TagView& tag);
  void take_frame(const TagView& tag, const BodyPart& part, std::int64_t position);
  ScannedTrack& track_of(TagType type, const BodyPart& part);

  TagReader reader_;
  std::vector<ScannedTrack> tracks_;
  std::vector<KeyFrame> key_frames_;
  std::int64_t last_timestamp_ms_ = 0;
  std::int64_t media_start_ = 0;
  bool any_tag_ = false;
};

}  // namespace weir::flv
