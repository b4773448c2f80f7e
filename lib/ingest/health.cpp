#include "ingest/health.h"

#include <algorithm>

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using media::Repairs;

constexpr auto kLongPause = 1s;

constexpr std::pair<std::string_view, Repairs::Count Repairs::*> kNames[]{
    {"wraps", &Repairs::wraps},
    {"resets", &Repairs::resets},
    {"losses", &Repairs::losses},
    {"stalls", &Repairs::stalls},
    {"reordered", &Repairs::reordered},
    {"dropped", &Repairs::dropped},
    {"filled", &Repairs::filled},
    {"late_headers", &Repairs::late_headers},
    {"waiting_for_key", &Repairs::waiting_for_key},
    {"reconnects", &Repairs::reconnects},
    {"takeovers", &Repairs::takeovers},
    {"switches", &Repairs::switches},
};

}  // namespace

void Health::begin(const media::Tracks& tracks) {
  const std::lock_guard lock(mutex_);
  lanes_.clear();
  for (const auto& track : tracks) {
    Lane& lane = lanes_.emplace_back();
    lane.told.index = track.index;
    lane.told.kind = track.kind;
    lane.told.codec = track.codec_name();
  }
}

Health::Lane* Health::find(int track) {
  const auto lane =
      std::ranges::find(lanes_, track, [](const Lane& each) { return each.told.index; });
  return lane == lanes_.end() ? nullptr : &*lane;
}

void Health::change(const media::Track& track) {
  const std::lock_guard lock(mutex_);
  if (Lane* const lane = find(track.index)) lane->told.codec = track.codec_name();
}

void Health::take(const media::Packet& packet) {
  const std::lock_guard lock(mutex_);
  Lane* const lane = find(packet.track());
  if (lane == nullptr) return;
  heard_ = clock_.monotonic();
  ++lane->told.packets;
  lane->told.bytes += packet.raw()->size;
  lane->end_us = std::max(lane->end_us, packet.pts().micros() + packet.duration().micros());
  media_us_ = std::max(media_us_, lane->end_us);
}

void Health::set_fallback(bool on) {
  const std::lock_guard lock(mutex_);
  fallback_ = on;
}

void Health::set_slate(bool on) {
  const std::lock_guard lock(mutex_);
  slate_ = on;
}

HealthState Health::state(std::chrono::nanoseconds now) const {
  if (!heard_ || now - *heard_ > kLongPause) return HealthState::kWaiting;
  if (slate_) return HealthState::kSlate;
  return fallback_ ? HealthState::kFallback : HealthState::kLive;
}

std::optional<std::int64_t> Health::av_offset() const {
  const auto first = [&](media::Kind kind) {
    return std::ranges::find_if(
        lanes_, [&](const Lane& lane) { return lane.told.kind == kind && lane.told.packets > 0; });
  };
  const auto picture = first(media::Kind::kVideo), sound = first(media::Kind::kAudio);
  if (picture == lanes_.end() || sound == lanes_.end()) return {};
  return picture->end_us - sound->end_us;
}

HealthReport Health::report() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.monotonic();
  const double passed = std::chrono::duration<double>(now - told_).count();
  HealthReport out{.state = state(now), .media_us = media_us_, .av_offset_us = av_offset()};
  for (Lane& lane : lanes_) {
    const auto bits = static_cast<double>(8 * (lane.told.bytes - lane.bytes_before));
    const auto packets = static_cast<double>(lane.told.packets - lane.packets_before);
    lane.told.bitrate = passed > 0 ? static_cast<std::int64_t>(bits / passed) : 0;
    lane.told.fps = passed > 0 ? packets / passed : 0;
    lane.bytes_before = lane.told.bytes;
    lane.packets_before = lane.told.packets;
    out.bytes += lane.told.bytes;
    out.tracks.push_back(lane.told);
  }
  for (const auto& [name, member] : kNames) out.repairs.emplace_back(name, repairs.*member);
  told_ = now;
  return out;
}

HealthTicker::HealthTicker(Health& health, HealthSink& sink)
    : health_(health), sink_(sink), thread_([this] { tick(); }) {}

HealthTicker::~HealthTicker() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    ended_.notify_one();
  }
  thread_.join();
}

void HealthTicker::tick() {
  auto due = std::chrono::steady_clock::now();
  for (bool over = false; !over;) {
    due += 1s;
    {
      std::unique_lock lock(mutex_);
      over = ended_.wait_until(lock, due, [&] { return over_; });
    }
    sink_.take(health_.report());
  }
}

}  // namespace weir::ingest
