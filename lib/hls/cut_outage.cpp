// What becomes of a rendition that the ladder drops and brings back: its segments are gaps where
// the other renditions have theirs.
#include <algorithm>

#include "hls/cut.h"

namespace weir::hls {

using media::Time;

bool CutLane::before(Time a, Time b) const {
  return in_base(a).ticks * 2 < in_base(b).ticks * 2 - step_.ticks;
}

// Packets that are here already were not dropped, whatever the event says.
bool CutLane::drop(Time at) {
  if (dropped()) return false;
  std::int64_t from = in_base(at).ticks;
  for (const auto& packet : packets_) from = std::max(from, packet.pts().ticks + 1);
  if (ahead_) from = std::max(from, ahead_->shown_till.ticks);
  outages_.push_back({{from, track_.time_base}, {}});
  awaits_key_ = true;
  return true;
}

bool CutLane::bring_back(Time at) {
  if (!dropped()) return false;
  outages_.back().to = std::max(in_base(at), outages_.back().from);
  forget_outages();
  return true;
}

bool CutLane::dropped_at(Time at) const {
  return std::any_of(outages_.begin(), outages_.end(), [&](const Outage& outage) {
    return !before(at, outage.from) && (!outage.to || before(at, *outage.to));
  });
}

bool CutLane::interrupted_before(Time at) const {
  return !outages_.empty() && before(outages_.front().from, at);
}

CutLane::Welcome CutLane::welcome(const media::Packet& packet) {
  if (!awaits_key_) return Welcome::kYes;
  const Time pts = packet.pts();
  if (!outages_.empty() && before(pts, outages_.back().from))
    return before(pts, start) ? Welcome::kNo : Welcome::kYes;
  if (!may_begin_segment(packet)) return Welcome::kNo;
  awaits_key_ = false;
  last_dts_.reset();  // the outage is no picture's length
  return dropped() ? Welcome::kReturns : Welcome::kYes;
}

std::size_t CutLane::before_outage(std::size_t count) const {
  if (outages_.empty()) return count;
  std::size_t kept = 0;
  while (kept < count && before(packets_[kept].pts(), outages_.front().from)) ++kept;
  return kept;
}

void CutLane::forget_outages() {
  while (!outages_.empty() && outages_.front().to && !before(start, *outages_.front().to))
    outages_.pop_front();
}

void Cutter::take_change(const media::Event& event) {
  const auto change = media::rendition_change(event);
  CutLane* lane = change ? find_lane(change->track) : nullptr;
  if (lane == nullptr || !lane->track().video()) return;
  if (!change->dropped) return bring_back(*lane, event.at);
  if (!lane->drop(event.at)) return;
  log_.warning("{} is dropped at {:.3f} s: its segments are gaps until it is back", lane->name(),
               event.at.seconds());
  decide_passed();
}

// Who leads now may have cut before it did.
void Cutter::decide_passed() {
  std::int64_t number = first_boundary_;
  for (auto& boundary : boundaries_) {
    const CutLane* lead = leader(boundary.at);
    const bool passed = lead->next_boundary > number++;
    if (boundary.state == Boundary::State::kOpen && passed)
      boundary.state = boundary.cut ? Boundary::State::kCut : Boundary::State::kSkipped;
  }
}

void Cutter::bring_back(CutLane& lane, Time at) {
  if (lane.bring_back(at) && !std::exchange(lane.lost, false))
    log_.info("{} is back at {:.3f} s", lane.name(), at.seconds());
}

bool Cutter::wanted(CutLane& lane, const media::Packet& packet) {
  if (too_early(lane, packet.pts())) return false;
  const auto welcome = lane.welcome(packet);
  if (welcome == CutLane::Welcome::kReturns) {
    begin_again(packet.pts());
    bring_back(lane, packet.pts());
  }
  return welcome != CutLane::Welcome::kNo;
}

CutLane* Cutter::leader(Time at) {
  for (const auto& lane : lanes_)
    if (lane->track().video() && !lane->dropped_at(at)) return lane.get();
  return reference_;
}

// Where the leader cuts; or, when every picture is dropped, at the boundary once its time has come.
Result<Cutter::Step> Cutter::cut_dropped(CutLane& lane, Boundary& boundary) {
  if (boundary.state == Boundary::State::kSkipped) return skip(lane, boundary);
  const bool decided = boundary.state == Boundary::State::kCut;
  if (!decided && last_ && !lane.before(boundary.at, stream_end())) return Step::kPassed;
  const bool due = &lane == leader(boundary.at) ? *position_ >= boundary.at : late(boundary.at);
  if (!decided && !last_ && !due) return Step::kWait;
  const Time at = decided ? *boundary.cut : boundary.at;
  if (decide(lane, boundary, at)) set_cut(at);
  std::size_t index = 0;
  while (index < lane.size() && lane.before(lane.packet(index).pts(), at)) ++index;
  return cut_at(lane, boundary, index, at);
}

// Of the pictures that come to the end, else of whatever does.
Time Cutter::stream_end() const {
  std::optional<Time> pictures, all;
  const auto extend = [](std::optional<Time>& end, Time to) {
    end = end ? std::max(*end, to) : to;
  };
  for (const auto& lane : lanes_) {
    if (lane->empty() && !lane->ahead()) continue;
    const Time end = lane->presentation_end();
    extend(all, end);
    if (lane->track().video() && !lane->dropped()) extend(pictures, end);
  }
  return pictures ? *pictures : all.value_or(*position_);
}

}  // namespace weir::hls
