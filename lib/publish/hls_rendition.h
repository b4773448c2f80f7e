// One rendition on its way out: its segments, its media playlist, and what was measured of it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "hls/bandwidth.h"
#include "hls/picture_rate.h"
#include "hls/playlist.h"
#include "hls/segment.h"
#include "hls/segment_writer.h"
#include "hls/stream_facts.h"
#include "media/track.h"
#include "publish/hls_cues.h"
#include "publish/hls_earlier.h"
#include "publish/hls_iframes.h"
#include "publish/hls_keys.h"
#include "publish/hls_options.h"
#include "publish/hls_single_file.h"

namespace weir::publish {

struct Rates {
  std::int64_t peak = 0;  ///< Bits per second.
  std::int64_t average = 0;
};

/// What the presentation says of a segment.
struct Placement {
  std::optional<std::int64_t> utc_us;  ///< Program date time of its start.
  Micros target{};                     ///< Wanted length of segments.
  KeyPeriodPtr key{};                  ///< Null: it stays clear.
};

/// Files of a rendition: FOLDER/init.mp4 (init-1.mp4 after a change), FOLDER/seg-00000.m4s (or .ts,
/// .aac, as segment_suffix() has it), FOLDER/index.m3u8, FOLDER/iframes.m3u8. A segment is written
/// after its initialization section, a playlist only when asked for, so after the segments it
/// lists; those the store has lost it lists as gaps.
/// Parts      FOLDER/seg-00000.0.m4s and on, and the segment made of them, byte for byte. They
///            leave the playlist when they end more than three target durations before its end,
///            and are removed as much later.
/// Text       FOLDER/seg-00000.vtt, always whole and a file each; encrypted only where whole
///            segments are.
/// Codec      When a segment is of another form its writer is another one, behind a discontinuity.
///            CODECS names both. kUnsupported when the names of files would have to be others.
/// Single     FOLDER/media.mp4 (or .ts, .aac) instead, with the initialization sections in it.
/// Failure    What the store says. The object is of no use afterwards.
/// Threads    One at a time, but for bytes() and frames().
class HlsRendition {
 public:
  /// kUnsupported when the container cannot carry the codec. `keys` is borrowed.
  static Result<std::unique_ptr<HlsRendition>> open(media::Track track, std::string folder,
                                                    const HlsOptions& options,
                                                    const HlsServices& services, HlsKeys& keys);

  const media::Track& track() const { return track_; }
  const std::string& folder() const { return folder_; }
  std::string playlist_name() const { return folder_ + "/index.m3u8"; }
  /// Written with the other one; there only if it has_iframes().
  std::string iframes_name() const { return folder_ + "/iframes.m3u8"; }
  bool has_iframes() const;

  /// Writes the segment.
  Result<void> add(const hls::Segment& segment, const Placement& placement);
  /// Writes a part of the segment that is added next; it then comes without packets.
  Result<void> add(const hls::Part& part, const Placement& placement);
  /// Added by this run.
  std::int64_t segments() const { return added_ - first_; }
  bool lists_anything() const { return !playlist_.segments.empty(); }
  /// What the next playlist lists.
  const hls::MediaPlaylist& playlist() const { return playlist_; }
  /// Name of the initialization section in force, inside the folder.
  const std::string& map() const { return map_; }
  /// How far it has come, as the playlists of other renditions tell it; empty: not begun.
  std::optional<hls::RenditionReport> report() const;
  /// What the next playlist says of the others. Parts only.
  void set_reports(std::vector<hls::RenditionReport> reports) { reports_ = std::move(reports); }
  /// EXTINF of the longest segment so far.
  Micros longest() const { return longest_; }

  /// Writes the playlist with this EXT-X-TARGETDURATION. Live: what has left the window is taken
  /// out first, and its files are removed when no player can want them any more. Of the date ranges
  /// those that touch what is listed are in it.
  Result<void> write_playlist(std::int64_t target_duration, bool ended, const HlsCues& cues);
  /// Gives dates to segments that were added without.
  void date(const WallTime& wall);
  /// Of the first segment listed; empty: there is none, or it has no date.
  std::optional<std::int64_t> first_date() const;
  /// Goes on with the numbers of an earlier run, and with its playlist if it `is_continued`; before
  /// anything is added. Files of it that are not listed (any more) are removed: those nobody has
  /// seen at once, others when no player can want them.
  Result<void> take_up(const EarlierRun& earlier, bool is_continued, Micros target);
  /// What another run has to know.
  HlsState::Rendition state() const {
    return {folder_, std::string(suffix_), oldest_, oldest_map_, maps_};
  }
  /// Removes everything that was written.
  void remove_all();

  /// Only after a segment with packets.
  const std::optional<hls::StreamFacts>& facts() const { return facts_; }
  AVRational frame_rate() const { return picture_rate_.rate(track_.frame_rate); }
  /// What the multivariant playlist should say now: measured for VOD, else what was declared for
  /// the track with room for the container, until settle() or outgrown() bring in what was
  /// measured.
  Rates rates() const;
  /// True once when what is measured leaves the limits of what was published, 125 % of the peak or
  /// 110 % of the average, and when another codec has come.
  bool outgrown();
  void settle();
  /// The same of the I-frame playlist.
  Rates iframe_rates() const;

  std::int64_t bytes() const { return bytes_; }
  std::int64_t frames() const { return frames_; }

 private:
  HlsRendition(media::Track track, std::string folder, const HlsOptions& options,
               const HlsServices& services, HlsKeys& keys);
  const KeyPeriod* begin(const hls::Segment& segment, const Placement& placement,
                         hls::MediaSegment& entry);
  Result<std::vector<hls::KeyRange>> write_segment(const hls::Segment& segment,
                                                   hls::MediaSegment& entry, const KeyPeriod* key);
  Result<void> use_init(const Bytes& init, bool other_key, hls::MediaSegment& entry);
  void measure(const hls::Segment& segment, std::int64_t size, Micros duration);
  void count(const std::vector<media::Packet>& packets);
  Result<void> use_form(const hls::FormPtr& form);
  const media::Track& form() const { return form_ ? *form_ : track_; }
  Result<bool> use_key(const KeyPeriod* key);
  Result<void> learn(ByteView first);
  Result<void> put_segment(const Pieces& pieces, hls::MediaSegment& entry,
                           std::vector<hls::KeyRange>& keys);
  Result<void> put_init(const Bytes& init);
  Result<hls::ByteRange> append(const Pieces& pieces);
  std::string note(const std::string& name);
  Rates measured() const;
  Rates measured_iframes() const;
  Result<void> put_listing(const std::string& name, const hls::MediaPlaylist& playlist);
  bool wants_iframes() const;
  void note_keys(const std::vector<hls::KeyRange>& keys, const hls::Segment& segment);
  Rates declared() const;
  void slide();
  void list_date_ranges(const std::vector<hls::DateRangePtr>& wanted);
  void retire(const hls::MediaSegment& segment, Micros listed);

  // Parts.
  void open_segment(const hls::Part& part, const Placement& placement);
  Result<void> write_part(const hls::Part& part, const hls::MediaPart& entry);
  Result<void> close_segment(const hls::Segment& segment);
  void list_parts();
  void retire_parts(hls::MediaSegment& segment);
  Result<void> remove_retired();

  // An earlier run.
  Result<void> remove_unseen(const EarlierRun& earlier, std::size_t index);
  void retire_earlier(const EarlierRun& earlier, std::size_t index);
  void retire_earlier_parts(const EarlierRun& earlier, std::size_t index);

  const media::Track track_;
  const std::string folder_;
  const std::string_view suffix_;  // of segments
  const HlsOptions options_;
  const HlsServices services_;
  HlsKeys& keys_;
  std::unique_ptr<hls::SegmentWriter> writer_;
  hls::FormPtr form_;     // of what the writer writes; null: track_
  bool learned_ = false;  // what the playlists say of it
  bool another_codec_ = false;
  hls::MediaPlaylist playlist_;
  hls::ExtinfRounder extinf_;
  std::optional<hls::BandwidthMeter> meter_;
  std::optional<hls::StreamFacts> facts_;
  std::optional<HlsIFrames> iframes_;
  std::int64_t listed_keys_of_ = -1;  // the number that comes next, when it was last written
  std::optional<Rates> published_, published_iframes_;
  std::int64_t key_in_use_ = -1;  // number of the key the writer has, -1 for none
  bool is_clear_ = false;         // the segment before had no key
  std::optional<HlsSingleFile> single_;
  std::optional<hls::ByteRange> map_range_;
  std::optional<media::Time> begin_;  // of the first segment of this run
  bool shown_ = false;                // some playlist has been written, by whichever run
  std::string map_;  // name of the current initialization section, inside the folder
  int maps_ = 0;
  bool map_is_earlier_ = false;  // it was put by another run
  std::int64_t first_ = 0;       // number of the first segment of this run
  std::int64_t added_ = 0;       // number of the next one
  std::int64_t oldest_ = 0;      // below it segments have been removed,
  int oldest_map_ = 0;           // and initialization sections
  Micros longest_{};
  std::atomic<std::int64_t> bytes_ = 0;
  std::atomic<std::int64_t> frames_ = 0;
  hls::PictureRate picture_rate_;

  struct Retired {
    std::string name;
    std::chrono::nanoseconds at;  // of the monotonic clock
    std::int64_t oldest = 0;      // what is left then begins here
    int oldest_map = 0;
  };
  std::deque<Retired> retired_, retired_parts_;
  struct Open {
    hls::MediaSegment entry;
    Bytes bytes;
    std::vector<hls::KeyRange> keys;
    bool other_key = false;  // than the segment before
  };
  std::optional<Open> open_;  // the segment whose parts come
  std::vector<hls::RenditionReport> reports_;
  std::vector<std::string> written_;  // VOD only
};

}  // namespace weir::publish
