// The I-frame playlist of a picture: its key pictures, each a stretch of a segment's file.
// Source: draft-pantos-hls-rfc8216bis section 4.4.3.6; HLS authoring specification, rules 6.1 to
// 6.11.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "hls/bandwidth.h"
#include "hls/byte_range.h"
#include "hls/playlist.h"

namespace weir::publish {

/// Kept in step with the media playlist: what enters that enters here, what leaves it leaves here.
/// Memory     Of an EVENT or VOD playlist: grows with the stream, as the media playlist does.
class HlsIFrames {
 public:
  HlsIFrames(hls::MediaPlaylist::Type type, Micros target) : meter_(target) {
    playlist_.type = type;
    playlist_.iframes_only = true;
  }

  /// A segment of the media playlist, from `start` to `end`, and its key pictures; a gap has none
  /// and stays one entry.
  void add(const hls::MediaSegment& segment, const std::vector<hls::KeyRange>& keys,
           media::Time start, media::Time end);
  /// Goes on from what an earlier run had listed, in step with `media`, which may list more or
  /// less; before anything is added. Where nothing of `media` is gone on with, its numbers are.
  void take_up(const hls::MediaPlaylist& earlier, const hls::MediaPlaylist& media);

  /// The oldest segment added has left the media playlist.
  void remove_first();

  /// As it is to be written now.
  const hls::MediaPlaylist& playlist(std::int64_t target_duration, bool ended);
  /// EXT-X-TARGETDURATION, for the rates.
  void fix_target(Micros target) { meter_.fix_target(target); }
  /// Of all `map` of entries that name none.
  void set_map(const std::string& map, const std::optional<hls::ByteRange>& range);
  /// The first entry was on air at this moment, the others follow.
  void date_from(std::int64_t utc_us);
  /// Bits per second; 0 before the first key picture.
  std::int64_t peak() const { return meter_.peak(); }
  std::int64_t average() const { return meter_.average(); }

 private:
  hls::MediaPlaylist playlist_;
  hls::ExtinfRounder extinf_;
  hls::BandwidthMeter meter_;
  std::deque<std::size_t> entries_;  // of each segment still listed
};

}  // namespace weir::publish
