#include "probe/words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/pixdesc.h>
}

namespace weir::probe {
namespace {

std::string scaled(double value, std::string_view prefix, std::string_view unit) {
  return fmt::format("{:.{}f} {}{}", value, value < 10 ? 2 : value < 100 ? 1 : 0, prefix, unit);
}

std::string metric(std::int64_t value, std::string_view unit, std::string_view small) {
  const auto number = static_cast<double>(value);
  if (number >= 1e9) return scaled(number / 1e9, "G", unit);
  if (number >= 1e6) return scaled(number / 1e6, "M", unit);
  if (number >= 1e3) return scaled(number / 1e3, "k", unit);
  return fmt::format("{} {}", value, small);
}

std::string known(const char* name) {
  const std::string_view text = name == nullptr ? "" : name;
  return text == "unknown" ? "" : std::string(text);
}

}  // namespace

std::string seconds_words(std::int64_t us) {
  return fmt::format("{:.3f} s", static_cast<double>(us) / 1e6);
}

std::string offset_words(std::int64_t us) {
  return fmt::format("{:+.1f} ms", static_cast<double>(us) / 1e3);
}

std::string bitrate_words(std::int64_t bits) {
  return metric(bits, "b/s", "b/s");
}

std::string size_words(std::int64_t bytes) {
  return metric(bytes, "B", "bytes");
}

std::string rate_words(double per_second) {
  std::string text = fmt::format("{:.3f}", per_second);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string count_words(std::int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string profile_words(const media::Track& track) {
  return known(avcodec_profile_name(track.codec(), track.par->profile));
}

std::string level_words(const media::Track& track) {
  const int level = track.par->level;
  if (level <= 0) return "";
  if (track.codec() == AV_CODEC_ID_H264) return fmt::format("{:.1f}", level / 10.0);
  if (track.codec() == AV_CODEC_ID_HEVC) return fmt::format("{:.1f}", level / 30.0);
  return "";
}

std::string_view range_words(const media::Track& track) {
  if (track.par->color_trc == AVCOL_TRC_SMPTE2084) return "PQ";
  if (track.par->color_trc == AVCOL_TRC_ARIB_STD_B67) return "HLG";
  return "SDR";
}

std::int64_t priming_samples(const media::Track& track, const TrackStats& stats) {
  return std::max<std::int64_t>(track.par->initial_padding, stats.priming);
}

std::int64_t priming_us(const media::Track& track, const TrackStats& stats) {
  if (track.par->sample_rate <= 0) return 0;
  return av_rescale(priming_samples(track, stats), 1'000'000, track.par->sample_rate);
}

std::string layout_words(const media::Track& track) {
  char text[128] = {};
  if (track.par->ch_layout.nb_channels <= 0) return "";
  if (av_channel_layout_describe(&track.par->ch_layout, text, sizeof text) < 0) return "";
  return text;
}

std::string pixel_format_words(const media::Track& track) {
  return known(av_get_pix_fmt_name(static_cast<AVPixelFormat>(track.par->format)));
}

Colour colour_words(const media::Track& track) {
  const AVCodecParameters& par = *track.par;
  return {known(av_color_primaries_name(par.color_primaries)),
          known(av_color_transfer_name(par.color_trc)), known(av_color_space_name(par.color_space)),
          known(av_color_range_name(par.color_range))};
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += fmt::format("{:<{}}", row[i], widths[i] + 2);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::vector<std::string> parts_of(std::string_view list, char separator) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(separator), list.size());
    std::string part(list.substr(0, end));
    std::erase(part, ' ');
    parts.push_back(std::move(part));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

bool is_one_of(std::string_view value, const std::vector<std::string>& values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace weir::probe
