#include "ladder/adapt.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ladder/adapt_measure.h"
#include "ladder/adapt_sample.h"
#include "ladder/chunk.h"
#include "ladder/leaky_bucket.h"

namespace weir::ladder {
namespace {

// Zinner et al., "Impact of frame rate and resolution on objective QoE metrics" (QoMEX 2010), map
// an SSIM above 0.99 to a mean opinion of excellent.
constexpr double kSeenLoss = 0.01;
constexpr double kUnseenLoss = 0.001;
constexpr double kPartOfUnseen = 0.25;
constexpr double kLeastPart = 0.1;
// A change smaller than this is within the error of the estimate.
constexpr double kKeepPart = 0.95;
// The engine goes no lower.
constexpr double kLowestQp = 10;
constexpr double kHighestQp = 51;
constexpr double kNextRung = 1.25;
constexpr double kMostPeak = 2;
// What was not sampled may be this much harder than the hardest sample.
constexpr double kPeakReserve = 1.25;
constexpr std::size_t kMostSamples = 8;
// Of the memory allowed, for the pictures of a sample.
constexpr double kPicturesPart = 0.375;

// A logarithm that is linear in the quantiser.
class Line {
 public:
  Line(double fine, double coarse)
      : fine_(std::log(std::max(fine, 1e-9))),
        slope_((std::log(std::max(coarse, 1e-9)) - fine_) / (Curve::kCoarseQp - Curve::kFineQp)) {}
  double at(double qp) const { return std::exp(fine_ + slope_ * (qp - Curve::kFineQp)); }
  double qp_of(double value) const {
    if (std::abs(slope_) < 1e-3) return kHighestQp;  // nothing the quantiser could change
    return std::clamp(Curve::kFineQp + (std::log(std::max(value, 1e-9)) - fine_) / slope_,
                      kLowestQp, kHighestQp);
  }

 private:
  double fine_;
  double slope_;
};

// What a rung is to get.
struct Need {
  Rendition rung;
  double ssim_before;
  double ssim;
  bool measured = true;
};

// The pictures of each sample against a decoder's buffer, at a quantiser.
bool holds(const Curve& curve, double qp, std::int64_t rate, std::int64_t buffer) {
  for (std::size_t i = 0; i < curve.seconds.size(); ++i) {
    const auto& fine = curve.fine.pictures[i];
    const auto& coarse = curve.coarse.pictures[i];
    LeakyBucket bucket(rate, buffer);
    for (std::size_t k = 0; k < fine.size() && k < coarse.size(); ++k) {
      const double bits = kPeakReserve * Line(fine[k], coarse[k]).at(qp);
      const double time =
          curve.seconds[i] * static_cast<double>(k) / static_cast<double>(fine.size());
      if (!bucket.take({std::llround(time * 1e6), media::kMicros}, std::llround(bits)))
        return false;
    }
  }
  return true;
}

// Shrinks maximum and buffer with the rate, as far as the samples allow.
void fit_peak(const Curve& curve, double qp, const Rendition& before, Rendition& rung) {
  const double part = static_cast<double>(rung.bitrate) / static_cast<double>(before.bitrate);
  const double usual = part * static_cast<double>(before.max_bitrate);
  const double most = std::clamp(kMostPeak * static_cast<double>(rung.bitrate), usual,
                                 static_cast<double>(before.max_bitrate));
  const auto whole = static_cast<double>(before.buffer);
  const auto set = [&](double share) {
    rung.max_bitrate = std::llround(std::lerp(usual, most, share));
    rung.buffer = std::llround(std::lerp(part * whole, whole, share));
  };
  constexpr int kSteps = 20;
  for (int i = 0; i <= kSteps; ++i) {
    set(static_cast<double>(i) / kSteps);
    if (holds(curve, qp, rung.max_bitrate, rung.buffer)) return;
  }
}

Need need_of(const Rendition& rung, const Curve& curve) {
  if (curve.seconds.empty()) return {rung, 0, 0, false};
  const Line rate(curve.fine.rate, curve.coarse.rate);
  const Line loss(curve.fine.loss, curve.coarse.loss);
  const auto most = static_cast<double>(rung.bitrate);
  const double qp_before = rate.qp_of(most);
  const double loss_before = loss.at(qp_before);
  const double allowed =
      loss_before + std::clamp(kPartOfUnseen * (kSeenLoss - loss_before), 0.0, kUnseenLoss);
  double qp = std::max(loss.qp_of(allowed), qp_before);
  const double least = kLeastPart * most;
  if (rate.at(qp) < least) qp = std::max(rate.qp_of(least), qp_before);
  Need need{rung, 1 - loss_before, 1 - loss.at(qp)};
  const double wanted = std::max(rate.at(qp), least);
  if (wanted > kKeepPart * most) {
    need.ssim = need.ssim_before;
    return need;
  }
  need.rung.bitrate = static_cast<std::int64_t>(std::ceil(wanted / 1000)) * 1000;
  fit_peak(curve, qp, rung, need.rung);
  return need;
}

std::string kilo(std::int64_t bits) {
  return fmt::format("{}k", (bits + 500) / 1000);
}

std::string reason_of(const Rendition& before, const Need& need) {
  if (!need.measured)
    return fmt::format("adapt: {} keeps its rate: nothing to measure", before.name);
  if (need.rung.bitrate == before.bitrate)
    return fmt::format("adapt: {} keeps {} (ssim {:.4f})", before.name, kilo(before.bitrate),
                       need.ssim);
  return fmt::format("adapt: {} {} -> {}, peak {} (ssim {:.4f}; {} would give {:.4f})", before.name,
                     kilo(before.bitrate), kilo(need.rung.bitrate), kilo(need.rung.max_bitrate),
                     need.ssim, kilo(before.bitrate), need.ssim_before);
}

double ratio(const Rendition& above, const Rendition& below) {
  return static_cast<double>(above.bitrate) / static_cast<double>(below.bitrate);
}

// Largest first; of the same size the one with the higher rate.
std::vector<std::size_t> by_size(const std::vector<PlannedRendition>& planned) {
  std::vector<std::size_t> order(planned.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) {
    return std::pair(planned[i].width * planned[i].height, planned[i].rung.bitrate);
  });
  return order;
}

// Why each rung is left out; "" for those that stay.
std::vector<std::string> leave_out(const std::vector<std::size_t>& order,
                                   const std::vector<Need>& needs) {
  std::vector<std::string> why(needs.size());
  std::size_t larger = 0;
  for (std::size_t i = 1; i + 1 < order.size(); ++i) {
    const Rendition& above = needs[order[larger]].rung;
    const Rendition& rung = needs[order[i]].rung;
    const double times = ratio(above, rung);
    if (times < kNextRung)
      why[order[i]] = fmt::format("adapt: {} is left out: {} needs only {:.2f} times its rate",
                                  rung.name, above.name, times);
    else
      larger = i;
  }
  return why;
}

double sample_seconds(const TranscodeOptions& options, const media::Track& source) {
  const double chunk = chunk_seconds(options.grid.gop);
  const double picture = 1.5 * source.par->width * source.par->height;
  const double rate = source.frame_rate.num > 0 ? av_q2d(source.frame_rate) : 30;
  const double most =
      kPicturesPart * static_cast<double>(options.chunks.engine.memory) / (picture * rate);
  return std::clamp(chunk, 0.1, std::max(most, 0.1));
}

}  // namespace

Adapted fit(const std::vector<PlannedRendition>& planned, const std::vector<Curve>& curves) {
  std::vector<Need> needs;
  for (std::size_t i = 0; i < planned.size(); ++i)
    needs.push_back(need_of(planned[i].rung, curves[i]));
  const auto why = leave_out(by_size(planned), needs);
  Adapted adapted;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    adapted.reasons.push_back(why[i].empty() ? reason_of(planned[i].rung, needs[i]) : why[i]);
    if (why[i].empty()) adapted.rungs.push_back(needs[i].rung);
  }
  return adapted;
}

Result<Adapted> adapt_ladder(const TranscodeOptions& options, const media::Tracks& tracks,
                             flow::Source<media::Item>& source) {
  const auto& rungs = options.ladder.renditions;
  const media::Track* video = media::main_video(tracks);
  if (video == nullptr) return Adapted{rungs, {}};
  WEIR_TRY_ASSIGN(const media::Track processed, processed_track(options.picture, *video));
  const Plan plan = make_plan(rungs, processed);
  const auto samples =
      choose_samples(options.chunks.profile, sample_seconds(options, processed), kMostSamples);
  const auto& engine = options.chunks.engine;
  WEIR_TRY_ASSIGN(auto meter, Meter::open(plan.renditions, processed, engine.preset, engine.jobs));
  WEIR_TRY(read_samples(source, *video, samples, options.grid, options.picture,
                        [&](const Sample& sample, const std::vector<GridFrame>& pictures) {
                          return meter->add(sample, pictures);
                        }));
  Adapted adapted = fit(plan.renditions, meter->curves());
  for (const auto& rung : rungs)
    if (std::ranges::none_of(plan.renditions,
                             [&](const auto& one) { return one.rung.name == rung.name; }))
      adapted.rungs.push_back(rung);
  return adapted;
}

}  // namespace weir::ladder
