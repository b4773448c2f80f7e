#include "ingest/slate.h"

#include <algorithm>
#include <utility>

namespace weir::ingest {
namespace {

constexpr int kMostReads = 5000;             // of the clip, for one packet
constexpr std::int64_t kPatience = 500'000;  // microseconds sound may come behind the pictures

}  // namespace

Result<std::unique_ptr<Slate>> Slate::open(const media::Tracks& tracks, const Starts& starts,
                                           const std::string& file, const StopSource& stop,
                                           Log& log) {
  std::unique_ptr<Slate> self(new Slate(tracks));
  if (!file.empty()) {
    WEIR_TRY_ASSIGN(self->clip_, SlateClip::open(file, stop, log));
  }
  const auto* clip = self->clip_ ? &self->clip_->pictures() : nullptr;
  const auto* main = media::main_video(self->tracks_);
  for (const auto& track : self->tracks_) {
    if (!track.video() && !track.audio()) continue;
    WEIR_TRY_ASSIGN(auto lane, SlateLane::open(track, starts.at(track.index), clip));
    if (&track == main || self->leader_ == nullptr) self->leader_ = lane.get();
    self->lanes_.push_back(std::move(lane));
  }
  if (self->lanes_.empty())
    return fail(Code::kUnsupported, "no slate can be made without pictures and sound");
  return self;
}

Result<std::optional<media::Packet>> Slate::next() {
  for (auto& lane : lanes_) WEIR_TRY(fill(*lane));
  const auto first = std::ranges::min_element(lanes_, [](const auto& a, const auto& b) {
    return a->ready.front().pts() < b->ready.front().pts();
  });
  auto& ready = (*first)->ready;
  std::optional<media::Packet> out(std::move(ready.front()));
  ready.pop_front();
  return out;
}

Result<void> Slate::fill(SlateLane& lane) {
  for (int reads = 0; lane.ready.empty(); ++reads) {
    if (reads > kMostReads)
      return fail(Code::kBadInput, "the slate gives nothing for {}", lane.track().codec_name());
    WEIR_TRY(clip_is_behind(lane) ? play() : lane.make());
  }
  return {};
}

// Sound that does not come is not read for: it would be as many pictures ahead.
bool Slate::clip_is_behind(const SlateLane& lane) const {
  if (!clip_) return false;
  if (lane.track().video()) return true;
  if (clip_->sound() == nullptr) return false;
  return !leader_->track().video() || !shift_ ||
         leader_->position().micros() - lane.position().micros() < kPatience;
}

Result<void> Slate::play() {
  WEIR_TRY_ASSIGN(auto next, clip_->next());
  const bool sound = next.track != &clip_->pictures();
  if (shift_) return hand_on(next);
  if (leader_->track().video() != sound) return begin(next);
  if (sound) early_.push_back(std::move(next));
  return {};
}

Result<void> Slate::begin(const SlateClip::Next& first) {
  const auto at = leader_->position();
  shift_ = media::Time{at.micros() - first.frame.pts().micros(), media::kMicros};
  WEIR_TRY(hand_on(first));
  for (const auto& each : std::exchange(early_, {})) WEIR_TRY(hand_on(each));
  return {};
}

Result<void> Slate::hand_on(const SlateClip::Next& next) {
  const auto kind = next.track->kind;
  for (auto& lane : lanes_)
    if (lane->track().kind == kind) WEIR_TRY(lane->take(next.frame.share(), *shift_));
  return {};
}

}  // namespace weir::ingest
