#include "publish/hls_names.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir::publish {
namespace {

constexpr std::size_t kLongest = 64;

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

std::string safe(const std::string& name) {
  std::string out = name.substr(0, kLongest);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !plain(c); }, '_');
  if (!out.empty() && out.front() == '.') out.front() = '_';
  return out;
}

std::string wanted(const media::Track& track) {
  if (!track.rendition.empty()) return safe(track.rendition);
  return track.video() ? fmt::format("{}p", track.par->height) : "audio";
}

}  // namespace

std::vector<std::string> rendition_folders(const media::Tracks& tracks) {
  std::vector<std::string> names;
  for (const auto& track : tracks) {
    const std::string base = wanted(track);
    std::string name = base;
    for (int i = 2; std::find(names.begin(), names.end(), name) != names.end(); ++i)
      name = fmt::format("{}-{}", base, i);
    names.push_back(std::move(name));
  }
  return names;
}

std::string_view segment_suffix(HlsOptions::Container container, const media::Track& track) {
  if (container == HlsOptions::Container::kFmp4) return "m4s";
  if (container == HlsOptions::Container::kTs || track.video()) return "ts";
  switch (track.codec()) {
    case AV_CODEC_ID_MP3:
      return "mp3";
    case AV_CODEC_ID_AC3:
      return "ac3";
    case AV_CODEC_ID_EAC3:
      return "ec3";
    default:
      return "aac";
  }
}

}  // namespace weir::publish
