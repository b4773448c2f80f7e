#include "ingest/slated_input.h"

#include <algorithm>
#include <utility>

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using media::event::kDiscontinuity;
using media::event::kGap;
using Awaited = flow::Awaited<media::Item>;

constexpr std::int64_t kExact = 10'000;        // a whole number of ticks in most time bases
constexpr std::int64_t kFarthest = 3'000'000;  // that a track is filled behind the others

media::Time to_time(std::int64_t us) {
  return {us, media::kMicros};
}
double seconds(std::chrono::nanoseconds length) {
  return std::chrono::duration<double>(length).count();
}
std::int64_t round_up(std::int64_t us) {
  const std::int64_t rest = us % kExact;
  return rest > 0 ? us - rest + kExact : us - rest;
}

}  // namespace

Result<Awaited> SlatedInput::next_within(Point patience) {
  const Point until = now() + std::min(patience, flow::kForEver);
  while (ready_.empty()) {
    const Point at = due().value_or(until);
    const Point wait = std::max(std::min(at, until) - now(), Point(0));
    WEIR_TRY_ASSIGN(auto awaited, input_.next_within(wait));
    if (awaited.state == Awaited::State::kItem) {
      take(std::move(*awaited.item));
    } else if (awaited.state == Awaited::State::kEnd) {
      if (held_.empty()) return Awaited{Awaited::State::kEnd};
      for (auto& event : std::exchange(held_, {})) ready_.emplace_back(std::move(event));
    } else if (due() && now() >= *due()) {
      fill();
    } else if (now() >= until) {
      return Awaited{};
    }
  }
  Awaited out{Awaited::State::kItem, std::move(ready_.front())};
  ready_.pop_front();
  return out;
}

std::int64_t SlatedInput::stream_time() const {
  return std::chrono::duration_cast<Micros>(now() - start_).count();
}

std::optional<SlatedInput::Point> SlatedInput::due() const {
  if (!heard_ || refused_) return {};
  if (!slate_) return *heard_ + after_;
  if (!next_) return now();
  return start_ + Micros(next_->pts().micros() - lead_);
}

void SlatedInput::fill() {
  if (!slate_) begin_slate();
  if (!slate_) return;
  if (next_) give_slate(*std::exchange(next_, std::nullopt));
  auto packet = slate_->next();
  if (!packet) return give_up(packet.error());
  next_ = std::move(*packet);
}

void SlatedInput::begin_slate() {
  const auto places = starts();
  auto slate = opener_(tracks_, places);
  if (!slate) return give_up(slate.error());
  log_.warning("nothing has come for {:.1f} s: the slate is shown until something does",
               seconds(now() - *heard_));
  slate_ = std::move(*slate);
  told_ = false;
  lead_ = 0;
  for (const auto& track : tracks_)
    lead_ = std::max(lead_, media::Time{places.at(track.index).delay, track.time_base}.micros());
  if (health_ == nullptr) return;
  health_->set_slate(true);
  media::count(&health_->repairs, &media::Repairs::stalls);
}

// A track that has not come yet begins with the others; one that fell far behind, not there.
Slate::Starts SlatedInput::starts() const {
  Slate::Starts all;
  for (const auto& track : tracks_) {
    const auto found = lanes_.find(track.index);
    const Lane lane = found == lanes_.end() ? Lane{} : found->second;
    const std::int64_t least = to_time(latest_ - kFarthest).in(track.time_base);
    std::int64_t at = to_time(latest_).in(track.time_base);
    if (lane.begun) at = std::max(lane.end, lane.last + lane.step + lane.delay);
    all[track.index] = {std::max(at, least), track.video() ? lane.delay : 0};
  }
  return all;
}

void SlatedInput::give_slate(media::Packet packet) {
  if (leads(packet) && !std::exchange(told_, true))
    ready_.emplace_back(media::make_event(kDiscontinuity, packet.pts()));
  lanes_[packet.track()].filled = true;
  hand_on(std::move(packet));
}

void SlatedInput::give_up(const Error& why) {
  log_.warning("no slate is shown: {}", why.what);
  refused_ = true;
  end_slate();
}

void SlatedInput::end_slate() {
  slate_.reset();
  next_.reset();
  if (health_ != nullptr) health_->set_slate(false);
}

void SlatedInput::take(media::Item item) {
  if (auto* packet = std::get_if<media::Packet>(&item))
    take(std::move(*packet));
  else
    take(std::get<media::Event>(std::move(item)));
}

void SlatedInput::take(media::Event event) {
  const bool filling = slate_ != nullptr;
  if (filling && (event.kind() == kGap || event.kind() == kDiscontinuity)) return;
  media::apply_change(event, tracks_);
  if (filling) {
    held_.push_back(std::move(event));
    return;
  }
  media::shift_event(event, to_time(offset_));
  ready_.emplace_back(std::move(event));
}

void SlatedInput::take(media::Packet packet) {
  if (slate_ && !returns(packet)) return leave_out(packet);
  if (slate_) place_return(packet);
  packet.shift(to_time(offset_));
  if (is_late(packet)) return leave_out(packet);
  const std::int64_t dts = packet.dts().micros();
  if (!heard_ || leads(packet)) start_ = now() - Micros(dts - ahead_);
  latest_ = std::max(latest_, dts);
  heard_ = now();
  refused_ = false;
  hand_on(std::move(packet));
}

bool SlatedInput::leads(const media::Packet& packet) const {
  const auto* video = media::main_video(tracks_);
  return video == nullptr || packet.track() == video->index;
}

bool SlatedInput::returns(const media::Packet& packet) const {
  const auto* track = media::find_track(tracks_, packet.track());
  return track != nullptr && leads(packet) && (!track->video() || packet.key());
}

void SlatedInput::place_return(const media::Packet& packet) {
  const std::int64_t pts = packet.pts().micros(), dts = packet.dts().micros();
  const Lane& lane = lanes_[packet.track()];
  const media::Time shown{lane.end, packet.base()}, decoded{lane.last + lane.step, packet.base()};
  offset_ = round_up(std::max({stream_time() - dts, shown.micros() - pts, decoded.micros() - dts}));
  ahead_ = dts + offset_ - stream_time();
  log_.info("the input is back after {:.1f} s", seconds(now() - *heard_));
  end_slate();
  ready_.emplace_back(media::make_event(kDiscontinuity, to_time(pts + offset_)));
  for (auto& event : std::exchange(held_, {})) {
    media::shift_event(event, to_time(offset_));
    ready_.emplace_back(std::move(event));
  }
}

// Behind a slate a track goes on where that ended, pictures with a key.
bool SlatedInput::is_late(const media::Packet& packet) {
  const auto found = lanes_.find(packet.track());
  if (found == lanes_.end() || !found->second.filled) return false;
  Lane& lane = found->second;
  const auto* track = media::find_track(tracks_, packet.track());
  if (track->video() && !packet.key()) return true;
  if (packet.raw()->dts <= lane.last || packet.raw()->pts < lane.end - lane.step / 2) return true;
  lane.filled = false;
  return false;
}

void SlatedInput::leave_out(const media::Packet& packet) {
  if (health_ == nullptr) return;
  const auto* track = media::find_track(tracks_, packet.track());
  const bool video = track != nullptr && track->video();
  media::count(&health_->repairs,
               video ? &media::Repairs::waiting_for_key : &media::Repairs::dropped);
}

void SlatedInput::hand_on(media::Packet packet) {
  const auto& raw = *packet.raw();
  Lane& lane = lanes_[packet.track()];
  if (raw.duration > 0)
    lane.step = raw.duration;
  else if (lane.begun)
    lane.step = std::max<std::int64_t>(raw.dts - lane.last, 1);
  lane.end = lane.begun ? std::max(lane.end, raw.pts + lane.step) : raw.pts + lane.step;
  if (packet.key()) lane.delay = raw.pts - raw.dts;
  lane.last = raw.dts;
  lane.begun = true;
  ready_.emplace_back(std::move(packet));
}

}  // namespace weir::ingest
