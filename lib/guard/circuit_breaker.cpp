#include "guard/circuit_breaker.h"

#include <algorithm>
#include <utility>

namespace weir::guard {

using std::chrono::nanoseconds;
using State = BreakerState;

std::string_view to_string(BreakerState state) {
  switch (state) {
    case State::kClosed:
      return "closed";
    case State::kOpen:
      return "open";
    case State::kHalfOpen:
      return "half-open";
  }
  return "";
}

CircuitBreaker::Pass::~Pass() {
  if (breaker_ != nullptr) breaker_->end_call(era_, begun_, {});
}

void CircuitBreaker::Pass::done(Outcome outcome) {
  if (auto* breaker = std::exchange(breaker_, nullptr)) breaker->end_call(era_, begun_, outcome);
}

CircuitBreaker::CircuitBreaker(const BreakerSettings& settings, const Clock& clock,
                               net::Random dice, Changed changed)
    : settings_(settings),
      clock_(clock),
      dice_(std::move(dice)),
      changed_(std::move(changed)),
      slices_(static_cast<std::size_t>(std::max(settings.slices, 1))) {}

std::optional<CircuitBreaker::Pass> CircuitBreaker::admit() {
  const auto now = clock_.monotonic();
  std::optional<Pass> pass;
  Change change;
  {
    const std::lock_guard lock(mutex_);
    if (hold_ == BreakerHold::kOpen) return {};
    if (hold_ == BreakerHold::kNone) {
      if (state_ == State::kOpen && now >= probe_at_) change = move_to(State::kHalfOpen);
      if (state_ == State::kOpen || (state_ == State::kHalfOpen && probing_ >= settings_.probes))
        return {};
      if (state_ == State::kHalfOpen) ++probing_;
    }
    pass.emplace(Pass(*this, era_, now));
  }
  tell(change);
  return pass;
}

void CircuitBreaker::end_call(std::int64_t era, nanoseconds begun, std::optional<Outcome> outcome) {
  const bool slow = clock_.monotonic() - begun >= settings_.slow;
  Change change;
  {
    const std::lock_guard lock(mutex_);
    if (era == era_ && state_ == State::kHalfOpen) probing_ = std::max(probing_ - 1, 0);
    if (outcome) change = count(era, *outcome == Outcome::kFailed, slow);
  }
  tell(change);
}

CircuitBreaker::Change CircuitBreaker::count(std::int64_t era, bool failed, bool slow) {
  if (era != era_) return {};
  if (state_ == State::kHalfOpen) {
    if (failed || slow) return move_to(State::kOpen);
    return ++good_probes_ >= settings_.probes ? move_to(State::kClosed) : Change();
  }
  const std::int64_t number = slice_number();
  Slice& slice = slices_[static_cast<std::size_t>(number) % slices_.size()];
  if (slice.number != number) slice = {number, {}};
  ++slice.counts.calls;
  slice.counts.failed += failed ? 1 : 0;
  slice.counts.slow += slow ? 1 : 0;
  return state_ == State::kClosed && is_too_bad() ? move_to(State::kOpen) : Change();
}

CircuitBreaker::Change CircuitBreaker::move_to(State next) {
  const Change change{{state_, next}};
  state_ = next;
  ++era_;
  probing_ = good_probes_ = 0;
  std::fill(slices_.begin(), slices_.end(), Slice());
  if (next == State::kOpen) {
    const double longer = 1 + settings_.jitter * dice_();
    probe_at_ = clock_.monotonic() + nanoseconds(static_cast<std::int64_t>(
                                         static_cast<double>(settings_.open_for.count()) * longer));
  }
  return change;
}

void CircuitBreaker::tell(const Change& change) const {
  if (change && changed_) changed_(change->first, change->second);
}

std::int64_t CircuitBreaker::slice_number() const {
  return clock_.monotonic().count() * std::ssize(slices_) / settings_.window.count();
}

CircuitBreaker::Counts CircuitBreaker::sum() const {
  const std::int64_t oldest = slice_number() - std::ssize(slices_) + 1;
  Counts out;
  for (const auto& slice : slices_) {
    if (slice.number < oldest) continue;
    out.calls += slice.counts.calls;
    out.failed += slice.counts.failed;
    out.slow += slice.counts.slow;
  }
  return out;
}

bool CircuitBreaker::is_too_bad() const {
  const Counts all = sum();
  if (all.calls < settings_.least_calls) return false;
  const auto calls = static_cast<double>(all.calls);
  return static_cast<double>(all.failed) >= settings_.error_rate * calls ||
         static_cast<double>(all.slow) >= settings_.slow_rate * calls;
}

BreakerState CircuitBreaker::state() const {
  const std::lock_guard lock(mutex_);
  if (hold_ == BreakerHold::kOpen) return State::kOpen;
  return hold_ == BreakerHold::kClosed ? State::kClosed : state_;
}

nanoseconds CircuitBreaker::retry_after() const {
  const auto now = clock_.monotonic();
  const std::lock_guard lock(mutex_);
  if (hold_ == BreakerHold::kOpen) return settings_.open_for;
  if (hold_ == BreakerHold::kClosed || state_ != State::kOpen) return nanoseconds(0);
  return std::max(probe_at_ - now, nanoseconds(0));
}

void CircuitBreaker::hold(BreakerHold hold) {
  const std::lock_guard lock(mutex_);
  hold_ = hold;
}

CircuitBreaker::Counts CircuitBreaker::counts() const {
  const std::lock_guard lock(mutex_);
  return sum();
}

}  // namespace weir::guard
