#include "ladder/pace.h"

#include <algorithm>
#include <utility>

namespace weir::ladder {
namespace {

constexpr double kWindow = 10;
// Chunks may come out in bunches: every span from kWindow up to this must be too slow.
constexpr double kMemory = 20;
constexpr double kSlow = 0.97;
constexpr double kMostWaiting = 0.5;
constexpr double kRepeat = 60;

}  // namespace

Pace::Pace(const Clock& clock, Log& log, std::string advice)
    : clock_(clock), log_(log), advice_(std::move(advice)) {}

void Pace::reach(media::Time at) {
  const Mark mark{at.seconds(), now(), waited_};
  while (marks_.size() > 1 && mark.wall - marks_[1].wall >= kMemory) marks_.pop_front();
  if (falls_behind(mark)) tell(mark);
  if (behind_ && keeps_up(mark)) {
    log_.info("encoding keeps up with real time again");
    behind_ = false;
  }
  marks_.push_back(mark);
}

bool Pace::falls_behind(const Mark& mark) const {
  if (marks_.empty() || mark.wall - marks_.front().wall < kWindow) return false;
  return std::all_of(marks_.begin(), marks_.end(), [&](const Mark& from) {
    const double wall = mark.wall - from.wall;
    return wall < kWindow || (mark.stream - from.stream < kSlow * wall &&
                              mark.waited - from.waited < kMostWaiting * wall);
  });
}

bool Pace::keeps_up(const Mark& mark) const {
  const Mark& from = marks_.front();
  const double wall = mark.wall - from.wall;
  return mark.stream - from.stream >= wall || mark.waited - from.waited >= kMostWaiting * wall;
}

void Pace::tell(const Mark& mark) {
  if (warned_ && mark.wall - *warned_ < kRepeat) return;
  const Mark& from = marks_.front();
  log_.warning("encoding runs at {:.2f}x real time: {}",
               (mark.stream - from.stream) / (mark.wall - from.wall), advice_);
  warned_ = mark.wall;
  behind_ = true;
}

}  // namespace weir::ladder
