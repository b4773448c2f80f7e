#include "probe/track_meter.h"

#include <algorithm>
#include <cmath>

extern "C" {
#include <libavutil/intreadwrite.h>
}

namespace weir::probe {
namespace {

// More pictures than any codec reorders: a hostile stream must not fill memory with waiting stamps.
constexpr std::size_t kMaxReorder = 64;
constexpr std::int64_t kSecond = 1'000'000;
// Containers with millisecond stamps place sound up to this much off without a gap to hear.
constexpr std::int64_t kSoundTolerance = 2'000;
// Two stamps, each rounded to a millisecond, and one tick more.
constexpr std::int64_t kRounding = 1'100;
// Stamps are kept within this, so that differences of hostile ones cannot overflow.
constexpr std::int64_t kFar = std::int64_t{1} << 60;

std::int64_t micros(const media::Time& time) {
  if (time.ticks == media::kNoTime) return 0;
  return std::clamp(time.micros(), -kFar, kFar);
}

}  // namespace

void Spread::add(std::int64_t value) {
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = count_ == 0 ? value : std::max(max_, value);
  sum_ = std::clamp(sum_ + std::clamp(value, -kFar, kFar), -kFar, kFar);
  ++count_;
}

double Spread::mean() const {
  return count_ > 0 ? static_cast<double>(sum_) / static_cast<double>(count_) : 0.0;
}

TrackMeter::TrackMeter(media::Kind kind, AVRational frame_rate, std::int64_t max_bitrate)
    : video_(kind == media::Kind::kVideo),
      nominal_us_(frame_rate.num > 0 ? av_rescale_q(1, av_inv_q(frame_rate), media::kMicros) : 0),
      max_bitrate_(max_bitrate),
      rate_meter_(max_bitrate) {}

// libavcodec: four bytes of samples to skip at the begin, little-endian.
std::int64_t TrackMeter::skipped_in_front(const media::Packet& packet) {
  std::size_t size = 0;
  const auto* data = av_packet_get_side_data(packet.raw(), AV_PKT_DATA_SKIP_SAMPLES, &size);
  return data != nullptr && size >= 4 ? std::int64_t(AV_RL32(data)) : 0;
}

void TrackMeter::add(const media::Packet& packet, bool idr) {
  const std::int64_t pts = micros(packet.pts());
  const std::int64_t dts = micros(packet.dts());
  std::int64_t duration = std::clamp<std::int64_t>(micros(packet.duration()), 0, kFar);
  if (duration == 0) duration = nominal_us_;
  const auto bytes = static_cast<std::int64_t>(packet.bytes().size());
  if (!video_ && stats_.packets == 0) stats_.priming = skipped_in_front(packet);
  decoded(dts, bytes);
  find_open_group(pts, packet.key(), idr);
  if (packet.key()) key(pts, idr);
  ++gop_frames_;
  if (pts < highest_pts_) stats_.reordered = true;
  highest_pts_ = std::max(highest_pts_, pts);
  waiting_.push({pts, duration});
  // Nothing that follows can be shown before it is decoded.
  while (!waiting_.empty() && (waiting_.top().pts <= dts || waiting_.size() > kMaxReorder)) {
    shown(waiting_.top());
    waiting_.pop();
  }
}

void TrackMeter::decoded(std::int64_t dts, std::int64_t bytes) {
  ++stats_.packets;
  stats_.bytes += bytes;
  if (dts < last_dts_) ++stats_.dts_backwards;
  last_dts_ = dts;
  if (!first_dts_) first_dts_ = dts;
  rate_meter_.add(dts, bytes);
  const std::int64_t second = std::max<std::int64_t>(0, (dts - *first_dts_) / kSecond);
  if (second != second_) second_bits_ = 0;
  second_ = second;
  second_bits_ += bytes * 8;
  const auto index = static_cast<std::size_t>(second);
  if (index >= kMaxSeconds) {
    stats_.peak_bitrate = std::max(stats_.peak_bitrate, second_bits_);
    return;
  }
  if (stats_.bitrate.size() <= index) stats_.bitrate.resize(index + 1);
  stats_.bitrate[index] += bytes * 8;
  stats_.peak_bitrate = std::max(stats_.peak_bitrate, stats_.bitrate[index]);
}

// Nothing behind an IDR picture depends on what came before it, so its group is closed.
void TrackMeter::find_open_group(std::int64_t pts, bool key, bool idr) {
  if (key) {
    unsure_key_.reset();
    if (!idr && gop_start_) unsure_key_ = pts;
  } else if (unsure_key_ && pts < *unsure_key_) {
    ++stats_.open_groups;
    unsure_key_.reset();
  }
}

void TrackMeter::key(std::int64_t pts, bool idr) {
  ++stats_.keys;
  if (gop_start_) close_gop(pts, false);
  gop_start_ = pts;
  gop_frames_ = 0;
  if (!idr) return;
  ++stats_.idrs;
  if (last_idr_) stats_.idr_us.add(pts - *last_idr_);
  last_idr_ = pts;
}

// The group at the end of a stream was not ended by a key packet: it counts only when it shows
// that groups get longer than the complete ones.
void TrackMeter::close_gop(std::int64_t until, bool open) {
  if (open && stats_.gop_frames.count() > 0 && gop_frames_ <= stats_.gop_frames.max()) return;
  stats_.gop_frames.add(gop_frames_);
  stats_.gop_us.add(until - *gop_start_);
}

void TrackMeter::shown(const Shown& packet) {
  if (!last_shown_) stats_.start_us = packet.pts;
  stats_.start_us = std::min(stats_.start_us, packet.pts);
  stats_.end_us = std::max(last_shown_ ? stats_.end_us : packet.pts, packet.pts + packet.duration);
  if (last_shown_) {
    const std::int64_t interval = packet.pts - last_shown_->pts;
    const std::int64_t expected = last_shown_->duration > 0 ? last_shown_->duration : interval;
    const std::int64_t off = interval - expected;
    const std::int64_t tolerance = video_ ? expected / 2 : kSoundTolerance;
    all_.add(interval);
    if (std::abs(off) > tolerance)
      broken(last_shown_->pts + expected, off);
    else
      steady_.add(interval);
  }
  last_shown_ = packet;
}

void TrackMeter::broken(std::int64_t at, std::int64_t length) {
  Break found{Break::Kind::kGap, at, length};
  if (std::abs(length) > kSecond)
    found.kind = Break::Kind::kJump;
  else if (length < 0)
    found.kind = Break::Kind::kOverlap;
  if (found.kind == Break::Kind::kGap) ++stats_.gaps;
  if (found.kind == Break::Kind::kOverlap) ++stats_.overlaps;
  if (found.kind == Break::Kind::kJump) ++stats_.jumps;
  if (stats_.breaks.size() < kMaxBreaks) stats_.breaks.push_back(found);
}

void TrackMeter::keep_jumps() {
  stats_.gaps = stats_.overlaps = 0;
  std::erase_if(stats_.breaks, [](const Break& b) { return b.kind != Break::Kind::kJump; });
}

void TrackMeter::rates() {
  // Where breaks are the rule, the durations are wrong and not the stamps.
  const bool steady = steady_.count() * 2 >= all_.count();
  if (!steady) keep_jumps();
  const Spread& used = steady ? steady_ : all_;
  if (used.count() > 0 && used.sum() > 0) {
    stats_.frame_rate = 1e6 / used.mean();
    stats_.constant_rate = used.max() - used.min() <= 2 * kRounding;
  }
  if (stats_.duration_us() > 0) {
    const auto seconds = static_cast<double>(stats_.duration_us()) / 1e6;
    stats_.average_bitrate = std::llround(static_cast<double>(stats_.bytes) * 8 / seconds);
  }
  // A stream shorter than a second has no full one to compare with.
  if (stats_.duration_us() < kSecond)
    stats_.peak_bitrate = std::max(stats_.peak_bitrate, stats_.average_bitrate);
}

void TrackMeter::uneven() {
  stats_.peaks = rate_meter_.peaks();
  for (auto& peak : stats_.peaks)
    if (stats_.duration_us() < peak.window_us) peak.bitrate = stats_.average_bitrate;
  stats_.buckets = rate_meter_.buckets(
      max_bitrate_ > 0 ? std::min(max_bitrate_, stats_.average_bitrate) : stats_.average_bitrate);
}

TrackStats TrackMeter::finish() {
  for (; !waiting_.empty(); waiting_.pop()) shown(waiting_.top());
  // A last picture of unknown length lasts as long as the others.
  if (last_shown_ && last_shown_->duration == 0 && all_.count() > 0)
    stats_.end_us =
        std::max(stats_.end_us, last_shown_->pts + std::int64_t{std::llround(all_.mean())});
  if (gop_start_) close_gop(stats_.end_us, true);
  rates();
  uneven();
  return std::move(stats_);
}

}  // namespace weir::probe
