// Two sources for one stream: the main one, and another that stands in while that is away.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/units.h"
#include "ingest/feed.h"
#include "ingest/health.h"

namespace weir::ingest {

struct FallbackSettings {
  std::string name;              ///< What words call the fallback.
  Micros after{3'000'000};       ///< So long nothing came from the main source: it is lost.
  Micros settle{2'000'000};      ///< So long it has to give something before it is taken again.
  Micros again{5'000'000};       ///< Until a fallback that failed is opened anew.
  std::optional<Micros> budget;  ///< The end, when neither gave anything for so long.
  bool may_end = false;          ///< That end is one (a publisher's), else it is kIo.
  bool begin_counts = false;     ///< The time before anything came counts, too.
};

/// Main       Taken whenever it is there; read all the time, so whoever is behind it may go on
///            trying to get it back.
/// Fallback   Opened when the main source is lost, and taken from its first key frame on; closed
///            when the main one is taken again. One that ends or fails is opened anew, some time
///            later.
/// Return     With a key frame of the main source (sound: any packet) once it has settled.
/// Switch     Each is an Arrival with stamps from 0 on, so Rejoin moves all tracks by one offset.
/// Tracks     A source is taken only if it has pictures when the stream has some, else sound;
///            codecs may be others. Else it is left out, and that is said.
/// Failure    Of the main source before anything came. Later the fallback goes on without it. The
///            end of the main source, which is not just a loss, is the end.
/// Threads    None of its own. next_within() asks both sources in turn.
class FallbackFeed : public Feed {
 public:
  /// A fallback that is there until it is destroyed.
  using Opener = std::function<std::unique_ptr<Feed>()>;
  struct Services {
    const Clock& clock;
    const StopSource& stop;
    Log& log;
    std::function<void(std::chrono::nanoseconds)> wait;  ///< Lets that time pass, or a stop come.
    Health* health = nullptr;                            ///< May be null.
  };

  /// `main` and what is in `services` are borrowed.
  FallbackFeed(Feed& main, Opener opener, FallbackSettings settings, Services services)
      : main_(main),
        opener_(std::move(opener)),
        settings_(std::move(settings)),
        services_(std::move(services)) {}

  Result<flow::Awaited<FeedItem>> next_within(std::chrono::nanoseconds patience) override;

 private:
  using Point = std::chrono::nanoseconds;

  Point now() const { return services_.clock.monotonic(); }
  bool lost() const { return now() - main_heard_ >= settings_.after; }
  bool given_up() const;
  Result<void> look_around(Point until);
  Point main_wait(Point until) const;
  Result<void> look_at_main(Point wait);
  void take_main(Arrival arrival);
  void take_main(media::Item item);
  static bool begins(const Arrival& arrival, const media::Packet& packet);
  bool may_return(const media::Packet& packet) const;
  void return_to_main(media::Packet packet);
  void open_fallback();
  void look_at_fallback(Point wait);
  void close_fallback(std::string_view why);
  void take_fallback(Arrival arrival);
  void take_fallback(media::Item item);
  void hand_on(Arrival arrival);
  void hand_on(media::Item item);
  bool fits(const Arrival& arrival) const;
  std::string_view needed() const;
  void switch_to(bool fallback);

  Feed& main_;
  const Opener opener_;
  const FallbackSettings settings_;
  const Services services_;
  std::deque<FeedItem> ready_;
  std::optional<media::Tracks> tracks_;  // of the stream
  bool on_fallback_ = false;
  bool begun_ = false;  // next_within() was called
  bool ended_ = false;
  Point heard_{};  // when the last packet came that was taken
  bool came_ = false;

  Point main_heard_{};               // the same of the main source, taken or not
  bool main_over_ = false;           // it failed for good
  bool main_fits_ = false;           // its last arrival does
  std::optional<Point> main_since_;  // giving packets without a loss
  std::optional<Arrival> main_arrival_;
  std::optional<media::Time> main_shift_;  // of its stamps, since it was taken in the middle

  std::unique_ptr<Feed> fallback_;
  std::optional<Arrival> fallback_arrival_;  // not yet taken
  std::optional<media::Time> fallback_shift_;
  bool refused_ = false;  // its tracks do not fit
  Point again_{};         // not opened before
};

}  // namespace weir::ingest
