#include "ladder/memory_plan.h"

#include <algorithm>

#include "ladder/chunk.h"

extern "C" {
#include <libavutil/imgutils.h>
}

namespace weir::ladder {
namespace {

constexpr std::int64_t kFewestChunks = 2;
constexpr std::int64_t kMostChunks = 8;
// More chunks keep more cores busy, but the rates are steadier with fewer of them in work.
constexpr double kUsualPart = 0.3;
// What a decoder and what an encoder of the source's size takes, in pictures; by measurement.
constexpr std::int64_t kDecoder = 24;
constexpr std::int64_t kEncoder = 48;

std::int64_t picture_bytes(const media::Track& source) {
  const auto& par = *source.par;
  const int bytes =
      av_image_get_buffer_size(static_cast<AVPixelFormat>(par.format), par.width, par.height, 1);
  return bytes > 0 ? bytes : std::int64_t{par.width} * par.height * 3 / 2;
}

}  // namespace

MemoryPlan divide_memory(const media::Track& source, Micros gop, std::int64_t memory, int jobs) {
  const double rate = source.frame_rate.num > 0 ? av_q2d(source.frame_rate) : 30;
  const std::int64_t picture = std::max<std::int64_t>(picture_bytes(source), 1);
  const auto chunk = static_cast<std::int64_t>(rate * chunk_seconds(gop)) * picture;
  const std::int64_t rest = memory - kDecoder * picture;  // for chunks and encoders
  MemoryPlan plan;
  plan.fits = rest >= kFewestChunks * chunk + kEncoder * picture;
  const auto usual = static_cast<std::int64_t>(kUsualPart * static_cast<double>(memory));
  plan.chunks = std::clamp(usual / std::max<std::int64_t>(chunk, 1), kFewestChunks, kMostChunks);
  const std::int64_t room = (rest - plan.chunks * chunk) / (kEncoder * picture);
  plan.jobs = static_cast<int>(std::clamp<std::int64_t>(room, 1, jobs));
  return plan;
}

}  // namespace weir::ladder
