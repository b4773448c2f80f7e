#include "hls/cut_lane.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "media/h26x.h"

namespace weir::hls {
namespace {

constexpr AVRational kDefaultRate{25, 1};
constexpr std::int64_t kHole = 1'000'000;     // microseconds
constexpr std::int64_t kPlausible = 200'000;  // microseconds; longer than any picture is shown

media::Time first_step(const media::Track& track) {
  const auto& par = *track.par;
  AVRational length = av_inv_q(kDefaultRate);
  if (track.video() && track.frame_rate.num > 0) length = av_inv_q(track.frame_rate);
  if (track.audio() && par.frame_size > 0 && par.sample_rate > 0)
    length = {par.frame_size, par.sample_rate};
  const std::int64_t ticks = av_rescale_q(1, length, track.time_base);
  return {std::max<std::int64_t>(1, ticks), track.time_base};
}

}  // namespace

CutLane::CutLane(media::Track track) : track_(std::move(track)), step_(first_step(track_)) {
  start = {0, track_.time_base};
}

std::string CutLane::name() const {
  if (!track_.rendition.empty()) return fmt::format("rendition '{}'", track_.rendition);
  return fmt::format("track {}", track_.index);
}

CutLane::Taken CutLane::take(media::Packet packet) {
  Taken taken;
  if (next_form_ && track_.video() && !packet.key()) return {.dropped = true};
  taken.new_form = next_form_ != nullptr;
  if (taken.new_form) begin_form();
  const bool key = track_.video() && may_begin_segment(packet);
  if (track_.video() && !started_ && !key) return {.dropped = true};
  learn_step(packet);
  if (key) {
    taken.new_parameters = changed_parameters(packet);
    if (started_) keys_.push_back({next_serial(), packet.pts()});
  }
  taken.new_parameters = taken.new_parameters || (taken.new_form && started_);
  if (!started_) start = in_base(packet.pts());
  started_ = true;
  bytes_ += packet.raw()->size;
  packets_.push_back(std::move(packet));
  return taken;
}

void CutLane::begin_form() {
  note_break();
  auto form = std::exchange(next_form_, nullptr);
  if (packets_.empty())
    first_form_ = std::move(form);
  else
    changes_.push_back({next_serial(), std::move(form)});
  parameters_.clear();
  seen_idr_ = false;
}

void CutLane::note_break() {
  if (!awaits_break()) breaks_.push_back(next_serial());
}

std::size_t CutLane::alike(std::size_t count) const {
  if (changes_.empty()) return count;
  return std::min(count, static_cast<std::size_t>(changes_.front().serial - first_));
}

bool CutLane::behind_break(std::size_t index) const {
  const std::int64_t serial = first_ + static_cast<std::int64_t>(index);
  return (index > 0 || ahead_) && std::ranges::find(breaks_, serial) != breaks_.end();
}

std::optional<std::size_t> CutLane::break_near(media::Time cut, Micros most) const {
  for (const std::int64_t serial : breaks_) {
    const auto index = static_cast<std::size_t>(serial - first_);
    if (index >= packets_.size() || (index == 0 && !ahead_)) continue;
    const std::int64_t distance = packets_[index].pts().micros() - cut.micros();
    if (std::abs(distance) <= most.count()) return index;
  }
  return {};
}

// Streams with open groups of pictures may have no IDR at all; their recovery points then have to
// do.
bool CutLane::may_begin_segment(const media::Packet& packet) {
  if (!packet.key()) return false;
  const AVCodecID codec = form().codec();
  if (codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC) return true;
  const bool idr = media::has_idr(codec, packet.bytes());
  seen_idr_ = seen_idr_ || idr;
  return idr || !seen_idr_;
}

// A track may not tell its rate, or tell a wrong one; what the packets say is good enough for
// tolerances and for the length of the last picture.
void CutLane::learn_step(const media::Packet& packet) {
  const bool told = track_.video() ? track_.frame_rate.num > 0 : track_.par->frame_size > 0;
  const std::int64_t delta = last_dts_ ? packet.dts().ticks - last_dts_->ticks : 0;
  last_dts_ = packet.dts();
  const bool plausible = delta > 0 && (media::Time{delta, packet.base()}.micros() < kPlausible);
  if (told && plausible && (delta > 2 * step_.ticks - step_.ticks / 4)) step_.ticks = delta;
  if (told) return;
  if (packet.raw()->duration > 0)
    step_.ticks = packet.raw()->duration;
  else if (delta > 0)
    step_.ticks = delta;
}

bool CutLane::changed_parameters(const media::Packet& packet) {
  const AVCodecID codec = form().codec();
  if (codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC) return false;
  const auto sets = media::find_parameter_sets(codec, packet.bytes());
  if (sets.sps.empty()) return false;
  Bytes all;
  for (const auto* kind : {&sets.vps, &sets.sps, &sets.pps})
    for (const auto& nal : *kind) all.insert(all.end(), nal.begin(), nal.end());
  const bool changed = !parameters_.empty() && all != parameters_;
  parameters_ = std::move(all);
  return changed;
}

const CutLane::Key* CutLane::key_for(media::Time boundary) const {
  const std::int64_t at = in_base(boundary).ticks;
  const Key* early = nullptr;
  for (const auto& key : keys_) {
    if (key.pts.ticks < at - step_.ticks) continue;
    if (key.pts.ticks * 2 < at * 2 - step_.ticks) {
      early = &key;
      continue;
    }
    return early != nullptr && key.pts.ticks > at + step_.ticks ? early : &key;
  }
  return early != nullptr && packets_.back().dts().ticks > at + step_.ticks ? early : nullptr;
}

std::optional<CutLane::Place> CutLane::place_for(media::Time at) const {
  if (packets_.empty() || packets_.back().dts() <= at) return {};
  const std::int64_t limit = in_base(at).ticks;
  std::vector<std::int64_t> first(packets_.size());     // shown of a packet and all behind it
  std::int64_t earliest = packets_.back().dts().ticks;  // as early as one still to come
  for (std::size_t i = packets_.size(); i-- > 0;)
    first[i] = earliest = std::min(earliest, packets_[i].pts().ticks);
  std::optional<Place> place;
  std::int64_t latest = packets_[0].pts().ticks;
  for (std::size_t i = 1; i < packets_.size(); ++i) {
    if (latest < first[i] && (!place || first[i] <= limit))
      place = Place{i, {first[i], track_.time_base}};
    latest = std::max(latest, packets_[i].pts().ticks);
  }
  return place;
}

std::optional<CutLane::Place> CutLane::newest_place() const {
  if (packets_.size() < 2) return {};
  const auto& newest = packets_.back();
  const std::int64_t shown = std::max(newest.dts().ticks + parts.offset, next_part().ticks);
  return Place{packets_.size() - 1, {shown, track_.time_base}};
}

bool CutLane::hole_before(std::size_t index) const {
  if (index == 0 && !ahead_) return true;
  const media::Time before = index == 0 ? ahead_->dts : packets_[index - 1].dts();
  const media::Time length{packets_[index].dts().ticks - before.ticks, before.base};
  return length.micros() > kHole;
}

media::Time CutLane::presentation_end() const {
  std::int64_t end = ahead_ ? std::max(start.ticks, ahead_->shown_till.ticks) : start.ticks;
  for (const auto& packet : packets_) end = std::max(end, shown_till(packet));
  return {end, track_.time_base};
}

std::int64_t CutLane::shown_till(const media::Packet& packet) const {
  return packet.pts().ticks + (packet.raw()->duration > 0 ? packet.raw()->duration : step_.ticks);
}

media::Time CutLane::decode_end(const std::vector<media::Packet>& taken, media::Time end) const {
  const bool goes_on = outages_.empty() || before(end, outages_.front().from);
  if (goes_on && !packets_.empty()) return std::min(packets_.front().dts(), end);
  if (taken.empty()) return end;
  const auto& last = *taken.back().raw();
  return {last.dts + (last.duration > 0 ? last.duration : step_.ticks), track_.time_base};
}

std::vector<media::Packet> CutLane::take_out(std::size_t count) {
  auto out = take_front(count);
  while (!keys_.empty() && keys_.front().serial <= first_) keys_.pop_front();
  return out;
}

std::vector<media::Packet> CutLane::take_ahead(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const media::Time till{shown_till(packets_[i]), track_.time_base};
    ahead_ = Ahead{packets_[i].dts(), ahead_ ? std::max(ahead_->shown_till, till) : till};
  }
  auto out = take_front(count);
  while (!keys_.empty() && keys_.front().serial < first_) keys_.pop_front();
  return out;
}

void CutLane::end_segment() {
  ahead_.reset();
  parts = {};
  (void)take_out(0);  // what comes next begins a segment
}

bool CutLane::independent(std::size_t index) const {
  if (track_.audio()) return true;
  if (index == 0 && !ahead_) return packets_.front().key();
  const std::int64_t serial = first_ + static_cast<std::int64_t>(index);
  return std::any_of(keys_.begin(), keys_.end(),
                     [&](const Key& key) { return key.serial == serial; });
}

std::vector<media::Packet> CutLane::take_front(std::size_t count) {
  std::vector<media::Packet> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes_ -= packets_.front().raw()->size;
    out.push_back(std::move(packets_.front()));
    packets_.pop_front();
  }
  first_ += static_cast<std::int64_t>(count);
  for (; !changes_.empty() && changes_.front().serial <= first_; changes_.pop_front())
    first_form_ = changes_.front().form;
  while (!breaks_.empty() && breaks_.front() < first_ + (ahead_ ? 0 : 1)) breaks_.pop_front();
  return out;
}

}  // namespace weir::hls
