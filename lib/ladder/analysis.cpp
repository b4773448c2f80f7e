#include "ladder/analysis.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <system_error>

#include "ladder/coder.h"
#include "ladder/effort.h"
#include "ladder/scaler.h"

namespace weir::ladder {
namespace {

// Below this a macroblock covers too much of the picture to steer anything.
constexpr int kLeastHeight = 216;
// Power of the mean: viewers remember the worst pictures of a chunk.
constexpr double kWorstCount = 8;

int even(double value) {
  return std::max(16, 2 * static_cast<int>(value / 2 + 0.5));
}

}  // namespace

Analysis::~Analysis() {
  std::error_code ignored;
  std::filesystem::remove(stats, ignored);
  std::filesystem::remove(stats.string() + ".mbtree", ignored);
}

AnalysisSettings analysis_size(const std::vector<PlannedRendition>& renditions) {
  const auto largest = std::max_element(
      renditions.begin(), renditions.end(),
      [](const auto& a, const auto& b) { return a.width * a.height < b.width * b.height; });
  const int shorter = std::min(largest->width, largest->height);
  const double scale =
      std::min(1.0, std::max(1.0 / 3, static_cast<double>(kLeastHeight) / shorter));
  AnalysisSettings settings;
  settings.width = even(largest->width * scale);
  settings.height = even(largest->height * scale);
  return settings;
}

std::vector<AnalysisGroup> analysis_groups(const std::vector<PlannedRendition>& renditions) {
  std::vector<AnalysisGroup> groups;
  for (std::size_t i = 0; i < renditions.size(); ++i) {
    const auto& rung = renditions[i].rung;
    auto group = std::ranges::find_if(groups, [&](const AnalysisGroup& other) {
      return other.settings.tune == rung.tune && av_cmp_q(other.settings.frame_rate, rung.fps) == 0;
    });
    if (group == groups.end())
      group = groups.insert(group, AnalysisGroup{{0, 0, rung.tune, rung.fps}, {}});
    group->members.push_back(i);
  }
  for (auto& [settings, members] : groups) {
    std::vector<PlannedRendition> shared;
    for (const auto i : members) shared.push_back(renditions[i]);
    const AnalysisSettings size = analysis_size(shared);
    settings.width = size.width;
    settings.height = size.height;
  }
  return groups;
}

Result<std::shared_ptr<const Analysis>> analyse(const std::vector<const GridFrame*>& pictures,
                                                double seconds, const media::Track& source,
                                                const AnalysisSettings& s,
                                                const std::filesystem::path& stats) {
  auto analysis = std::make_shared<Analysis>(stats);
  std::map<std::int64_t, std::size_t> places;
  for (std::size_t i = 0; i < pictures.size(); ++i) places[pictures[i]->frame.pts().ticks] = i;
  analysis->types.resize(pictures.size());
  analysis->losses.resize(pictures.size());
  double bits = 0;
  double distortion = 0;
  const auto take = [&](codec::X264Picture coded) -> Result<void> {
    const auto place = places[coded.pts];
    analysis->types[place] = coded.type;
    analysis->losses[place] = 1 - coded.ssim;
    distortion += std::pow(1 - coded.ssim, kWorstCount);
    bits += 8.0 * static_cast<double>(coded.bytes.size());
    return {};
  };
  codec::X264Settings settings = settings_of(source, s.frame_rate);
  settings.width = s.width;
  settings.height = s.height;
  settings.tune = s.tune;
  settings.stats_out = stats;
  settings.parameters = common_parameters();
  for (auto& tool : first_pass_tools()) settings.parameters.push_back(tool);
  const auto pass = [&]() -> Result<void> {
    WEIR_TRY_ASSIGN(auto encoder, codec::X264Encoder::open(settings));
    WEIR_TRY(
        scale_all(pictures, s.width, s.height, [&](const GridFrame& from, const AVFrame& scaled) {
          return encoder->push(scaled, from.mark.key, {}, take);
        }));
    return encoder->finish(take);
  };
  if (auto done = pass(); !done)
    return fail(std::move(done).error().within(
        fmt::format("first pass, which takes notes in '{}'", stats.parent_path().string())));
  analysis->complexity = bits / seconds;
  analysis->distortion =
      std::pow(distortion / static_cast<double>(pictures.size()), 1 / kWorstCount);
  return std::shared_ptr<const Analysis>(std::move(analysis));
}

}  // namespace weir::ladder
