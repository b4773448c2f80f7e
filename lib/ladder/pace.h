// Notices when a live run cannot keep up with its source.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "media/time.h"

namespace weir::ladder {

/// Warns when, for ten seconds and longer, stream time passes slower than real time although the
/// run hardly waits for its input or its output; says so again once a minute at most, and says
/// when it is over. A slow source and a slow reader are no reason to warn.
///
/// Threads  One.
class Pace {
 public:
  /// `advice`: what the person can do, the end of the warning. Clock and log are borrowed.
  Pace(const Clock& clock, Log& log, std::string advice);

  /// While it lives the run waits for its input or its output.
  class Waiting {
   public:
    explicit Waiting(Pace& pace) : pace_(pace), since_(pace.now()) {}
    ~Waiting() { pace_.waited_ += pace_.now() - since_; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    Pace& pace_;
    double since_;
  };

  /// Call it at key pictures: the engine takes pictures in bursts of that length.
  void reach(media::Time at);

 private:
  struct Mark {
    double stream;  // all in seconds
    double wall;
    double waited;
  };
  double now() const { return std::chrono::duration<double>(clock_.monotonic()).count(); }
  bool falls_behind(const Mark& mark) const;
  bool keeps_up(const Mark& mark) const;
  void tell(const Mark& mark);

  const Clock& clock_;
  Log& log_;
  std::string advice_;
  double waited_ = 0;  // since the beginning
  std::deque<Mark> marks_;
  std::optional<double> warned_;  // wall time
  bool behind_ = false;           // and it was said
};

}  // namespace weir::ladder
