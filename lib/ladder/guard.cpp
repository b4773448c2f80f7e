#include "ladder/guard.h"

#include <algorithm>
#include <numeric>

namespace weir::ladder {
namespace {

constexpr double kBacklog = 10;  // seconds of stream in work from which time is lost
// Seconds that may be lost before the effort goes down, and before a rendition goes.
constexpr double kSlack = 1;
constexpr double kSlackOfRendition = 4;
constexpr double kPatience = 20;
constexpr double kLongestPatience = 600;
constexpr double kTrial = 300;  // what is taken down again within this was taken up too early
// The dearest notch costs about this much more time than the one below it.
constexpr double kPriceOfNotch = 1.6;
constexpr double kComfort = 0.9;  // of real time

}  // namespace

void RealtimeGuard::begin(const Scope& scope) {
  scope_ = scope;
  patience_ = kPatience;
  touched_ = now();
  watch_anew();
}

// Seconds of work of all tasks so far.
double RealtimeGuard::busy() const {
  return busy_ + running_ * (now() - touched_);
}

void RealtimeGuard::task_began() {
  busy_ = busy();
  touched_ = now();
  ++running_;
}

void RealtimeGuard::task_ended() {
  busy_ = busy();
  touched_ = now();
  --running_;
}

void RealtimeGuard::watch_anew() {
  watched_since_ = now();
  watched_stream_ = 0;
  watched_busy_ = busy();
}

// Chunks coded at the same time come out together: what is waited for them is no loss yet.
double RealtimeGuard::allowed_loss(const Closed& chunk) const {
  const bool effort_left = spending_.notches < scope_.notches;
  const double slack = effort_left ? kSlack : kSlackOfRendition;
  return slack + chunk.seconds * (std::min(scope_.jobs, scope_.room) - 1);
}

// A run that catches up may stand still for a while: many chunks are analysed in a row.
double RealtimeGuard::most_credit(const Closed& chunk) const {
  return chunk.seconds * scope_.room / 2;
}

Guard::Spending RealtimeGuard::next(const Closed& chunk) {
  const double passed = last_ ? now() - *last_ : 0;
  const double finished = chunk.seconds * (1 + in_work_ - chunk.in_work);
  last_ = now();
  in_work_ = chunk.in_work;
  if (settling_ > 0) {
    --settling_;
    watch_anew();
    return spending_;
  }
  const bool behind = chunk.in_work >= std::min<double>(scope_.room, kBacklog / chunk.seconds);
  lost_ = behind ? std::max(lost_ + passed - finished, -most_credit(chunk)) : 0;
  watched_stream_ += chunk.seconds;
  if (lost_ > allowed_loss(chunk))
    step_down(chunk);
  else if (!behind && now() - watched_since_ >= patience_)
    step_up(chunk);
  return spending_;
}

void RealtimeGuard::step_down(const Closed& chunk) {
  if (spending_.notches < scope_.notches) return change_effort(1);
  const bool more = spending_.dropped + 1 < static_cast<int>(scope_.pixels.size());
  if (!more || !chunk.opens_segment) return;
  ++spending_.dropped;
  changed(false, chunk.in_work);
}

// How much dearer it is than now to take the last step down back.
double RealtimeGuard::price_of_more() const {
  if (spending_.dropped == 0) return kPriceOfNotch;
  const auto first = scope_.pixels.begin() + spending_.dropped;
  const double left = std::accumulate(first, scope_.pixels.end(), 0.0);
  return (left + *(first - 1)) / left;
}

void RealtimeGuard::step_up(const Closed& chunk) {
  if (spending_.dropped == 0 && spending_.notches == 0) return watch_anew();
  const double load = (busy() - watched_busy_) / scope_.jobs / watched_stream_;
  if (load * price_of_more() > kComfort) return watch_anew();
  if (spending_.dropped == 0) return change_effort(-1);
  if (!chunk.opens_segment) return;
  --spending_.dropped;
  changed(true, chunk.in_work);
}

void RealtimeGuard::change_effort(int by) {
  spending_.notches += by;
  log_.write(by > 0 ? LogLevel::kWarning : LogLevel::kInfo,
             fmt::format("realtime guard: effort {} of {}", scope_.notches + 1 - spending_.notches,
                         scope_.notches + 1));
  changed(by < 0, 0);
}

void RealtimeGuard::changed(bool up, int settling) {
  if (up)
    risen_ = now();
  else if (rising_)
    patience_ = now() - risen_ < kTrial ? std::min(2 * patience_, kLongestPatience) : kPatience;
  rising_ = up;
  settling_ = settling;
  lost_ = 0;
  watch_anew();
}

}  // namespace weir::ladder
