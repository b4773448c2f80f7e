// The first pass: what every rendition shares of a chunk.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "codec/x264_encoder.h"
#include "ladder/chunk.h"
#include "ladder/plan.h"
#include "media/track.h"

namespace weir::ladder {

/// Decisions about one chunk, for second passes of any size. The files go with this object.
class Analysis {
 public:
  explicit Analysis(std::filesystem::path file) : stats(std::move(file)) {}
  ~Analysis();
  Analysis(const Analysis&) = delete;
  Analysis& operator=(const Analysis&) = delete;

  const std::filesystem::path stats;      ///< x264's, with ".mbtree" beside.
  std::vector<codec::PictureType> types;  ///< In display order.
  std::vector<double> losses;             ///< 1 - SSIM there, in display order.
  double complexity = 0;                  ///< Bits a second at the first pass's constant quality.
  double distortion = 0;                  ///< Of 1 - SSIM there, a mean close to the worst.
};

/// How a group of renditions is analysed.
struct AnalysisSettings {
  int width = 0;
  int height = 0;
  std::string tune;
  AVRational frame_rate{0, 1};
};

/// About a third of the largest rendition: by measurement the best exchange of time for quality.
AnalysisSettings analysis_size(const std::vector<PlannedRendition>& renditions);

/// Renditions that share an analysis: those with the same pictures and the same tune.
struct AnalysisGroup {
  AnalysisSettings settings;
  std::vector<std::size_t> members;  ///< Places in the plan.
};
/// In the order of their first members.
std::vector<AnalysisGroup> analysis_groups(const std::vector<PlannedRendition>& renditions);

/// Pictures as the source has them; `stats` names files to be made. Any thread.
Result<std::shared_ptr<const Analysis>> analyse(const std::vector<const GridFrame*>& pictures,
                                                double seconds, const media::Track& source,
                                                const AnalysisSettings& settings,
                                                const std::filesystem::path& stats);

}  // namespace weir::ladder
