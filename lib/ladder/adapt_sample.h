// Stretches of an input that stand for all of it, and their pictures.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "flow/stage.h"
#include "ladder/engine.h"
#include "ladder/grid.h"
#include "ladder/picture.h"
#include "ladder/profile.h"
#include "media/event.h"
#include "media/track.h"

namespace weir::ladder {

struct Sample {
  media::Time begin;
  media::Time end;
  double steps = 0;  ///< How many steps of the input it stands for.
  double bits = 0;   ///< How many times its bits those steps take together, by their coded source.
};

/// At most `most` stretches of `step` seconds, in order of time: the steps of the input are sorted
/// by the bits of the coded source and cut into that many groups of the same number; of each group
/// the one in the middle is taken. Empty for an empty profile.
std::vector<Sample> choose_samples(const Profile& profile, double step, std::size_t most);

/// The pictures of a sample, processed, on a grid that begins with the first of them.
using UseSample =
    std::function<Result<void>(const Sample& sample, std::vector<GridFrame> pictures)>;

/// Reads `source`, decodes what is needed of `track`, and calls `use` for each sample that has
/// pictures, on this thread. Damage (kBadInput) ends it and is no failure.
Result<void> read_samples(flow::Source<media::Item>& source, const media::Track& track,
                          const std::vector<Sample>& samples, const GridOptions& grid,
                          const PictureOptions& picture, const UseSample& use);

}  // namespace weir::ladder
