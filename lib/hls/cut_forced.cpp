// Where a live segment ends when no key frame comes.
#include "hls/cut.h"

namespace weir::hls {

using media::Time;

// A key frame half a second late is still waited for. Parts cannot be taken back, so with them the
// cut falls on the newest picture and may not wait.
void Cutter::plan_without_keys() {
  const CutLane* lane = longest_ && origin_ ? leader(*position_) : nullptr;
  if (lane == nullptr || !lane->started() || lane->interrupted() || lost_) return;
  const Micros patience = options_.part ? Micros(0) : kTargetSlack;
  Time due{lane->start.micros() + longest_->count(), media::kMicros};
  if (lane->last_dts().micros() <= due.micros() + patience.count()) return;
  if (!grid_ && candidate_) {
    const Time at = *candidate_;
    add_boundary(at, false);
    return set_cut(at);
  }
  std::optional<Time> own;
  for (const auto& key : lane->keys())  // that other renditions do not share
    if (key.pts <= Time{due.micros() + patience.count(), media::kMicros}) own = key.pts;
  if (own) due = *own;
  boundary_at(*lane, due).forced = true;
  if (!grid_) set_cut(due);
}

// The one the lane waits at, if there is any.
Cutter::Boundary& Cutter::boundary_at(const CutLane& lane, Time due) {
  const auto next = [&] { return static_cast<std::size_t>(lane.next_boundary - first_boundary_); };
  const Time late{due.micros() + kTargetSlack.count(), media::kMicros};
  const bool there = next() < boundaries_.size() && boundaries_[next()].at <= late;
  if (!there) add_boundary(due, false);
  return boundaries_[next()];
}

Result<Cutter::Step> Cutter::cut_open(CutLane& lane, Boundary& boundary) {
  const bool leads = &lane == leader(boundary.at);
  if (!leads && boundary.state == Boundary::State::kOpen) return Step::kWait;
  const auto place =
      options_.part ? lane.newest_place() : lane.place_for(boundary.cut.value_or(boundary.at));
  if (!place) return last_ ? Step::kPassed : Step::kWait;
  WEIR_TRY(complain(lane.told_open,
                    fmt::format("{}: no key frame came in time: segment {} begins without one at "
                                "{:.3f} s, and players that join there wait for the next",
                                lane.name(), lane.number + 1, place->at.seconds())));
  if (decide(lane, boundary, place->at)) set_cut(place->at);
  return cut_at(lane, boundary, place->index, place->at);
}

}  // namespace weir::hls
