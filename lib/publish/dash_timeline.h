// What a DASH manifest lists of all renditions, and the periods it falls into.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/store.h"
#include "hls/mpd.h"
#include "hls/playlist.h"
#include "hls/stream_facts.h"
#include "media/time.h"
#include "media/track.h"

namespace weir::publish {

/// An initialization section and what it stands for.
struct DashContent {
  std::string init;  ///< Its file, in the rendition's folder.
  hls::StreamFacts facts;
  AVRational sample_shape{0, 1};
  int sampling_rate = 0;
  std::optional<hls::AesBlock> key_id;
  bool clear_key = false;
};
/// One object for all segments that share it.
using DashContentPtr = std::shared_ptr<const DashContent>;

struct DashSegment {
  std::int64_t number = 0;
  media::Time start, end;  ///< As the media has them, in ticks of its time scale.
  DashContentPtr content;  ///< Null: a gap.
};

/// Periods    Players count segments through a time line, so one with a hole would lead them to
///            wrong files; and within a period a rendition has one initialization section. A period
///            therefore begins at the number of a segment where the stream breaks, or where any
///            rendition gets another content, begins to be a gap or ends to be one: in each period
///            a rendition is there without a hole, or it is not there. It is known by that number,
///            and keeps its start for as long as any of it is listed.
/// Time       A period begins, for all renditions, with its first picture, or with its first sound
///            where there is none. Within a run they lie on the time line of the manifest as they
///            do in the media. A run that goes on from another one begins where that ended, or
///            later, if time has passed.
/// Copies     A copy is a snapshot: it makes the same manifest later.
class DashTimeline {
 public:
  explicit DashTimeline(const media::Tracks& tracks, const std::vector<std::string>& folders);

  /// The next segment of the track at this place. `breaks`: a discontinuity goes before it.
  void add(std::size_t track, DashSegment segment, bool breaks);
  /// What the playlist of the track does not list any more.
  void remove_before(std::size_t track, std::int64_t number);

  /// Numbers below it are known of every track that has begun, but for those that are more than
  /// `patience` behind.
  std::int64_t known_till(std::int64_t patience) const;
  /// The number behind the last segment of all.
  std::int64_t next() const;

  /// Gives every period that begins below `till` its place. `now` is the time on the time line at
  /// which the last segment below `till` became available, where it goes on from another run.
  void place(std::int64_t till, std::optional<Micros> now);
  /// Where the placed segments below `till` end, on the time line of the manifest.
  Micros end(std::int64_t till) const;
  /// Up to where all renditions have them, or end() when one ends long before the others.
  Micros common_end(std::int64_t till) const;

  /// Before anything else: the periods of an earlier run, and of every track what `listed` holds.
  /// The times of segments that the manifest did not know yet follow from their lengths.
  void take_up(const hls::Mpd& earlier, const std::vector<const hls::MediaPlaylist*>& listed);

  /// What a representation says beside its content.
  struct Now {
    std::int64_t bandwidth = 0;
    AVRational frame_rate{0, 1};
  };
  void set_now(std::size_t track, Now now) { lanes_[track].now = now; }
  /// Periods that list anything of the segments below `till` whose files are not `lost`. Of a
  /// rendition that lost files in a period, what follows the last of them is listed, or what goes
  /// before when nothing follows.
  std::vector<hls::MpdPeriod> periods(std::int64_t till, const IsLost& lost) const;

 private:
  struct Lane {
    media::Track track;
    std::string folder;
    int set = 0;  // of its adaptation set
    std::deque<DashSegment> segments;
    Now now;
  };
  struct Period {
    std::optional<media::Time> origin;  // what is shown at its start; empty: not placed yet
    Micros start{};
    bool begins_run = false;  // behind that of another one
  };
  using Periods = std::map<std::int64_t, Period>;

  const DashSegment* find(const Lane& lane, std::int64_t number) const;
  std::optional<media::Time> origin_of(std::int64_t number) const;
  void forget_periods();
  std::optional<Micros> end_of(const Lane& lane, std::int64_t till) const;
  Micros start_of(std::int64_t number, const Period& period, const Period* before,
                  std::int64_t till, std::optional<Micros> now) const;
  void take_up(Lane& lane, const hls::Mpd& earlier, const hls::MediaPlaylist& listed);
  std::vector<const DashSegment*> run_of(const Lane& lane, std::int64_t from, std::int64_t till,
                                         const IsLost& lost) const;
  int set_id(const Lane& lane, const DashContent& content) const;
  hls::MpdPeriod describe(Periods::const_iterator period, std::int64_t till,
                          const IsLost& lost) const;

  std::vector<Lane> lanes_;
  Periods periods_;  // by the number of their first segment
};

}  // namespace weir::publish
