#include "ladder/adapt_measure.h"

#include <algorithm>

#include "codec/x264_encoder.h"
#include "ladder/chunk.h"
#include "ladder/coder.h"
#include "ladder/effort.h"
#include "ladder/scaler.h"

namespace weir::ladder {
namespace {

std::vector<const GridFrame*> thinned(const std::vector<GridFrame>& pictures, AVRational rate) {
  Thinner thinner(rate);
  std::vector<const GridFrame*> kept;
  for (const auto& picture : pictures)
    if (thinner.keeps(picture)) kept.push_back(&picture);
  return kept;
}

}  // namespace

Meter::Meter(const std::vector<PlannedRendition>& planned, const media::Track& source,
             const std::string& preset, int jobs, Scratch scratch)
    : planned_(planned),
      source_(source),
      preset_(preset),
      scratch_(std::move(scratch)),
      groups_(analysis_groups(planned)),
      pool_(jobs) {}

Result<std::unique_ptr<Meter>> Meter::open(const std::vector<PlannedRendition>& planned,
                                           const media::Track& source, const std::string& preset,
                                           int jobs) {
  WEIR_TRY_ASSIGN(auto scratch, Scratch::make(ScratchPlace::kMemory));
  return std::unique_ptr<Meter>(new Meter(planned, source, preset, jobs, std::move(scratch)));
}

Result<void> Meter::add(const Sample& sample, const std::vector<GridFrame>& pictures) {
  const double length = sample.end.seconds() - sample.begin.seconds();
  Measured measured{sample, length, std::vector<Outcome>(planned_.size()),
                    std::vector<Outcome>(planned_.size())};
  for (const auto& group : groups_) WEIR_TRY(measure(group, pictures, measured));
  measured_.push_back(std::move(measured));
  return {};
}

Result<void> Meter::measure(const AnalysisGroup& group, const std::vector<GridFrame>& pictures,
                            Measured& measured) {
  const auto kept = thinned(pictures, group.settings.frame_rate);
  WEIR_TRY_ASSIGN(const auto analysis, analyse(kept, measured.seconds, source_, group.settings,
                                               scratch_.folder() / "sample"));
  std::vector<Result<void>> results(2 * group.members.size());
  const auto start = [&](std::size_t task, int qp, std::size_t member, Outcome& outcome) {
    pool_.run([this, &kept, &analysis, &result = results[task], qp, member, &outcome] {
      const auto& planned = planned_[member];
      auto coded = code(planned, kept, *analysis, qp);
      if (coded)
        outcome = std::move(*coded);
      else
        result = fail(std::move(coded).error().within("rendition " + planned.rung.name));
    });
  };
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    start(2 * i, Curve::kFineQp, group.members[i], measured.fine[group.members[i]]);
    start(2 * i + 1, Curve::kCoarseQp, group.members[i], measured.coarse[group.members[i]]);
  }
  pool_.wait();
  for (auto& result : results) WEIR_TRY(result);
  return {};
}

Result<Meter::Outcome> Meter::code(const PlannedRendition& planned,
                                   const std::vector<const GridFrame*>& pictures,
                                   const Analysis& analysis, int qp) const {
  codec::X264Settings settings = settings_of(source_, planned.rung.fps);
  settings.width = planned.width;
  settings.height = planned.height;
  settings.tune = planned.rung.tune;
  settings.stats_in = analysis.stats;
  settings.parameters = common_parameters();
  // Not followed, as every picture has its quantiser; x264 refuses one that looks too low.
  settings.parameters.emplace_back("bitrate", "1000000");
  for (auto& tool : second_pass_tools(planned.rung.preset.empty() ? preset_ : planned.rung.preset))
    settings.parameters.push_back(tool);
  settings.parameters.emplace_back("ssim", "1");
  WEIR_TRY_ASSIGN(auto encoder, codec::X264Encoder::open(settings));
  Outcome outcome;
  const auto take = [&](codec::X264Picture coded) -> Result<void> {
    outcome.pictures.push_back(8.0 * static_cast<double>(coded.bytes.size()));
    outcome.loss += (1 - coded.ssim) / static_cast<double>(pictures.size());
    return {};
  };
  const auto use = [&](const GridFrame& from, const AVFrame& scaled) {
    return encoder->push(scaled, from.mark.key, qp, take);
  };
  WEIR_TRY(scale_all(pictures, planned.width, planned.height, use));
  WEIR_TRY(encoder->finish(take));
  return outcome;
}

std::vector<Curve> Meter::curves() const {
  std::vector<Curve> curves;
  for (std::size_t i = 0; i < planned_.size(); ++i) {
    Curve curve{sum_up(i, &Measured::fine), sum_up(i, &Measured::coarse)};
    for (const auto& measured : measured_) curve.seconds.push_back(measured.seconds);
    curves.push_back(std::move(curve));
  }
  return curves;
}

Coded Meter::sum_up(std::size_t rung, std::vector<Outcome> Measured::*at) const {
  Coded coded;
  double bits = 0;
  double seconds = 0;
  double steps = 0;
  for (const auto& measured : measured_) {
    const Outcome& outcome = (measured.*at)[rung];
    for (const double picture : outcome.pictures) bits += picture * measured.sample.bits;
    seconds += measured.seconds * measured.sample.steps;
    coded.loss += outcome.loss * measured.sample.steps;
    steps += measured.sample.steps;
    coded.pictures.push_back(outcome.pictures);
  }
  if (measured_.empty()) return coded;
  coded.rate = bits / seconds;
  coded.loss /= steps;
  return coded;
}

}  // namespace weir::ladder
