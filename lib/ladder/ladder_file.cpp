#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <set>
#include <span>
#include <sstream>

#include <fmt/ranges.h>

#include "base/os_error.h"
#include "base/toml_table.h"
#include "codec/x264_encoder.h"
#include "ladder/effort.h"
#include "ladder/ladder.h"

namespace weir::ladder {
namespace {

// 25, 29.97 or "30000/1001".
Result<void> read_rate(const TomlTable& table, std::string_view key, AVRational& to) {
  const auto* node = table.get(key);
  if (node == nullptr) return {};
  Result<AVRational> value = fail(Code::kUsage, "");
  if (node->is_integer() || node->is_floating_point())
    value = av_d2q(*node->value<double>(), 100'000);
  if (node->is_string()) value = media::parse_rational(node->as_string()->get());
  if (!value || value->num <= 0)
    return fail(table.error(key, "'{}' must be a rate like 25 or \"30000/1001\"", key));
  to = *value;
  return {};
}

const std::array<std::string, 10> kRenditionKeys{"name",        "width",  "height", "bitrate",
                                                 "max_bitrate", "buffer", "codec",  "fps",
                                                 "preset",      "tune"};
const std::array<std::string, 5> kAudioKeys{"name", "bitrate", "codec", "channels", "language"};
const std::array<std::string, 2> kTopKeys{"rendition", "audio"};

Result<Rendition> read_rendition(const TomlTable& table) {
  Rendition r;
  WEIR_TRY(table.check_keys(kRenditionKeys));
  WEIR_TRY(table.text("name", r.name));
  WEIR_TRY(table.integer("width", r.width, 16, 16384));
  WEIR_TRY(table.integer("height", r.height, 16, 16384));
  WEIR_TRY(table.bits("bitrate", r.bitrate));
  WEIR_TRY(table.bits("max_bitrate", r.max_bitrate));
  WEIR_TRY(table.bits("buffer", r.buffer));
  WEIR_TRY(table.text("codec", r.codec));
  WEIR_TRY(read_rate(table, "fps", r.fps));
  WEIR_TRY(table.text("preset", r.preset));
  WEIR_TRY(table.text("tune", r.tune));
  for (const auto* key : {"name", "width", "height", "bitrate"})
    if (!table.has(key)) return fail(table.table_error("rendition lacks '{}'", key));
  if (r.codec != "h264")
    return fail(table.error("codec", "codec '{}' is not known: use \"h264\"", r.codec));
  const auto& presets = preset_names();
  if (!r.preset.empty() && std::find(presets.begin(), presets.end(), r.preset) == presets.end())
    return fail(table.error("preset", "preset '{}' is not known: use one of {}", r.preset,
                            fmt::join(presets, ", ")));
  if (!r.tune.empty() && !codec::x264_knows_tune(r.tune))
    return fail(table.error("tune",
                            "tune '{}' is not known: x264 has film, animation, grain, stillimage, "
                            "psnr, ssim, fastdecode and zerolatency",
                            r.tune));
  if (r.max_bitrate != 0 && r.max_bitrate < r.bitrate)
    return fail(table.error("max_bitrate", "'max_bitrate' is below 'bitrate'"));
  return r;
}

Result<AudioRendition> read_audio(const TomlTable& table) {
  AudioRendition a;
  WEIR_TRY(table.check_keys(kAudioKeys));
  WEIR_TRY(table.text("name", a.name));
  WEIR_TRY(table.bits("bitrate", a.bitrate));
  WEIR_TRY(table.text("codec", a.codec));
  WEIR_TRY(table.integer("channels", a.channels, 1, 8));
  WEIR_TRY(table.text("language", a.language));
  if (a.codec != "aac")
    return fail(table.error("codec", "codec '{}' is not known: use \"aac\"", a.codec));
  return a;
}

// Names become folders, file names and playlist entries.
bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name[0] != '.' && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

template <typename Entry>
Result<std::vector<Entry>> read_list(const TomlTable& top, std::string_view key,
                                     std::set<std::string>& names,
                                     Result<Entry> (*read)(const TomlTable&)) {
  std::vector<Entry> entries;
  WEIR_TRY_ASSIGN(const auto tables, top.tables(key));
  for (const auto& table : tables) {
    WEIR_TRY_ASSIGN(auto entry, read(table));
    if (!good_name(entry.name))
      return fail(
          table.table_error("name '{}' must be of letters, digits, '-', '_' and '.'", entry.name));
    if (!names.insert(entry.name).second)
      return fail(table.table_error("name '{}' is there twice", entry.name));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Ladder launch() {
  Ladder ladder;
  ladder.renditions = {{"1080p", 1920, 1080, 4'500'000},
                       {"720p", 1280, 720, 2'500'000},
                       {"480p", 854, 480, 1'200'000},
                       {"360p", 640, 360, 700'000},
                       {"234p", 416, 234, 200'000}};
  ladder.audio = {{}};
  return ladder;
}

// The AVC table of Apple's HLS authoring specification, 2025-05-08, with its low sound rate beside.
Ladder apple_avc() {
  const AVRational thirty{30, 1};
  const auto rung = [](const char* name, int w, int h, std::int64_t kbps, AVRational fps) {
    Rendition r{name, w, h, kbps * 1000};
    r.fps = fps;
    return r;
  };
  Ladder ladder;
  ladder.renditions = {
      rung("1080p-high", 1920, 1080, 7800, {0, 1}), rung("1080p", 1920, 1080, 6000, {0, 1}),
      rung("720p-high", 1280, 720, 4500, {0, 1}),   rung("720p", 1280, 720, 3000, {0, 1}),
      rung("540p", 960, 540, 2000, {0, 1}),         rung("432p-high", 768, 432, 1100, thirty),
      rung("432p", 768, 432, 730, thirty),          rung("360p", 640, 360, 365, thirty),
      rung("234p", 416, 234, 145, thirty)};
  ladder.audio = {{}, {"audio-low", 32'000}};
  return ladder;
}

}  // namespace

Result<Ladder> parse_ladder(std::string_view text, std::string_view name) {
  WEIR_TRY_ASSIGN(const toml::table parsed, parse_toml(text, name));
  const TomlTable top(parsed, name);
  WEIR_TRY(top.check_keys(kTopKeys));
  std::set<std::string> names;
  Ladder ladder;
  WEIR_TRY_ASSIGN(ladder.renditions, read_list(top, "rendition", names, &read_rendition));
  WEIR_TRY_ASSIGN(ladder.audio, read_list(top, "audio", names, &read_audio));
  if (ladder.renditions.empty()) return fail(Code::kUsage, "{}: no [[rendition]] in it", name);
  if (ladder.audio.empty()) ladder.audio = {{}};
  return ladder;
}

Result<Ladder> load_ladder(const std::string& name) {
  if (name == "launch") return launch();
  if (name == "apple-avc") return apple_avc();
  std::ifstream file(name, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (file && text.good()) return parse_ladder(text.str(), name);
  if (name.find_first_of("/.") == std::string::npos)
    return fail(Code::kUsage, "no ladder '{}': use launch, apple-avc, or a file like ladder.toml",
                name);
  return fail(Code::kIo, "cannot read ladder '{}': {}", name, os_error_text(errno));
}

}  // namespace weir::ladder
