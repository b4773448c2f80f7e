#include "probe/viewer_track.h"

#include <cstdlib>

namespace weir::probe {
namespace {

constexpr AVRational kUnknownRate{0, 1};

}  // namespace

void SoundClock::add(std::int64_t pts_us, std::int64_t samples, int rate) {
  if (rate <= 0) return;
  const std::int64_t counted = av_rescale(samples_, 1'000'000, rate);
  std::int64_t off = begin_us_ ? pts_us - *begin_us_ - counted : 0;
  if (!begin_us_ || std::abs(off) > kBreak) {
    begin_us_ = pts_us;
    samples_ = off = 0;
  }
  samples_ += samples;
  last_us_ = off;
  if (std::abs(off) > std::abs(max_us_)) max_us_ = off;
}

class ViewerTrack::Sink : public flow::Sink<media::Frame> {
 public:
  Sink(ViewerTrackFigures& figures, SoundClock& clock, Shown shown)
      : figures_(figures), clock_(clock), shown_(std::move(shown)) {}

  Result<flow::Flow> push(media::Frame frame) override {
    const AVFrame& raw = *frame.raw();
    ++figures_.frames;
    if ((raw.flags & AV_FRAME_FLAG_CORRUPT) != 0 || raw.decode_error_flags != 0) ++figures_.errors;
    const std::int64_t pts = frame.pts().micros();
    if (raw.nb_samples > 0) clock_.add(pts, raw.nb_samples, raw.sample_rate);
    if (shown_) shown_(pts);
    return flow::Flow::kMore;
  }
  Result<void> finish() override { return {}; }

 private:
  ViewerTrackFigures& figures_;
  SoundClock& clock_;
  const Shown shown_;
};

ViewerTrack::ViewerTrack(media::Kind kind, Shown shown)
    : kind_(kind), sink_(std::make_unique<Sink>(figures_, clock_, std::move(shown))) {}

ViewerTrack::~ViewerTrack() = default;

Result<void> ViewerTrack::open(const media::Track& track) {
  close();
  WEIR_TRY_ASSIGN(decoder_, codec::Decoder::open(track, 1, *sink_));
  return {};
}

void ViewerTrack::close() {
  if (!decoder_) return;
  (void)decoder_->finish();
  figures_.errors += decoder_->damaged();
  decoder_.reset();
}

void ViewerTrack::add(const media::Packet& packet, bool idr) {
  if (!meter_) meter_.emplace(kind_, kUnknownRate);
  meter_->add(packet, idr);
  if (decoder_) (void)decoder_->push(packet.share());
}

void ViewerTrack::take_meter() {
  if (!meter_) return;
  auto stats = meter_->finish();
  meter_.reset();
  figures_.gaps += stats.gaps;
  figures_.overlaps += stats.overlaps;
  figures_.jumps += stats.jumps;
  for (const auto& one : stats.breaks)
    if (figures_.breaks.size() < kMaxBreaks) figures_.breaks.push_back(one);
}

void ViewerTrack::discontinuity() {
  take_meter();
  clock_.reset();
}

ViewerTrackFigures ViewerTrack::finish() {
  close();
  take_meter();
  return figures_;
}

}  // namespace weir::probe
