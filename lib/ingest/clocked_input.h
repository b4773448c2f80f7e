// Keeps a live stream on the clock while its input gives nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"
#include "base/log.h"
#include "base/units.h"
#include "flow/stage.h"
#include "media/event.h"
#include "media/repairs.h"

namespace weir::ingest {

/// Stall      When no packet came for `patience`, and stream time is as far behind the clock as the
///            first packet set it, `gap` events say up to where nothing came: always `patience`
///            behind the clock, twice a second. An input that is ahead of the clock has that much
///            longer; one that was never as quick as the clock stalls in its pauses only.
/// Return     Stamps that count the time between go on as they are. Where they do not, all tracks
///            are moved by one offset, to the clock, behind a `discontinuity` event; so nothing
///            that comes is lost, and dates stay right.
/// Else       Items pass in order and untouched. No gaps before the first packet, or after the end.
/// Failure    The input's.
class ClockedInput : public flow::Source<media::Item> {
 public:
  /// All borrowed; `repairs` may be null.
  ClockedInput(flow::PatientSource<media::Item>& input, Micros patience, const Clock& clock,
               Log& log, media::Repairs* repairs = nullptr)
      : input_(input), patience_(patience), clock_(clock), log_(log), repairs_(repairs) {}

  Result<std::optional<media::Item>> next() override;

 private:
  /// Of the monotonic clock and of stream time alike.
  using Point = std::chrono::nanoseconds;

  std::optional<Point> due() const;
  std::optional<media::Event> gap(Point now);
  void take(media::Item item, Point now);
  void take_return(Point at, Point now);
  void hand_on(media::Item item);
  Point stream_time(Point now) const { return now - *start_; }

  flow::PatientSource<media::Item>& input_;
  const Micros patience_;
  const Clock& clock_;
  Log& log_;
  media::Repairs* repairs_;
  std::optional<Point> start_;     // when stream time was 0
  Point arrival_{}, latest_{};     // of the last packet; of the one that is farthest
  std::optional<Point> till_;      // up to where gaps were told
  Point told_{};                   // when
  Point offset_{};                 // all stamps are moved by it
  std::deque<media::Item> held_;   // events that came after a gap, before the first packet
  std::deque<media::Item> ready_;  // to be handed out
  bool ended_ = false;
};

}  // namespace weir::ingest
