#include "probe/player_buffer.h"

#include <algorithm>
#include <limits>

namespace weir::probe {

PlayerBuffer::PlayerBuffer(bool video, bool audio, const PlayerRules& rules) : rules_(rules) {
  lanes_[0].used = video;
  lanes_[1].used = audio;
}

// What touches becomes one stretch.
void PlayerBuffer::insert(LaneBuffer& lane, Stretch stretch) {
  auto& all = lane.stretches;
  auto at = std::ranges::find_if(
      all, [&](const Stretch& one) { return one.end + kHole >= stretch.start; });
  while (at != all.end() && at->start <= stretch.end + kHole) {
    stretch.start = std::min(stretch.start, at->start);
    stretch.end = std::max(stretch.end, at->end);
    at = all.erase(at);
  }
  if (all.size() < kMostStretches) all.insert(at, stretch);
}

void PlayerBuffer::add(PlayerLane lane, std::int64_t start_us, std::int64_t end_us,
                       std::int64_t now_us) {
  advance(now_us);
  auto& to = lanes_[static_cast<std::size_t>(lane)];
  if (!to.used || end_us <= start_us) return;
  insert(to, {start_us, end_us});
  begin_if_enough();
}

void PlayerBuffer::end(std::int64_t now_us) {
  advance(now_us);
  whole_ = true;
  begin_if_enough();
  if (state_ == State::kStalled && level_us() == 0) state_ = State::kEnded;
}

std::optional<std::int64_t> PlayerBuffer::first_common() const {
  std::int64_t out = std::numeric_limits<std::int64_t>::min();
  for (const auto& lane : lanes_) {
    if (!lane.used) continue;
    if (lane.stretches.empty()) return {};
    out = std::max(out, lane.stretches.front().start);
  }
  return out;
}

/// Until where every lane goes without a hole; `from` where one has nothing.
std::int64_t PlayerBuffer::edge(std::int64_t from) const {
  std::int64_t out = std::numeric_limits<std::int64_t>::max();
  for (const auto& lane : lanes_) {
    if (!lane.used) continue;
    const auto at = std::ranges::find_if(lane.stretches, [&](const Stretch& one) {
      return one.start <= from + kHole && one.end > from;
    });
    out = std::min(out, at == lane.stretches.end() ? from : at->end);
  }
  return out;
}

/// Where every lane goes on; empty while one does not.
std::optional<std::int64_t> PlayerBuffer::behind_hole() const {
  std::int64_t out = position_;
  for (const auto& lane : lanes_) {
    if (!lane.used) continue;
    const auto at =
        std::ranges::find_if(lane.stretches, [&](const Stretch& one) { return one.end > out; });
    if (at == lane.stretches.end()) return {};
    out = std::max(out, at->start);
  }
  return out;
}

std::optional<std::int64_t> PlayerBuffer::position_us() const {
  return state_ == State::kStarting ? std::nullopt : std::optional(position_);
}

std::int64_t PlayerBuffer::level_us() const {
  if (state_ != State::kStarting) return edge(position_) - position_;
  const auto first = first_common();
  return first ? edge(*first) - *first : 0;
}

void PlayerBuffer::begin_if_enough() {
  if (state_ == State::kStarting) {
    const auto first = first_common();
    if (!first || (level_us() < rules_.start_us && !(whole_ && level_us() > 0))) return;
    position_ = *first;
    figures_.startup_us = now_us_;
    state_ = State::kPlaying;
  } else if (state_ == State::kStalled) {
    const auto from = level_us() > 0 ? std::optional(position_) : behind_hole();
    if (!from) return;
    const std::int64_t level = edge(*from) - *from;
    if (level < rules_.resume_us && !(whole_ && level > 0)) return;
    if (*from > position_) {
      ++figures_.skip_count;
      figures_.skipped_us += *from - position_;
    }
    position_ = *from;
    stall_.length_us = now_us_ - stall_.at_us;
    ++figures_.stall_count;
    figures_.stalled_us += stall_.length_us;
    if (figures_.stalls.size() < kMostStalls) figures_.stalls.push_back(stall_);
    state_ = State::kPlaying;
  }
}

void PlayerBuffer::run_dry(std::int64_t at_us) {
  state_ = whole_ ? State::kEnded : State::kStalled;
  stall_ = {at_us, 0, position_};
}

void PlayerBuffer::advance(std::int64_t now_us) {
  while (state_ == State::kPlaying && now_us_ < now_us) {
    const std::int64_t step = std::min(edge(position_) - position_, now_us - now_us_);
    if (step > 0) {
      position_ += step;
      now_us_ += step;
      figures_.played_us += step;
      continue;
    }
    const auto behind = behind_hole();
    if (!behind) {
      run_dry(now_us_);
    } else {
      ++figures_.skip_count;
      figures_.skipped_us += *behind - position_;
      position_ = *behind;
    }
  }
  now_us_ = std::max(now_us_, now_us);
  forget();
}

void PlayerBuffer::forget() {
  if (state_ == State::kStarting) return;
  for (auto& lane : lanes_)
    while (!lane.stretches.empty() && lane.stretches.front().end <= position_)
      lane.stretches.pop_front();
}

PlayerFigures PlayerBuffer::figures() const {
  PlayerFigures out = figures_;
  if (state_ != State::kStalled) return out;
  Stall open = stall_;
  open.length_us = now_us_ - stall_.at_us;
  ++out.stall_count;
  out.stalled_us += open.length_us;
  if (out.stalls.size() < kMostStalls) out.stalls.push_back(open);
  return out;
}

}  // namespace weir::probe
