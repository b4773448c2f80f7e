#include "ladder/plan.h"

#include <algorithm>
#include <cmath>

namespace weir::ladder {
namespace {

struct Shape {
  double width;
  double height;
};

Shape display_shape(const media::Track& source) {
  const auto& par = *source.par;
  const AVRational aspect = par.sample_aspect_ratio;
  double width = par.width;
  if (aspect.num > 0 && aspect.den > 0) width *= av_q2d(aspect);
  Shape shape{width, static_cast<double>(par.height)};
  if (source.rotation % 180 != 0) std::swap(shape.width, shape.height);
  return shape;
}

int even(double value) {
  return std::max(2, 2 * static_cast<int>(std::lround(value / 2)));
}
int even_below(double value) {
  return std::max(2, 2 * static_cast<int>(value / 2 + 1e-6));
}

PlannedRendition scaled(const Rendition& rung, const Shape& shape, double scale) {
  PlannedRendition planned{rung, even(shape.width * scale), even(shape.height * scale)};
  if (scale >= 1) {
    planned.width = even_below(shape.width);
    planned.height = even_below(shape.height);
  }
  if (planned.rung.max_bitrate == 0) planned.rung.max_bitrate = rung.bitrate * 3 / 2;
  if (planned.rung.buffer == 0) planned.rung.buffer = rung.bitrate * 2;
  return planned;
}

}  // namespace

Plan make_plan(const std::vector<Rendition>& rungs, const media::Track& source) {
  // A picture a pixel or two short of a rung (1918x1080) still counts as that rung.
  constexpr double kSlack = 1.01;
  const Shape shape = display_shape(source);
  Plan plan;
  for (const auto& rung : rungs) {
    const double scale = std::min(rung.width / shape.width, rung.height / shape.height);
    if (scale <= kSlack)
      plan.renditions.push_back(scaled(rung, shape, std::min(scale, 1.0)));
    else
      plan.notes.push_back(
          fmt::format("rendition {} is left out: it is larger than the source ({:.0f}x{:.0f})",
                      rung.name, shape.width, shape.height));
  }
  if (plan.renditions.empty() && !rungs.empty()) {
    const auto smallest = std::min_element(
        rungs.begin(), rungs.end(),
        [](const auto& a, const auto& b) { return a.width * a.height < b.width * b.height; });
    plan.renditions.push_back(scaled(*smallest, shape, 1));
    plan.notes = {
        fmt::format("only rendition {} is made, at the size of the source ({:.0f}x{:.0f})",
                    smallest->name, shape.width, shape.height)};
  }
  return plan;
}

}  // namespace weir::ladder
