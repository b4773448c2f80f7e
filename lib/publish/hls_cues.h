// The date ranges of a presentation: what SCTE-35 says of breaks, and interstitials, as
// EXT-X-DATERANGE.
// Source: draft-pantos-hls-rfc8216bis sections 4.4.5.1, 4.4.5.1.1 and 6.2.1.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/log.h"
#include "hls/date_range.h"
#include "hls/playlist.h"
#include "media/event.h"
#include "media/scte35.h"
#include "publish/hls_interstitials.h"
#include "publish/hls_wall_time.h"

namespace weir::publish {

/// IDs        "splice-EVENT" of splice_insert, "segmentation-EVENT-TYPE" of a segmentation, TYPE
///            that of its begin, both in hexadecimal digits; "command-CRC" of anything else. An
///            event that comes again after it was over has "@" and the date of its begin behind it.
/// Breaks     The begin is a tag with SCTE35-OUT, and PLANNED-DURATION if that is told; the end one
///            more with the same ID, END-DATE, DURATION and SCTE35-IN. A break that returns by
///            itself gets the latter two when its time is over. A repeated section changes nothing;
///            neither does a begin that is told again with another time. A cancelled event
///            leaves the playlist unless it has begun.
/// Else       One tag with SCTE35-CMD: other segmentations, commands with no event, sections that
///            are encrypted. splice_null without descriptors and bandwidth_reservation say nothing
///            and are left out.
/// Interstitials  As planned; one whose ID an earlier run had listed stays as it was. Those before
///            or after all else (CUE with PRE or POST) are listed all the time, others as long as
///            something listed lies in their time.
/// Memory     Bounded in live mode: a range is forgotten when nothing listed is in it. In EVENT and
///            VOD mode it grows with the stream, as playlists do.
class HlsCues {
 public:
  /// `log` is borrowed.
  explicit HlsCues(Log& log) : log_(log) {}

  /// A `cue` event; others are ignored.
  void take(const media::Event& event);
  /// Interstitials of a presentation whose first picture is at `begin`.
  void plan(const std::vector<Interstitial>& interstitials, media::Time begin);
  /// Warns of interstitials no player can come to, in a presentation between these dates.
  void warn_of_unreachable(std::int64_t begin_utc_us, std::int64_t end_utc_us);
  /// Goes on from the date ranges an earlier run had listed; before anything is dated.
  void take_up(const std::vector<hls::MediaPlaylist>& earlier);

  /// There is something to tell that has no date yet.
  bool waits() const { return !waiting_.empty() || !planned_.empty(); }
  /// Dates what waits, if `wall` knows the time, and ends breaks that are over at `reached`.
  void date(const WallTime& wall, media::Time reached);
  /// Tags with a moment at or after this date, in the order they were made in.
  std::vector<hls::DateRangePtr> since(std::int64_t utc_us) const;
  /// Nothing before this date is listed any more.
  void forget_before(std::int64_t utc_us);

 private:
  struct Cue {
    media::SpliceInfo info;
    Bytes section;
    media::Time came, at;
  };
  struct Range {
    std::string id, key;  // the key is the ID without what tells one use of an event from another
    std::int64_t start = 0;
    std::optional<std::int64_t> end;
    std::optional<Micros> planned;
    bool returns = false;  // by itself, when `planned` is over
    bool always = false;   // listed, whatever the dates
    bool interstitial = false;
    std::vector<hls::DateRangePtr> tags;

    std::optional<std::int64_t> last() const;
  };
  struct Break {  // one event of a section
    std::string key;
    bool cancelled = false, out = false, in = false;
    std::optional<media::Time> duration;
    bool returns = false;
  };

  struct Planned {
    Interstitial what;
    media::Time begin;
  };
  void tell(const Planned& planned, const WallTime& wall);
  void tell(const Cue& cue, const WallTime& wall);
  void tell(const Cue& cue, const Break& what, std::int64_t date, std::int64_t now);
  void begin(const Cue& cue, const Break& what, std::int64_t date);
  void end(const Cue& cue, const std::string& key, std::int64_t date);
  void instant(const Cue& cue, const std::string& key, std::int64_t date);
  void cancel(const std::string& key, std::int64_t now);
  void remember(const std::string& key);
  Range* latest(const std::string& key);
  Range& add(const std::string& key, std::int64_t start);
  static void close(Range& range, std::int64_t end, ByteView section);
  void read(const hls::DateRangePtr& tag);

  Log& log_;
  std::deque<Cue> waiting_;
  std::deque<Planned> planned_;
  std::deque<Range> ranges_;
  std::set<std::string> used_;             // keys of ranges that were forgotten,
  std::deque<std::string> used_in_order_;  // the oldest first
  bool told_damaged_ = false;
};

}  // namespace weir::publish
