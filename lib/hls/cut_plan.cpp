// Where boundaries should be when the stream brings no cut grid.
#include <algorithm>
#include <cmath>

#include "hls/cut.h"

namespace weir::hls {
namespace {

using media::Time;

// After this much more than a segment without packets, a track is no longer waited for.
constexpr Micros kPatience{2'000'000};
// So many distances of key frames as long as the one before make a stream that keeps to it; scene
// changes may well put two or three in equal distances.
constexpr int kSteady = 3;
constexpr Micros kEqual{20'000};
constexpr Micros kShortest{500'000};  // segment that ends at a splice

Time plus(Time at, Micros length) {
  return {at.micros() + length.count(), media::kMicros};
}
Micros between(Time from, Time to) {
  return Micros(to.micros() - from.micros());
}
bool within(Time a, Time b, Time slack) {
  return std::abs(between(a, b).count()) <= slack.micros() + 1;
}

}  // namespace

void Cutter::plan() {
  if (grid_ || !position_) return;
  const bool video = std::any_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    return lane->track().video() && alive(*lane);
  });
  if (guide() != nullptr) plan_on_keys(*guide());
  if (!video) plan_on_clock();
}

// A rendition that is back may have nothing yet at times the others still have to settle.
CutLane* Cutter::guide() const {
  const auto find = [&](auto good) -> CutLane* {
    for (const auto& lane : lanes_)
      if (lane->track().video() && good(*lane)) return lane.get();
    return nullptr;
  };
  if (CutLane* whole = find([](const CutLane& lane) { return !lane.interrupted(); }))
    return whole->started() ? whole : nullptr;
  return find([](const CutLane& lane) { return !lane.dropped() && !lane.empty(); });
}

void Cutter::plan_on_keys(const CutLane& guide) {
  if (!last_cut_) last_cut_ = last_key_ = guide.start;
  for (const auto& key : guide.keys()) {
    if (examined_ && !guide.before(*examined_, key.pts)) continue;
    if (!last_ && !others_passed(key.pts, guide)) return;
    examined_ = key.pts;
    if (shared(key.pts, guide)) consider(key.pts);
  }
}

// Renditions are interleaved, but not frame by frame: a key frame may still be on its way.
bool Cutter::others_passed(Time key, const CutLane& guide) const {
  return std::all_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    if (!lane->track().video() || lane.get() == &guide || !alive(*lane)) return true;
    if (lane->dropped_at(key)) return true;
    return lane->started() && lane->last_dts() > plus(key, Micros(lane->step().micros()));
  });
}

bool Cutter::shared(Time key, const CutLane& guide) const {
  return std::all_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    if (!lane->track().video() || lane.get() == &guide || !lane->started()) return true;
    if ((!last_ && !alive(*lane)) || lane->dropped_at(key)) return true;
    if (lane->interrupted() && !lane->empty() && within(lane->packet(0).pts(), key, lane->step()))
      return true;
    const auto& keys = lane->keys();
    return std::any_of(keys.begin(), keys.end(),
                       [&](const auto& k) { return within(k.pts, key, lane->step()); });
  });
}

// A cut here, or at the next key frame? Whichever comes closer to the target; the next one is
// guessed from the last distance. A wrong guess is put right at the key frame before.
void Cutter::consider(Time key) {
  const bool splice = is_splice(key);
  if (key <= *last_cut_) {
    last_key_ = key;
    return;
  }
  if (!std::exchange(told_no_grid_, true))
    log_.info("the input has no cut grid: cutting at the key frames all renditions share");
  const Micros limit = target() + kTargetSlack;
  if (between(*last_cut_, key) >= limit && candidate_) {
    const Time at = *candidate_;
    add_boundary(at, false);
    set_cut(at);
  }
  const Micros gop = between(*last_key_, key);
  last_key_ = key;
  check_gop(gop);
  const Micros here = between(*last_cut_, key), next = here + gop;
  // Parts do not wait for the proof of a guess that has been right before.
  const bool equal = last_gop_ && std::abs((*last_gop_ - gop).count()) <= kEqual.count();
  last_gop_ = gop;
  if (splice && here >= kShortest) {
    add_boundary(key, false);
    set_cut(key);
    candidate_.reset();
    return;
  }
  equal_gops_ = equal ? equal_gops_ + 1 : 0;
  candidate_.reset();
  if (!options_.part || equal_gops_ < kSteady) candidate_ = key;
  const auto miss = [&](Micros length) { return std::abs((length - target()).count()); };
  if (next < limit && miss(next) < miss(here)) return;
  add_boundary(key, false);
  set_cut(key);
}

// Key frames come in order; one behind a splice tells that none was at it.
bool Cutter::is_splice(Time key) {
  const auto due = splices_.next();
  if (!splices_.reach(key)) return false;
  if (within(*due, key, lanes_.front()->step())) return true;
  if (*due > *last_cut_ && !std::exchange(told_splice_, true))
    log_.warning(
        "the splice at {:.3f} s lies inside a segment: not all renditions have a key frame there; "
        "send the stream through transcode-ladder",
        due->seconds());
  return false;
}

void Cutter::check_gop(Micros gop) {
  if (std::exchange(gop_checked_, true) || gop <= Micros(0)) return;
  const double count = std::max(
      1.0, std::round(static_cast<double>(target().count()) / static_cast<double>(gop.count())));
  const double length = count * static_cast<double>(gop.count());
  if (std::abs(length - static_cast<double>(target().count())) <=
      static_cast<double>(kTargetSlack.count()))
    return;
  log_.warning(
      "key frames every {:.3f} s do not divide segments of {}: segments will be shorter or longer",
      static_cast<double>(gop.count()) / 1e6, format_duration(target()));
}

void Cutter::set_cut(Time at) {
  if (!last_cut_ || at > *last_cut_) last_cut_ = at;
  if (candidate_ && *candidate_ <= *last_cut_) candidate_.reset();
}

// Sound alone, or what goes on after the picture has ended.
void Cutter::plan_on_clock() {
  find_origin();
  if (!origin_) return;
  if (!last_cut_) last_cut_ = *origin_;
  cut_on_clock(*position_);
}

void Cutter::cut_on_clock(Time till) {
  for (Time next = plus(*last_cut_, target()); next <= till; next = plus(next, target())) {
    add_boundary(next, false);
    set_cut(next);
  }
}

bool Cutter::late(Time at) const {
  return between(at, *position_) > target() + kPatience;
}

bool Cutter::alive(const CutLane& lane) const {
  if (last_ || lane.dropped()) return false;
  return !late(lane.started() ? lane.last_dts() : *begin_);
}

}  // namespace weir::hls
