#include "ingest/jump_repair.h"

#include <algorithm>
#include <utility>

namespace weir::ingest {
namespace {

constexpr std::int64_t kBack = 500'000;
constexpr std::int64_t kLongestLoss = 600'000'000;
constexpr std::int64_t kWait = 2'000'000;  // for the other tracks
constexpr std::int64_t kMostHeld = 16 << 20;
constexpr std::int64_t kExact = 10'000;  // a whole number of ticks in most time bases

media::Time to_time(std::int64_t us) {
  return {us, media::kMicros};
}
double seconds(std::int64_t us) {
  return static_cast<double>(us) / 1e6;
}
std::int64_t dts(const media::Packet& packet) {
  return packet.dts().micros();
}

}  // namespace

JumpRepair::JumpRepair(const media::Tracks& tracks, Micros patience, Log& log,
                       flow::Sink<media::Item>& next, media::Repairs* repairs)
    : Stage(next), patience_(patience.count()), log_(log), repairs_(repairs) {
  for (const auto& track : tracks) lanes_[track.index].is_video = track.video();
}

Result<flow::Flow> JumpRepair::push(media::Item item) {
  if (auto* packet = std::get_if<media::Packet>(&item)) return take(std::move(*packet));
  if (!held_.empty()) WEIR_TRY(release());
  if (offset_ != 0) media::shift_item(item, to_time(offset_));
  const auto& event = std::get<media::Event>(item);
  if (event.kind() == media::event::kGap) position_ = std::max(position_, event.at.micros());
  if (event.kind() == media::event::kDiscontinuity) begin_anew(event.at.micros());
  return emit(std::move(item));
}

void JumpRepair::begin_anew(std::int64_t at) {
  position_ = std::max(position_, at);
  for (auto& [track, lane] : lanes_) lane.last = std::max(lane.last, at);
}

Result<void> JumpRepair::finish() {
  Result<void> outcome;
  if (!held_.empty())
    if (auto flow = release(); !flow) outcome = fail(std::move(flow).error());
  Result<void> below = finish_next();
  return outcome ? below : outcome;
}

Result<flow::Flow> JumpRepair::take(media::Packet packet) {
  Lane& lane = lanes_[packet.track()];
  if (offset_ != 0) packet.shift(to_time(offset_));
  const std::int64_t at = dts(packet);
  if (lane.jumped && continues(lane, at)) forget_jump(packet.track(), lane);
  if (lane.jumped || is_jump(lane, at)) return hold(std::move(packet), lane);
  return hand_on(std::move(packet), lane);
}

bool JumpRepair::is_jump(const Lane& lane, std::int64_t at) const {
  const bool any = std::ranges::any_of(lanes_, [](const auto& each) { return each.second.begun; });
  if (!any) return false;
  return at > position_ + patience_ || (lane.begun && at < lane.last - kBack);
}

bool JumpRepair::continues(const Lane& lane, std::int64_t at) const {
  return lane.begun && at > lane.last - kBack && at <= position_ + kWait;
}

void JumpRepair::forget_jump(int track, Lane& lane) {
  lane.jumped = false;
  const auto gone = std::ranges::remove_if(
      held_, [&](const media::Packet& packet) { return packet.track() == track; });
  log_.warning("{} packets of track {} have stamps far from all others: they are left out",
               gone.size(), track);
  media::count(repairs_, &media::Repairs::dropped, std::ssize(gone));
  held_.erase(gone.begin(), gone.end());
}

Result<flow::Flow> JumpRepair::hold(media::Packet packet, Lane& lane) {
  lane.jumped = true;
  held_bytes_ += packet.raw()->size;
  held_.push_back(std::move(packet));
  const auto [first, last] = std::ranges::minmax_element(held_, {}, dts);
  const bool long_enough = dts(*last) - dts(*first) > kWait || held_bytes_ > kMostHeld;
  return long_enough || all_jumped() ? release() : flow::Flow::kMore;
}

// A track that had ended before is not waited for.
bool JumpRepair::all_jumped() const {
  return std::ranges::all_of(lanes_, [&](const auto& each) {
    const Lane& lane = each.second;
    return lane.jumped || !lane.begun || lane.last < position_ - kWait;
  });
}

Result<flow::Flow> JumpRepair::release() {
  const std::int64_t before = offset_;
  const std::int64_t begin = new_begin();
  drop_sound_before(begin);
  WEIR_TRY(tell_jump(begin));
  auto held = std::exchange(held_, {});
  held_bytes_ = 0;
  for (auto& [track, lane] : lanes_)
    if (std::exchange(lane.jumped, false)) lane.awaits_key = lane.is_video;
  auto flow = flow::Flow::kMore;
  for (auto& packet : held) {
    Lane& lane = lanes_[packet.track()];
    if (offset_ != before) packet.shift(to_time(offset_ - before));
    WEIR_TRY_ASSIGN(flow, hand_on(std::move(packet), lane));
  }
  return flow;
}

// A segment can begin where the first key picture is shown.
std::int64_t JumpRepair::new_begin() const {
  for (const auto& packet : held_)
    if (packet.key() && lanes_.at(packet.track()).is_video) return packet.pts().micros();
  return dts(*std::ranges::min_element(held_, {}, dts));
}

// Alone it would make a segment that is hardly more than a gap.
void JumpRepair::drop_sound_before(std::int64_t begin) {
  const auto gone = std::erase_if(held_, [&](const media::Packet& packet) {
    return !lanes_.at(packet.track()).is_video &&
           packet.pts().micros() + packet.duration().micros() / 2 < begin;
  });
  media::count(repairs_, &media::Repairs::dropped, static_cast<std::int64_t>(gone));
}

Result<flow::Flow> JumpRepair::tell_jump(std::int64_t begin) {
  const std::int64_t hole = begin - position_;
  if (hole > 0 && hole <= kLongestLoss) {
    log_.warning("nothing comes from {:.3f} s to {:.3f} s: gaps are listed", seconds(position_),
                 seconds(begin));
    media::count(repairs_, &media::Repairs::losses);
    return emit(media::make_event(media::event::kGap, to_time(begin)));
  }
  log_.warning(
      "stamps jump from {:.3f} s to {:.3f} s: taken for a new beginning, which goes on from there",
      seconds(position_), seconds(begin));
  const std::int64_t by = hole > 0 ? -(hole / kExact) : (kExact - 1 - hole) / kExact;
  offset_ += by * kExact;
  media::count(repairs_, &media::Repairs::resets);
  return emit(media::make_event(media::event::kDiscontinuity, to_time(begin + by * kExact)));
}

Result<flow::Flow> JumpRepair::hand_on(media::Packet packet, Lane& lane) {
  const std::int64_t at = dts(packet);
  position_ = std::max(position_, at + packet.duration().micros());
  lane.last = lane.begun ? std::max(lane.last, at) : at;
  lane.begun = true;
  if (lane.awaits_key && !packet.key()) {
    media::count(repairs_, &media::Repairs::waiting_for_key);
    return flow::Flow::kMore;
  }
  lane.awaits_key = false;
  return emit(std::move(packet));
}

}  // namespace weir::ingest
