// How much a live run spends on its chunks, so that it keeps up with its source.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/log.h"

namespace weir::ladder {

/// Asked by the chunk engine at every chunk.
///
/// Threads  One call at a time.
class Guard {
 public:
  virtual ~Guard() = default;

  /// What can be saved, and where it is spent.
  struct Scope {
    int notches = 0;             ///< Steps from the preset's effort down to the cheapest.
    std::vector<double> pixels;  ///< Of each rendition, in the order they may be dropped.
    int room = 1;                ///< Chunks in work when the source has to wait.
    int jobs = 1;                ///< Tasks that run at the same time.
  };
  struct Spending {
    int notches = 0;  ///< Below the preset's effort; holds for whatever is begun from now on.
    int dropped = 0;  ///< Renditions; changes where a segment begins, the last one always stays.
  };
  struct Closed {
    double seconds = 0;  ///< Of the chunk that is whole now.
    bool opens_segment = false;
    int in_work = 1;  ///< Chunks that are not finished, with this one.
  };

  /// Once, first.
  virtual void begin(const Scope& scope) = 0;
  virtual Spending next(const Closed& chunk) = 0;
  /// A task of the engine begins or ends.
  virtual void task_began() {}
  virtual void task_ended() {}
};

/// Keeps to real time: lowers the effort notch by notch, then drops renditions one by one, and
/// takes it all back in the reverse order.
///
/// Down    When ten seconds of the stream, or as much as there is room for, are in work, and the
///         time lost since then sums up: the sooner, the slower the run is.
/// Up      After twenty seconds in which the run had so much time to spare that what comes back
///         fits in; twice as long after every time that it did not.
/// Log     A line for each change of effort.
class RealtimeGuard : public Guard {
 public:
  /// Both are borrowed.
  RealtimeGuard(const Clock& clock, Log& log) : clock_(clock), log_(log) {}

  void begin(const Scope& scope) override;
  Spending next(const Closed& chunk) override;
  void task_began() override;
  void task_ended() override;

 private:
  double now() const { return std::chrono::duration<double>(clock_.monotonic()).count(); }
  double busy() const;
  double allowed_loss(const Closed& chunk) const;
  double most_credit(const Closed& chunk) const;
  double price_of_more() const;
  void step_down(const Closed& chunk);
  void step_up(const Closed& chunk);
  void change_effort(int by);
  void changed(bool up, int settling);
  void watch_anew();

  const Clock& clock_;
  Log& log_;
  Scope scope_;
  Spending spending_;
  std::optional<double> last_;  // wall time of the last chunk; all times in seconds
  int settling_ = 0;            // chunks closed before a rendition went or came, still in work
  int in_work_ = 0;             // with the last chunk
  double lost_ = 0;             // while chunks waited; below 0 when time was won
  // Since when, and over how much of the stream and of the tasks' time, the load is watched.
  double watched_since_ = 0;
  double watched_stream_ = 0;
  double watched_busy_ = 0;
  double patience_ = 0;
  double risen_ = 0;  // when it last went up
  bool rising_ = false;
  int running_ = 0;  // tasks
  double busy_ = 0;  // of all tasks until touched_
  double touched_ = 0;
};

}  // namespace weir::ladder
