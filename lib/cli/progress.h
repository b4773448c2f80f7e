// Shows how far long work has come: one line on a terminal, or JSON lines for machines.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/progress.h"
#include "cli/words.h"

namespace weir::cli {

/// A report and how fast it was reached. Rates are averages since the first report, 0 until time
/// has passed.
struct Pace {
  ProgressReport report;
  double speed = 0;          ///< Stream time by real time.
  double fps = 0;            ///< Pictures a second of real time.
  std::int64_t bitrate = 0;  ///< Bits a second of stream time written.
  double eta_s = -1;         ///< Seconds of real time left; below 0 when not known.
};
Pace make_pace(const ProgressReport& report, const ProgressReport& first, double elapsed_s);

/// "0:12.4 of 0:20.0  2.31x  55.4 fps  4.2 Mb/s  3 dropped  0:03 left"
std::string pace_text(const Pace& pace);

/// Progress that is told when the work is over, so that the last state is shown too.
class ShownProgress : public Progress {
 public:
  virtual void finish() = 0;
};

/// The status line of `words`, at most four times a second.
std::unique_ptr<ShownProgress> make_line_progress(Words& words, const Clock& clock);
/// {"time":…,"tool":…,"progress":{…}}, at most one line a second.
std::unique_ptr<ShownProgress> make_json_progress(std::string tool, Words& words,
                                                  const Clock& clock);
/// Shows nothing.
std::unique_ptr<ShownProgress> make_no_progress();

}  // namespace weir::cli
