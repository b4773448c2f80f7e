#include "publish/flv_tracks.h"

#include <algorithm>
#include <functional>

namespace weir::publish {
namespace {

using media::Track;

std::string rendition_names(const media::Tracks& tracks) {
  std::string names;
  for (const auto& track : tracks)
    if (track.video() && !track.rendition.empty())
      names += (names.empty() ? "" : ", ") + track.rendition;
  return names;
}

Result<const Track*> find_rendition(const media::Tracks& tracks, const std::string& rendition) {
  for (const auto& track : tracks)
    if (track.video() && track.rendition == rendition) return &track;
  const std::string names = rendition_names(tracks);
  if (names.empty())
    return fail(Code::kUsage, "there is no rendition '{}': the input names none", rendition);
  return fail(Code::kUsage, "there is no rendition '{}': the input has {}", rendition, names);
}

Result<const Track*> choose_video(const media::Tracks& tracks, const std::string& rendition) {
  if (!rendition.empty()) return find_rendition(tracks, rendition);
  return media::main_video(tracks);
}

void say_choice(const media::Tracks& tracks, const Track* best, Log& log) {
  if (std::ranges::count_if(tracks, [](const Track& track) { return track.video(); }) <= 1) return;
  log.info("no rendition named: writing {} ({}x{}) of {}",
           best->rendition.empty() ? "the largest picture" : best->rendition, best->par->width,
           best->par->height, rendition_names(tracks));
}

std::int64_t size_of(const Track* track) {
  return std::int64_t{track->par->width} * track->par->height;
}

}  // namespace

std::vector<const Track*> FlvTracks::all() const {
  std::vector<const Track*> tracks;
  for (const auto* track : {video, audio})
    if (track != nullptr) tracks.push_back(track);
  tracks.insert(tracks.end(), more.begin(), more.end());
  return tracks;
}

Result<FlvTracks> choose_flv_tracks(const media::Tracks& tracks, const std::string& rendition,
                                    Log& log) {
  FlvTracks chosen;
  WEIR_TRY_ASSIGN(chosen.video, choose_video(tracks, rendition));
  if (rendition.empty()) say_choice(tracks, chosen.video, log);
  for (const auto& track : tracks)
    if (track.audio() && chosen.audio == nullptr) chosen.audio = &track;
  if (chosen.video == nullptr && chosen.audio == nullptr)
    return fail(Code::kBadInput, "the input has neither pictures nor sound");
  return chosen;
}

Result<FlvTracks> all_flv_tracks(const media::Tracks& tracks, const std::string& rendition,
                                 Log& log) {
  NullLog quiet;
  WEIR_TRY_ASSIGN(FlvTracks chosen, choose_flv_tracks(tracks, rendition, quiet));
  for (const auto& track : tracks)
    if (track.video() && &track != chosen.video) chosen.more.push_back(&track);
  std::ranges::stable_sort(chosen.more, std::greater(), size_of);
  for (const auto& track : tracks)
    if (track.audio() && &track != chosen.audio) chosen.more.push_back(&track);
  if (chosen.more.empty()) log.info("the input has no further track: an ordinary FLV is written");
  return chosen;
}

}  // namespace weir::publish
