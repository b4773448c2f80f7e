#include "codec/filter_text.h"

#include <array>

#include <fmt/format.h>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/samplefmt.h>
}

namespace weir::codec {

std::string upright_filter(const media::Track& track) {
  std::string filter;
  if (track.rotation == 90) filter = "transpose=clock";
  if (track.rotation == 180) filter = "hflip,vflip";
  if (track.rotation == 270) filter = "transpose=cclock";
  if (track.mirrored) filter += filter.empty() ? "hflip" : ",hflip";
  return filter;
}

std::string sound_filter(int sample_rate, AVSampleFormat format, int channels) {
  AVChannelLayout layout{};
  av_channel_layout_default(&layout, channels);
  std::array<char, 128> name{};
  av_channel_layout_describe(&layout, name.data(), name.size());
  av_channel_layout_uninit(&layout);
  return fmt::format(
      "aresample=out_sample_rate={0}:out_sample_fmt={1}:out_chlayout={2},asettb=1/{0}", sample_rate,
      av_get_sample_fmt_name(format), name.data());
}

}  // namespace weir::codec
