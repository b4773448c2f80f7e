#include "media/track.h"

#include <new>

namespace weir::media {

Parameters copy_parameters(const AVCodecParameters& from) {
  AVCodecParameters* copy = avcodec_parameters_alloc();
  if (copy == nullptr || avcodec_parameters_copy(copy, &from) < 0) throw std::bad_alloc();
  return {copy, [](AVCodecParameters* p) { avcodec_parameters_free(&p); }};
}

const Track* find_track(const Tracks& tracks, int index) {
  for (const auto& track : tracks)
    if (track.index == index) return &track;
  return nullptr;
}

const Track* main_video(const Tracks& tracks) {
  const Track* best = nullptr;
  const auto area = [](const Track& t) { return std::int64_t{t.par->width} * t.par->height; };
  for (const auto& track : tracks)
    if (track.video() && (best == nullptr || area(track) > area(*best))) best = &track;
  return best;
}

}  // namespace weir::media
