// What HlsRendition and HlsPublisher do with an earlier run.
#include <algorithm>
#include <utility>

#include "publish/hls_names.h"
#include "publish/hls_publisher.h"
#include "publish/hls_rendition.h"

namespace weir::publish {
namespace {

constexpr std::int64_t kStaleBy = 32;      // removed files a state need not know of yet
constexpr std::int64_t kPartsToSpare = 8;  // a segment may have more of them than it should

// Of what has left, or leaves now.
Micros longest_stay(const EarlierRun& earlier) {
  Micros longest{};
  for (const auto& playlist : earlier.playlists) longest = std::max(longest, playlist.duration());
  return longest + std::chrono::seconds(earlier.target_duration);
}

// Whoever still reads it has seen an end, or will be told of a new beginning: nothing of it is
// kept.
Result<void> remove_rendition(Store& store, const EarlierRun& earlier,
                              const HlsState::Rendition& rendition) {
  const std::string below = rendition.folder + "/";
  WEIR_TRY(store.remove(below + "index.m3u8"));
  WEIR_TRY(store.remove(below + "iframes.m3u8"));
  for (std::int64_t n = rendition.oldest; n <= earlier.next; ++n)
    WEIR_TRY(store.remove(below + segment_file(n, rendition.suffix)));
  for (int map = rendition.oldest_map; map <= rendition.maps; ++map)
    WEIR_TRY(store.remove(below + init_file(map)));
  return {};
}

}  // namespace

Result<void> HlsRendition::take_up(const EarlierRun& earlier, bool is_continued, Micros target) {
  first_ = added_ = playlist_.media_sequence = earlier.next;
  playlist_.discontinuity_sequence = earlier.discontinuities;
  const auto at = earlier.find(folder_);
  if (!at) return {};
  const auto& before = earlier.playlists[*at];
  const auto& known = earlier.state.renditions[*at];
  oldest_ = known.oldest;
  oldest_map_ = known.oldest_map;
  maps_ = known.maps;
  for (const auto& segment : before.segments)
    if (const auto map = init_number(segment.map)) maps_ = std::max(maps_, *map + 1);
  WEIR_TRY(remove_unseen(earlier, *at));
  if (is_continued) {
    playlist_ = before;
    shown_ = true;
    playlist_.type = options_.type;
    playlist_.open.reset();
    if (!playlist_.segments.empty()) map_ = playlist_.segments.back().map;
    map_is_earlier_ = !map_.empty();
  }
  if (wants_iframes()) {
    iframes_.emplace(options_.type, target);
    iframes_->take_up(earlier.iframes[*at], playlist_);
  } else {
    WEIR_TRY(services_.store.remove(iframes_name()));
  }
  retire_earlier(earlier, *at);
  retire_earlier_parts(earlier, *at);
  return {};
}

// Of a segment that is listed as a gap there may be a file nobody was told of.
Result<void> HlsRendition::remove_unseen(const EarlierRun& earlier, std::size_t index) {
  const auto& before = earlier.playlists[index];
  const auto& suffix = earlier.state.renditions[index].suffix;
  std::int64_t from = earlier.next;
  for (auto s = before.segments.rbegin(); s != before.segments.rend() && s->gap; ++s) --from;
  for (std::int64_t n = from; n <= earlier.next; ++n)
    WEIR_TRY(services_.store.remove(folder_ + "/" + segment_file(n, suffix)));
  return services_.store.remove(folder_ + "/" + init_file(maps_));
}

// When they left a playlist is not known; not later than now.
void HlsRendition::retire_earlier(const EarlierRun& earlier, std::size_t index) {
  const auto& suffix = earlier.state.renditions[index].suffix;
  const auto at = services_.clock.monotonic() + longest_stay(earlier);
  const std::int64_t till = playlist_.media_sequence;
  for (std::int64_t n = oldest_; n < till; ++n)
    retired_.push_back({folder_ + "/" + segment_file(n, suffix), at, n + 1});
  const std::string oldest_listed =
      playlist_.segments.empty() ? std::string() : playlist_.segments.front().map;
  const int maps_till = init_number(oldest_listed).value_or(maps_);
  for (int map = oldest_map_; map < maps_till; ++map)
    retired_.push_back({folder_ + "/" + init_file(map), at, 0, map + 1});
  keys_.left(till - 1, at);
}

// Parts of the open segment, of those that do not list them any more, and of all if this run has
// none.
void HlsRendition::retire_earlier_parts(const EarlierRun& earlier, std::size_t index) {
  const auto& before = earlier.playlists[index];
  const auto& suffix = earlier.state.renditions[index].suffix;
  if (earlier.state.part.count() <= 0) return;
  const auto at = services_.clock.monotonic() +
                  std::chrono::seconds(earlier.target_duration * hls::kTargetsWithParts);
  const auto recent =
      std::min<std::int64_t>(std::ssize(before.segments), 3 * hls::kTargetsWithParts);
  std::int64_t number = earlier.next - recent;
  for (auto s = before.segments.end() - recent; s != before.segments.end(); ++s, ++number) {
    const bool stays = options_.part && !playlist_.segments.empty() && !s->parts.empty();
    const auto parts = s->duration / earlier.state.part + kPartsToSpare;
    for (std::int64_t part = 0; part < parts && !stays; ++part) {
      const auto name = part_file(number, static_cast<std::size_t>(part), suffix);
      services_.store.remove_unfinished(folder_ + "/" + name);
      retired_parts_.push_back({folder_ + "/" + name, at});
    }
  }
  if (!options_.part)
    for (auto& segment : playlist_.segments) segment.parts.clear();
}

// Nothing is changed in the store before the first segment is there: until then players have what
// they had.
Result<void> HlsPublisher::take_up_earlier_run(media::Time start) {
  if (vod()) return services_.store.remove(kHlsStateFile);
  const auto held = services_.store.get(kHlsStateFile);
  keeps_state_ = held || held.error().code != Code::kUnsupported;
  WEIR_TRY_ASSIGN(const auto earlier, find_earlier_run(services_.store, services_.log));
  if (!earlier) return {};
  if (options_.start_anew) return remove_earlier_run(*earlier, false);
  const std::string why = why_not_continued(*earlier, state(), cutter_.target());
  continued_ = why.empty();
  if (continued_)
    services_.log.info("going on from an earlier run with segment {}", earlier->next);
  else
    services_.log.warning(
        "an earlier run is not gone on from, because {}: beginning anew, with segment {}", why,
        earlier->next);
  first_number_ = earlier->next;
  keys_->take_up(earlier->state.keys, services_.clock.monotonic() + longest_stay(*earlier));
  for (const auto& rendition : renditions_)
    WEIR_TRY(rendition->take_up(*earlier, continued_, cutter_.target()));
  WEIR_TRY(services_.store.remove(key_file(first_number_)));
  if (!continued_) return remove_earlier_run(*earlier, true);
  cues_.take_up(earlier->playlists);
  target_duration_ = earlier->target_duration;
  cutter_.keep_within(std::chrono::seconds(target_duration_));
  live_ = true;
  date_after(*earlier, start);
  return dash_ ? dash_->take_up() : Result<void>();
}

Result<void> HlsPublisher::begin_images() {
  if (!images_) return HlsImages::remove_stale(services_.store);
  WEIR_TRY(images_->begin(continued_, first_number_ > 0));
  for (auto& tile : std::exchange(early_images_, {})) WEIR_TRY(take_image(std::move(tile)));
  return {};
}

Result<void> HlsPublisher::take_image(media::Packet tile) {
  if (!begun_) {
    early_images_.push_back(std::move(tile));
    return {};
  }
  const bool is_first = !images_->lists_anything();
  WEIR_TRY(images_->add(tile, wall_.at(tile.pts())));
  if (vod()) return {};
  WEIR_TRY(images_->write_playlist(false));
  return is_first && live_ && ready() ? write_multivariant() : Result<void>();
}

Result<void> HlsPublisher::remove_earlier_run(const EarlierRun& earlier, bool keep_ours) {
  for (const auto& rendition : earlier.state.renditions) {
    const bool ours = std::any_of(renditions_.begin(), renditions_.end(),
                                  [&](const auto& r) { return r->folder() == rendition.folder; });
    if (!ours || !keep_ours) WEIR_TRY(remove_rendition(services_.store, earlier, rendition));
  }
  if (keep_ours) return {};
  for (const auto key : earlier.state.keys) WEIR_TRY(services_.store.remove(key_file(key)));
  return services_.store.remove(kHlsStateFile);
}

// A player takes dates for the order of things: they never go back.
void HlsPublisher::date_after(const EarlierRun& earlier, media::Time start) {
  const auto date = wall_.at(start);
  if (!date || !earlier.end_utc_us || *date >= *earlier.end_utc_us) return;
  const std::int64_t now = first_->utc_us + start.micros() - first_->at.micros();
  services_.log.warning(
      "the date of the stream, {}, is before the end of what is listed: {} is taken",
      format_utc(*date), format_utc(std::max(now, *earlier.end_utc_us)));
  wall_.fix(start, std::max(now, *earlier.end_utc_us));
}

HlsState HlsPublisher::state() const {
  HlsState out;
  out.type = options_.type;
  out.part = options_.part.value_or(Micros(0));
  for (const auto& rendition : renditions_) out.renditions.push_back(rendition->state());
  out.keys = keys_->with_files();
  return out;
}

// Before the playlists that make it true. A state that does not know of the last removals makes the
// next run try them again, which does no harm.
Result<void> HlsPublisher::write_state() {
  if (!keeps_state_) return {};
  HlsState now = state();
  if (written_) {
    HlsState same = now;
    std::int64_t behind = 0;
    for (std::size_t i = 0; i < same.renditions.size(); ++i) {
      behind = std::max(behind, same.renditions[i].oldest - written_->renditions[i].oldest);
      same.renditions[i].oldest = written_->renditions[i].oldest;
    }
    if (same == *written_ && behind < kStaleBy) return {};
  }
  WEIR_TRY(services_.store.put(kHlsStateFile, as_bytes(to_json(now))));
  written_ = std::move(now);
  return {};
}

}  // namespace weir::publish
