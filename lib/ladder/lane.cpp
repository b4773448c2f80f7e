#include "ladder/lane.h"

#include <algorithm>

namespace weir::ladder {
namespace {

constexpr int kMostTries = 5;

std::int64_t bits_of(const media::Packet& packet) {
  return 8 * static_cast<std::int64_t>(packet.bytes().size());
}

bool holds(LeakyBucket bucket, const FinishedChunk& chunk, double scale) {
  bool held = true;
  for (const auto& packet : chunk.packets) {
    const auto bits = static_cast<std::int64_t>(scale * static_cast<double>(bits_of(packet)));
    held = bucket.take(packet.dts(), bits) && held;
  }
  return held;
}

// The part of its bits with which a chunk would hold.
double part_that_holds(const LeakyBucket& bucket, const FinishedChunk& chunk) {
  double low = 0.01;
  double high = 1;
  for (int i = 0; i < 20; ++i) {
    const double middle = (low + high) / 2;
    (holds(bucket, chunk, middle) ? low : high) = middle;
  }
  return low;
}

std::int64_t nominal_ticks(const media::Track& track) {
  if (track.frame_rate.num == 0) return 1;
  return std::max<std::int64_t>(av_rescale_q(1, av_inv_q(track.frame_rate), track.time_base), 1);
}

}  // namespace

std::vector<std::int64_t> DecodingTimes::next(const std::vector<std::int64_t>& shown) {
  if (late_.empty()) {  // the first chunk: as many steps before its begin as are needed
    const auto reorder = static_cast<std::size_t>(reorder_);
    const std::int64_t lead =
        shown.size() > reorder ? shown[reorder] - shown[0] : nominal_ * reorder_;
    for (std::size_t i = 0; i < reorder; ++i)
      late_.push_back(shown.size() > reorder
                          ? shown[i] - lead
                          : shown[0] - lead + static_cast<std::int64_t>(i) * nominal_);
  }
  late_.insert(late_.end(), shown.begin(), shown.end());
  const auto middle = late_.begin() + static_cast<std::ptrdiff_t>(shown.size());
  std::vector<std::int64_t> times(late_.begin(), middle);
  late_.erase(late_.begin(), middle);
  return times;
}

Lane::Lane(std::unique_ptr<Coder> coder, int group, double pixels, std::optional<double> quality,
           RenditionSink& sink)
    : coder_(std::move(coder)),
      group_(group),
      rate_(coder_->planned().rung, pixels, quality),
      bucket_(coder_->planned().rung.max_bitrate, coder_->planned().rung.buffer),
      times_(coder_->reorder(), nominal_ticks(coder_->track())),
      sink_(sink) {}

// Few chunks ahead at the start, so that the first guess is soon corrected, and at the end, so that
// what is owed is known while it can be paid.
int Lane::lag(std::int64_t chunk, const Ahead& ahead) const {
  const double most = std::min<double>(ahead.most, 1 + ahead.forecast.chunks_after(chunk) / 2);
  return static_cast<int>(std::min(static_cast<double>(1 + chunk / 4), most));
}

bool Lane::may_plan(const Ahead& ahead) const {
  return joined_ > planned_ - lag(planned_, ahead);
}

void Lane::learn(const Ahead& ahead) {
  for (; learned_ <= planned_ - lag(planned_, ahead); ++learned_) {
    if (const auto& outcome = outcomes_.front())
      rate_.learn(outcome->qp, outcome->bits, outcome->bucket);
    outcomes_.pop_front();
  }
}

double Lane::plan(const ChunkFacts& facts, double seconds, const Ahead& ahead) {
  learn(ahead);
  return rate_.plan(planned_++, facts, seconds, ahead.forecast).qp;
}

void Lane::plan_nothing(const Ahead& ahead) {
  learn(ahead);
  ++planned_;
}

std::optional<double> Lane::refuse(FinishedChunk& chunk, int tries) {
  std::vector<std::int64_t> shown;
  for (const auto& packet : chunk.packets) shown.push_back(packet.raw()->pts);
  std::sort(shown.begin(), shown.end());
  DecodingTimes times = times_;
  const auto stamps = times.next(shown);
  for (std::size_t i = 0; i < stamps.size(); ++i) chunk.packets[i].raw()->dts = stamps[i];
  if (tries < kMostTries && !holds(bucket_, chunk, 1)) {
    const double part = part_that_holds(bucket_, chunk);
    return std::min(chunk.qp + RateControl::step_for(part) + 0.25 * (1 + tries), 51.0);
  }
  times_ = std::move(times);
  return {};
}

Result<flow::Flow> Lane::join(FinishedChunk chunk) {
  double bits = 0;
  for (const auto& packet : chunk.packets) {
    bucket_.take(packet.dts(), bits_of(packet));
    bits += static_cast<double>(bits_of(packet));
  }
  outcomes_.push_back(Outcome{chunk.qp, bits, bucket_});
  ++joined_;
  for (auto& packet : chunk.packets) {
    WEIR_TRY_ASSIGN(const auto flow, sink_.push(std::move(packet)));
    if (flow == flow::Flow::kDone) return flow;
  }
  return flow::Flow::kMore;
}

void Lane::skip(const std::vector<const GridFrame*>& pictures, media::Time end) {
  std::vector<std::int64_t> shown;
  for (const auto* picture : pictures) shown.push_back(picture->frame.pts().ticks);
  times_.next(shown);
  outcomes_.emplace_back();
  ++joined_;
  sink_.advance({times_.upcoming(end.ticks), end.base});
}

}  // namespace weir::ladder
