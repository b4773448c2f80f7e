#include "publish/hls_names.h"

#include <algorithm>
#include <array>
#include <charconv>

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

constexpr std::array<std::string_view, 7> kSuffixes{"vtt", "m4s", "ts", "mp3", "ac3", "ec3", "aac"};

}  // namespace

std::string segment_file(std::int64_t number, std::string_view suffix) {
  return fmt::format("seg-{:05}.{}", number, suffix);
}

std::string part_file(std::int64_t number, std::size_t part, std::string_view suffix) {
  return fmt::format("seg-{:05}.{}.{}", number, part, suffix);
}

std::optional<std::int64_t> segment_number(std::string_view name, std::string_view suffix) {
  constexpr std::string_view kBegin = "seg-";
  std::int64_t number = -1;
  if (name.starts_with(kBegin))
    std::from_chars(name.data() + kBegin.size(), name.data() + name.size(), number);
  const bool good = number >= 0 && name == segment_file(number, suffix);
  return good ? std::optional(number) : std::nullopt;
}

std::string init_file(int number) {
  return number == 0 ? "init.mp4" : fmt::format("init-{}.mp4", number);
}

std::optional<int> init_number(std::string_view name) {
  constexpr std::string_view kBegin = "init-";
  int number = 0;
  if (name.starts_with(kBegin))
    std::from_chars(name.data() + kBegin.size(), name.data() + name.size(), number);
  return number >= 0 && name == init_file(number) ? std::optional(number) : std::nullopt;
}

std::string key_file(std::int64_t number) {
  return fmt::format("key-{:05}.key", number);
}

bool is_segment_suffix(std::string_view suffix) {
  return std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end();
}

bool is_folder_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), plain);
}

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
  if (track.text()) return "vtt";
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
