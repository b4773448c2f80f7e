// Puts a slate where a live input gives nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/log.h"
#include "base/units.h"
#include "flow/stage.h"
#include "ingest/health.h"
#include "ingest/slate.h"
#include "media/event.h"

namespace weir::ingest {

/// Hole       When no packet came for `after`, a slate is opened and given on the clock: what is
///            due since the hole began at once, then each packet when its time has come. Every
///            track goes on where it ended; a `discontinuity` event stands in front of the first
///            picture.
/// Return     With a key picture of the largest track (without pictures: any packet); what comes
///            before it is left out. All tracks are moved by one offset, to the clock, but not
///            before the end of the slate, behind a `discontinuity` event. `gap` and
///            `discontinuity` events that came meanwhile are not handed on; other events follow
///            the return.
/// Else       Items pass in order, moved by the offset of the last return.
/// Failure    The input's. A slate that cannot be made or breaks is said, and is not tried again
///            before the next hole.
/// Threads    None; a slate is coded in next_within(), and only in a hole.
class SlatedInput : public flow::PatientSource<media::Item> {
 public:
  using Packets = flow::Source<media::Packet>;
  using Opener = std::function<Result<std::unique_ptr<Packets>>(const media::Tracks& tracks,
                                                                const Slate::Starts& starts)>;

  /// All borrowed but the opener and the tracks; `health` may be null.
  SlatedInput(flow::PatientSource<media::Item>& input, media::Tracks tracks, Opener opener,
              Micros after, const Clock& clock, Log& log, Health* health = nullptr)
      : input_(input),
        tracks_(std::move(tracks)),
        opener_(std::move(opener)),
        after_(after),
        clock_(clock),
        log_(log),
        health_(health) {}

  Result<flow::Awaited<media::Item>> next_within(std::chrono::nanoseconds patience) override;

 private:
  using Point = std::chrono::nanoseconds;
  /// A track, in ticks of its own, as it was handed on.
  struct Lane {
    bool begun = false;
    std::int64_t end = 0;    // of what is shown or heard
    std::int64_t last = 0;   // dts
    std::int64_t step = 0;   // from packet to packet
    std::int64_t delay = 0;  // of decoding before showing, at the last key
    bool filled = false;     // by a slate, and the input has not come back yet
  };

  Point now() const { return clock_.monotonic(); }
  std::int64_t stream_time() const;
  std::optional<Point> due() const;
  void fill();
  void begin_slate();
  Slate::Starts starts() const;
  void give_slate(media::Packet packet);
  void give_up(const Error& why);
  void end_slate();
  void take(media::Item item);
  void take(media::Packet packet);
  void take(media::Event event);
  bool returns(const media::Packet& packet) const;
  void place_return(const media::Packet& packet);
  bool is_late(const media::Packet& packet);
  void leave_out(const media::Packet& packet);
  void hand_on(media::Packet packet);
  bool leads(const media::Packet& packet) const;

  flow::PatientSource<media::Item>& input_;
  media::Tracks tracks_;
  const Opener opener_;
  const Micros after_;
  const Clock& clock_;
  Log& log_;
  Health* health_;
  std::map<int, Lane> lanes_;
  std::optional<Point> heard_;  // when the last packet of the input came
  Point start_{};               // when stream time was 0, as the largest track tells
  std::int64_t latest_ = 0;     // farthest dts of the input; microseconds, as all below
  std::int64_t ahead_ = 0;      // of the clock, where the last return was placed
  std::int64_t offset_ = 0;     // all stamps of the input are moved by it
  bool refused_ = false;        // no slate in this hole
  std::unique_ptr<Packets> slate_;
  bool told_ = false;                  // the slate's discontinuity
  std::int64_t lead_ = 0;              // of decoding before showing, in the slate
  std::optional<media::Packet> next_;  // of the slate
  std::deque<media::Event> held_;
  std::deque<media::Item> ready_;
};

}  // namespace weir::ingest
