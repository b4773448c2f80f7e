#include "hls/image_playlist.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.h"

namespace weir::hls {
namespace {

std::string seconds(Micros value) {
  return fmt::format("{}.{:06}", value.count() / 1'000'000, value.count() % 1'000'000);
}

std::string clock_of(Micros value) {
  const auto ms = value.count() / 1000;
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     ms % 1000);
}

std::string header(const ImagePlaylist& playlist) {
  const std::int64_t target = (playlist.tile_duration().count() + 999'999) / 1'000'000;
  std::string text =
      fmt::format("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:{}\n",
                  std::max<std::int64_t>(1, target), playlist.media_sequence);
  using Type = MediaPlaylist::Type;
  if (playlist.type == Type::kLive)
    text += fmt::format("#EXT-X-DISCONTINUITY-SEQUENCE:{}\n", playlist.discontinuity_sequence);
  if (playlist.type == Type::kVod) text += "#EXT-X-PLAYLIST-TYPE:VOD\n";
  if (playlist.type == Type::kEvent) text += "#EXT-X-PLAYLIST-TYPE:EVENT\n";
  return text + "#EXT-X-IMAGES-ONLY\n";
}

std::string cues_of(const ImagePlaylist& playlist, const ImageTile& tile, Micros begin) {
  std::string text;
  const Micros end = begin + tile.duration;
  for (int i = 0; i < playlist.columns * playlist.rows; ++i) {
    const Micros from = begin + playlist.interval * i;
    if (from >= end) break;
    text += fmt::format("\n{} --> {}\n{}#xywh={},{},{},{}\n", clock_of(from),
                        clock_of(std::min(from + playlist.interval, end)), tile.uri,
                        i % playlist.columns * playlist.size.width,
                        i / playlist.columns * playlist.size.height, playlist.size.width,
                        playlist.size.height);
  }
  return text;
}

}  // namespace

std::string ImagePlaylist::tiles_tag() const {
  return fmt::format("#EXT-X-TILES:RESOLUTION={}x{},LAYOUT={}x{},DURATION={}\n", size.width,
                     size.height, columns, rows, seconds(interval));
}

Micros ImagePlaylist::duration() const {
  Micros sum{};
  for (const auto& tile : tiles) sum += tile.duration;
  return sum;
}

std::string to_text(const ImagePlaylist& playlist, const IsLost& lost) {
  std::string text = header(playlist);
  const std::string layout = playlist.tiles_tag();
  for (const auto& tile : playlist.tiles) {
    if (tile.discontinuity) text += "#EXT-X-DISCONTINUITY\n";
    if (tile.gap || (lost && lost(tile.uri))) text += "#EXT-X-GAP\n";
    if (tile.program_date_time_us)
      text += fmt::format("#EXT-X-PROGRAM-DATE-TIME:{}\n", format_utc(*tile.program_date_time_us));
    text += layout + fmt::format("#EXTINF:{},\n{}\n", seconds(tile.duration), tile.uri);
  }
  return playlist.ended ? text + "#EXT-X-ENDLIST\n" : text;
}

std::string to_webvtt(const ImagePlaylist& playlist) {
  std::string text = "WEBVTT\n";
  Micros begin{};
  for (const auto& tile : playlist.tiles) {
    if (!tile.gap) text += cues_of(playlist, tile, begin);
    begin += tile.duration;
  }
  return text;
}

}  // namespace weir::hls
