#include "publish/flv_join.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "media/aac.h"

namespace weir::publish {
namespace {

using media::Packet;
using media::Track;

flv::TagType type_of(const Track& track) {
  return track.video() ? flv::TagType::kVideo : flv::TagType::kAudio;
}

// Pictures first, then as their ids go.
using Content = std::set<std::tuple<bool, int, std::string>>;

std::string text_of(const Content& content) {
  std::vector<std::string> names;
  for (const auto& [sound, id, codec] : content) names.push_back(codec);
  return fmt::format("{}", fmt::join(names, " and "));
}

const flv::ScannedTrack* find(const flv::FileScan& file, const Track& track,
                              const media::Tracks& tracks) {
  int id = 0;
  for (const auto& other : tracks) {
    if (&other == &track) break;
    id += other.kind == track.kind ? 1 : 0;
  }
  for (const auto& found : file.tracks())
    if (found.type == type_of(track) && found.id == id) return &found;
  return nullptr;
}

bool same_sound(const Track& track, const flv::ScannedTrack& found) {
  const auto& par = *track.par;
  if (track.codec() != AV_CODEC_ID_AAC) return true;
  const auto now = media::parse_audio_specific_config(
      {par.extradata, static_cast<std::size_t>(par.extradata_size)});
  const auto then = media::parse_audio_specific_config(found.configuration);
  return !now || !then ||
         (now->sample_rate == then->sample_rate && now->channel_config == then->channel_config);
}

}  // namespace

Result<void> check_joinable(const flv::FileScan& file, const flv::Muxer& muxer,
                            const media::Tracks& tracks, const std::string& name) {
  Content has, gets;
  for (const auto& track : file.tracks())
    has.insert(
        {track.type != flv::TagType::kVideo, track.id, flv::codec_text(track.type, track.codec)});
  for (const auto& track : tracks) {
    const auto form = muxer.form(track.index);
    gets.insert({!track.video(), form.track, flv::codec_text(type_of(track), form.codec)});
  }
  if (has != gets && !has.empty())
    return fail(Code::kUsage, "cannot append to {}: it holds {}, the stream {}: name another file",
                name, text_of(has), text_of(gets));
  for (const auto& track : tracks)
    if (const auto* found = find(file, track, tracks);
        found != nullptr && !same_sound(track, *found))
      return fail(Code::kUsage,
                  "cannot append to {}: its sound has another rate or other channels than the "
                  "stream's: name another file",
                  name);
  return {};
}

std::int64_t join_offset_ms(const flv::FileScan& file, const media::Tracks& tracks,
                            std::span<const Packet> first, std::int64_t origin_ms) {
  std::int64_t offset_ms = 0;
  for (const auto& track : tracks) {
    const auto* found = find(file, track, tracks);
    if (found == nullptr || found->frames == 0) continue;
    std::optional<std::int64_t> decoded, shown;
    for (const auto& packet : first) {
      if (packet.track() != track.index) continue;
      decoded = std::min(decoded.value_or(flv::to_ms(packet.dts())), flv::to_ms(packet.dts()));
      shown = std::min(shown.value_or(flv::to_ms(packet.pts())), flv::to_ms(packet.pts()));
    }
    offset_ms = std::max({offset_ms, found->next_ms() - (decoded.value_or(origin_ms) - origin_ms),
                          found->end_ms() - (shown.value_or(origin_ms) - origin_ms)});
  }
  return offset_ms;
}

}  // namespace weir::publish
