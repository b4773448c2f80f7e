// Decides where every track is cut and hands on finished segments.
//
// With a cut grid (`segment` events) video is cut at the key frame on, or first after, each
// boundary. Without one (foreign files) the key frames all video renditions share are used, and the
// one nearest to the target length ends a segment. Sound is cut between the packets nearest to the
// video cut, always measured from the same clock, so that it never drifts; sound alone is cut at
// multiples of the target. All tracks get the same boundaries, so segment n is the same stretch of
// time everywhere.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/log.h"
#include "base/units.h"
#include "flow/stage.h"
#include "hls/cut_lane.h"
#include "hls/cut_parts.h"
#include "hls/segment.h"
#include "media/event.h"
#include "media/splice_plan.h"
#include "media/track.h"

namespace weir::hls {

struct CutOptions {
  std::optional<Micros> target;  ///< Length of a segment; empty: the grid's, else kDefaultTarget.
  bool strict = false;           ///< Fail with kRefused where a warning would be given.
  std::int64_t max_held = std::int64_t{1} << 30;  ///< Bytes that may wait for a cut.
  std::optional<Micros>
      part{};  ///< The longest a part may be; empty: segments are handed on whole.
};
inline constexpr Micros kDefaultTarget{6'000'000};
/// How far from a break that was told the stream may go on, and sound may break beside pictures.
inline constexpr Micros kNearBreak{500'000};
/// How far a segment may exceed its target; the HLS authoring specification, rule 7.7.
inline constexpr Micros kTargetSlack{500'000};

/// Items      Packets in canonical form, in the order of arrival; `segment`, `discontinuity`,
///            `gap`, `rendition`, `track` and, where there is no grid, `cue` events: a splice for
///            which all renditions have a key frame is a cut. Other events are ignored. Video
///            before the first key frame is dropped.
/// Begin      That of the first picture, for all tracks. Sound that leads it by more than
///            about kTargetSlack, which would make the first segment too long, is left out as far
///            as it leads; a picture that is later than a segment and two seconds gets gaps
///            instead.
/// Latency    A segment is handed on when the first packet after it is there (two frames later in
///            a ladder), because only then its length is known.
/// Parts      With `part`, packets go ahead of their segment in parts (cut_parts.h), and it comes
///            without packets behind its last one. A part is handed on once it can grow no more and
///            the next packet surely belongs to its segment: one picture late, and sound, which
///            waits for the picture, by little more. With a grid that is all, because it tells its
///            boundaries beforehand. Without one a key frame has to be seen in all renditions
///            first; and where one was taken for no boundary, what follows waits for the next,
///            which may prove the guess wrong. Once key frames have come in equal distances the
///            guess is trusted: nothing waits, and when they stop doing so a segment may last too
///            long. A break that is told too late falls on the first key frame that is still here.
/// Memory     About one segment of each track; kBadInput when more than `max_held` waits, which
///            means that there is no key frame to cut at.
/// Breaks     A `discontinuity` event, new parameter sets at a key frame, or another codec (told by
///            a `track` event) ends the segment of every track and marks the next. Where there is
///            no grid, sound is cut at the first packet behind the event when that is within half a
///            second of the pictures' cut. Time without packets longer than a segment becomes
///            segments with `gap` set, except at the end of a track.
/// Gaps       A `gap` event ends the segment of every track where the pictures end, and what lies
///            between there and its time becomes segments with `gap` set, of the target's length,
///            at once. They go on until a key picture comes; sound that is back before it by less
///            than a segment is left out.
/// Outages    While a `rendition` event has a picture dropped nothing waits for it, and its
///            segments are gaps, cut where the others are, to the end of the stream if need be. Of
///            the segment it is dropped in comes what there is; after its return it begins with the
///            next cut. Its parts are gaps in the same time.
/// Warnings   A rendition off the grid by more than a frame (once each), a segment longer than
///            target + kTargetSlack (once each track), one that begins without a key frame
///            (keep_within; once each), key frames that do not divide the target, a splice without
///            a key frame (once), sound left out at the begin.
class Cutter : public flow::Stage<media::Item, Segment> {
 public:
  /// `log`, `next` and `parts` are borrowed. `parts` is needed with CutOptions::part only; it is
  /// never finished, and takes turns with `next`.
  Cutter(const media::Tracks& tracks, CutOptions options, Log& log, flow::Sink<Segment>& next,
         flow::Sink<Part>* parts = nullptr);

  Result<flow::Flow> push(media::Item item) override;
  Result<void> finish() override;

  /// Of a segment; known for sure once the first segment came out.
  Micros target() const;
  /// From now on no segment is longer by more than kTargetSlack: where no key frame comes in time,
  /// it ends without one, and the next begins with a picture that needs those before it.
  void keep_within(Micros longest) { longest_ = longest; }

 private:
  struct Boundary {
    enum class State { kOpen, kCut, kSkipped };
    media::Time at;
    bool discontinuity = false;
    bool forced = false;               // no key frame is waited for
    State state = State::kOpen;        // as the leading video took it
    std::optional<media::Time> cut{};  // where it did; until then, where another did
  };
  enum class Step { kWait, kPassed };

  Result<void> take_packet(media::Packet packet);
  void take_form(const media::Event& event);
  void take_grid(const media::Event& event);
  void add_boundary(media::Time at, bool discontinuity);

  // Time in which nothing comes.
  Result<void> take_gap(media::Time at);
  void end_all_tracks();
  void begin_again(media::Time at);
  bool too_early(const CutLane& lane, media::Time at);
  void take_break(media::Time at);
  void move_break(media::Time to);

  // Renditions that are dropped.
  void take_change(const media::Event& event);
  void bring_back(CutLane& lane, media::Time at);
  bool wanted(CutLane& lane, const media::Packet& packet);
  CutLane* leader(media::Time at);
  void decide_passed();
  Result<Step> cut_dropped(CutLane& lane, Boundary& boundary);
  media::Time stream_end() const;

  // Without a grid: where boundaries should be.
  void plan();
  void plan_on_keys(const CutLane& guide);
  void plan_on_clock();
  void cut_on_clock(media::Time till);
  bool others_passed(media::Time key, const CutLane& guide) const;
  bool shared(media::Time key, const CutLane& guide) const;
  CutLane* guide() const;
  void consider(media::Time key);
  bool is_splice(media::Time key);
  void check_gop(Micros gop);
  void set_cut(media::Time at);

  // Without key frames.
  void plan_without_keys();
  Boundary& boundary_at(const CutLane& lane, media::Time due);
  Result<Step> cut_open(CutLane& lane, Boundary& boundary);

  // Cutting the tracks at them.
  Result<void> settle();
  Result<void> settle(CutLane& lane);
  void find_origin();
  void drop_lead(CutLane& lane);
  void drop_passed();
  Result<Step> cut_video(CutLane& lane, Boundary& boundary);
  Result<Step> cut_audio(CutLane& lane, Boundary& boundary);
  bool decide(const CutLane& lane, Boundary& boundary, media::Time cut);
  Result<Step> skip(CutLane& lane, Boundary& boundary);
  bool at_start(const CutLane& lane, media::Time at) const;
  Result<Step> pass_start(CutLane& lane, Boundary& boundary);
  Result<Step> cut_at(CutLane& lane, const Boundary& boundary, std::size_t index, media::Time at);
  Result<void> hand_on(CutLane& lane, std::size_t count, media::Time end);
  Result<void> hand_on_rest();

  // Parts of the open segments.
  std::optional<media::Time> certain_till(CutLane& lane);
  std::optional<media::Time> horizon();
  bool may_cut_at(const CutLane::Key& key, const CutLane& lane);
  std::size_t certain_packets(CutLane& lane);
  Result<void> release_parts();
  Result<void> release_parts(CutLane& lane);
  Result<void> release_gaps(CutLane& lane, media::Time till);
  Result<void> hand_on(CutLane& lane, const Piece& piece, bool last);
  Result<void> hand_on_last_parts(CutLane& lane, std::size_t count, media::Time end);

  Result<void> check_length(CutLane& lane, media::Time length);
  Result<void> check_grid(CutLane& lane, media::Time boundary, media::Time key);
  Result<void> complain(bool& said, std::string line);
  const Boundary* following(const CutLane& lane) const;
  bool alive(const CutLane& lane) const;
  bool late(media::Time at) const;
  CutLane* find_lane(int track);

  const CutOptions options_;
  Log& log_;
  flow::Sink<Part>* parts_;
  std::vector<std::unique_ptr<CutLane>> lanes_;  // video first
  CutLane* reference_ = nullptr;                 // the first video: leads unless it is dropped
  std::deque<Boundary> boundaries_;              // not yet passed by every lane
  std::int64_t first_boundary_ = 0;              // number of boundaries_.front()
  bool grid_ = false;
  std::optional<Micros> grid_length_;
  std::optional<Micros> longest_;         // a segment may be
  std::optional<media::Time> begin_;      // the first dts of all
  std::optional<media::Time> position_;   // the latest dts of all
  std::optional<media::Time> origin_;     // where the first segments begin
  std::optional<media::Time> lost_till_;  // nothing more will come from before it
  bool lost_ = false;                     // and no picture came since
  std::optional<media::Time> sound_;      // the first that did come
  std::optional<media::Time> back_;       // the first picture behind it, and the sound's begin
  bool broken_ = false;                   // it was told then that stamps begin anew
  bool last_ = false;                     // nothing more will come
  bool done_ = false;
  bool failed_ = false;

  // Planning without a grid.
  std::optional<media::Time> examined_;  // key frames up to this one were considered
  std::optional<media::Time> last_cut_, last_key_, candidate_;
  std::optional<Micros> last_gop_;
  int equal_gops_ = 0;  // in a row
  bool gop_checked_ = false;
  bool told_no_grid_ = false;
  media::SplicePlan splices_;
  bool told_splice_ = false;
};

}  // namespace weir::hls
