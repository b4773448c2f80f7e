// Makes one stream of a source that goes away and comes back with another clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "base/clock.h"
#include "base/log.h"
#include "base/units.h"
#include "ingest/feed.h"
#include "media/repairs.h"

namespace weir::ingest {

/// A source of the tracks `comes` can go on in a stream of the tracks `run`: it has pictures, or,
/// where the stream has none, sound.
bool can_stand_in(const media::Tracks& comes, const media::Tracks& run);

/// Tracks     Those of the first arrival. What comes back is matched with them by kind, codec, and
///            for sound by rate and channels, in order, and what is left by its kind alone: then a
///            `track` event (media::change_event) says what follows. Tracks without a match are
///            left out and said, tracks that are missing just have nothing.
/// Time       Stream time goes on with the clock while nothing comes. Each arrival after the first
///            is moved by one offset for all of its tracks, to the clock, but not before the end of
///            what came before; a `discontinuity` event stands in front of it.
/// Failure    The feed's.
class Rejoin : public flow::PatientSource<media::Item> {
 public:
  /// All borrowed; `repairs` may be null.
  Rejoin(Feed& feed, const Clock& clock, Log& log, media::Repairs* repairs = nullptr)
      : feed_(feed), clock_(clock), log_(log), repairs_(repairs) {}

  /// Waits for the first arrival; empty when the feed ends without one. Called once, first.
  Result<std::optional<media::Tracks>> open();
  Result<flow::Awaited<media::Item>> next_within(std::chrono::nanoseconds patience) override;

  /// How often the source has come, the first time included.
  std::int64_t arrivals() const { return arrivals_; }

 private:
  using Fits = bool (*)(const media::Track&, const media::Track&);

  void take(const Arrival& arrival);
  void match(Fits fits);
  void take(media::Item item);
  bool find_place(media::Packet& packet) const;
  void take_event(media::Event event);
  void place_arrival();
  void tell_change(int index, const media::Track& now, media::Time at);
  std::int64_t now_us() const;

  Feed& feed_;
  const Clock& clock_;
  Log& log_;
  media::Repairs* repairs_;
  media::Tracks tracks_;               // ours, as they are now
  media::Tracks source_;               // those of the last arrival, likewise
  std::map<int, int> places_;          // of these among ours
  std::optional<std::int64_t> start_;  // of the clock, when stream time was 0; microseconds
  std::int64_t end_ = 0;               // of all that was handed on
  std::int64_t offset_ = 0;
  std::int64_t arrivals_ = 0;
  bool placed_ = true;             // the offset of the last arrival is known
  std::deque<media::Item> ready_;  // to be handed out
};

}  // namespace weir::ingest
