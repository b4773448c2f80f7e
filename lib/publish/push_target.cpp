#include "publish/push_target.h"

#include <utility>

namespace weir::publish {

std::string_view state_text(PushState state) {
  switch (state) {
    case PushState::kWaiting:
      return "waiting";
    case PushState::kConnecting:
      return "connecting";
    case PushState::kPublishing:
      return "publishing";
    case PushState::kGivenUp:
      return "given up";
    case PushState::kEnded:
      break;
  }
  return "ended";
}

PushTarget::PushTarget(PushRetry retry, net::Random random, Time now)
    : retry_(retry), random_(std::move(random)), next_(now), good_(now) {}

std::optional<PushTarget::Time> PushTarget::next_attempt() const {
  return state_ == PushState::kWaiting ? std::optional(next_) : std::nullopt;
}

void PushTarget::connecting() {
  state_ = PushState::kConnecting;
}

void PushTarget::publishing(Time now) {
  state_ = PushState::kPublishing;
  ++successes_;
  began_ = now;
  failure_.reset();
}

bool PushTarget::hopeless(const Error& why, Time now) const {
  if (why.code == Code::kUsage || why.code == Code::kUnsupported) return true;
  return retry_.give_up && now - good_ >= *retry_.give_up;
}

void PushTarget::lost(Error why, Time now) {
  if (state_ == PushState::kEnded || state_ == PushState::kGivenUp) return;
  if (state_ == PushState::kPublishing) {
    good_ = now;
    if (now - began_ >= retry_.steady) failures_ = 0;
  }
  const bool over = hopeless(why, now);
  failure_ = std::move(why);
  state_ = over ? PushState::kGivenUp : PushState::kWaiting;
  next_ = now +
          net::backoff({.first = retry_.first, .longest = retry_.longest}, ++failures_, random_());
}

void PushTarget::moved(Time now) {
  if (state_ == PushState::kEnded || state_ == PushState::kGivenUp) return;
  state_ = PushState::kWaiting;
  good_ = next_ = now;
}

void PushTarget::end() {
  if (state_ != PushState::kGivenUp) state_ = PushState::kEnded;
}

}  // namespace weir::publish
