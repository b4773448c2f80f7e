#include "media/track.h"

#include <algorithm>
#include <new>

extern "C" {
#include <libavutil/mem.h>
}

namespace weir::media {

Parameters copy_parameters(const AVCodecParameters& from) {
  AVCodecParameters* copy = avcodec_parameters_alloc();
  if (copy == nullptr || avcodec_parameters_copy(copy, &from) < 0) throw std::bad_alloc();
  return {copy, [](AVCodecParameters* p) { avcodec_parameters_free(&p); }};
}

void set_extradata(AVCodecParameters& par, ByteView bytes) {
  av_freep(&par.extradata);
  par.extradata_size = 0;
  if (bytes.empty()) return;
  par.extradata =
      static_cast<std::uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (par.extradata == nullptr) throw std::bad_alloc();
  std::copy(bytes.begin(), bytes.end(), par.extradata);
  par.extradata_size = static_cast<int>(bytes.size());
}

bool same_form(const Track& a, const Track& b) {
  if (a.kind != b.kind || a.codec() != b.codec()) return false;
  return !a.audio() || (a.par->sample_rate == b.par->sample_rate &&
                        a.par->ch_layout.nb_channels == b.par->ch_layout.nb_channels);
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
