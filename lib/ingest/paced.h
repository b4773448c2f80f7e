// The input as it should leave: at its pace, anchored to the clock, with its end marked.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/units.h"
#include "flow/stage.h"
#include "ingest/health.h"
#include "media/event.h"
#include "media/track.h"

namespace weir::ingest {

/// What Paced has to know of its source.
struct PacedOptions {
  bool realtime = false;           ///< Not faster than it plays.
  bool anchored = false;           ///< An `anchor` goes first.
  bool marks_end = false;          ///< It has an `end` event, or was cut off.
  std::optional<Micros> duration;  ///< End with the packet that is so far behind the first.
  std::int64_t total_us = 0;       ///< For the progress; 0 when not known.
  Health* health = nullptr;        ///< Borrowed. Learns what is written.
};

/// Failure    The source's; kBadInput when it should mark its end and does not. A stop is an end,
///            and gets its mark.
class Paced : public flow::Source<media::Item> {
 public:
  /// All borrowed but the tracks and the options.
  Paced(flow::Source<media::Item>& source, media::Tracks tracks, PacedOptions options,
        const StopSource& stop, const Clock& clock, Progress& progress)
      : source_(source),
        tracks_(std::move(tracks)),
        options_(options),
        stop_(stop),
        clock_(clock),
        progress_(progress) {}

  Result<std::optional<media::Item>> next() override;

 private:
  bool beyond_duration() const;
  std::optional<media::Item> end();
  std::optional<media::Item> anchor(media::Item item);
  void keep_pace(const media::Item& item);
  void report(const media::Item& item);
  void report_change(const media::Event& event);

  flow::Source<media::Item>& source_;
  media::Tracks tracks_;  // as they are now
  const PacedOptions options_;
  const StopSource& stop_;
  const Clock& clock_;
  Progress& progress_;
  media::Time position_{0, {1, 1}};
  std::optional<media::Time> first_;
  std::optional<std::chrono::nanoseconds> begin_;  // of stream time, on the clock
  std::optional<media::Item> held_;
  ProgressReport report_;
  bool anchored_ = false;
  bool marked_ = false;
  bool ended_ = false;
};

}  // namespace weir::ingest
