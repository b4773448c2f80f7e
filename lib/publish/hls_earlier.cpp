#include "publish/hls_earlier.h"

#include <algorithm>

#include "publish/hls_listed.h"
#include "publish/hls_names.h"

namespace weir::publish {
namespace {

using hls::MediaPlaylist;

/// What any rendition tells about a number, nullptr when none does.
const hls::MediaSegment* find(const std::vector<MediaPlaylist>& playlists, std::int64_t number) {
  const hls::MediaSegment* open = nullptr;
  for (const auto& playlist : playlists) {
    const std::int64_t at = number - playlist.media_sequence;
    if (at >= 0 && number < playlist.next())
      return &playlist.segments[static_cast<std::size_t>(at)];
    if (playlist.open && number == playlist.next()) open = &*playlist.open;
  }
  return open;
}

hls::MediaSegment gap_like(const hls::MediaSegment& other, const std::string& uri,
                           const MediaPlaylist& before) {
  hls::MediaSegment gap;
  gap.uri = uri;
  gap.duration = other.duration;
  gap.discontinuity = other.discontinuity;
  gap.program_date_time_us = other.program_date_time_us;
  gap.gap = true;
  if (!before.segments.empty()) {
    gap.map = before.segments.back().map;
    gap.key = before.segments.back().key;
  }
  return gap;
}

std::int64_t discontinuities_before(std::int64_t number,
                                    const std::vector<MediaPlaylist>& playlists) {
  std::int64_t most = 0;
  for (const auto& playlist : playlists) {
    if (number < playlist.media_sequence) continue;
    const auto passed = std::min(number, playlist.next()) - playlist.media_sequence;
    const auto marked = std::count_if(playlist.segments.begin(), playlist.segments.begin() + passed,
                                      [](const auto& s) { return s.discontinuity; });
    most = std::max(most, playlist.discontinuity_sequence + marked);
  }
  return most;
}

// From here on some rendition tells of every number; not below what is wanted.
std::int64_t told_from(std::int64_t next, const std::vector<MediaPlaylist>& playlists) {
  std::int64_t listed_from = next, wanted = next;
  for (const auto& playlist : playlists)
    if (!playlist.segments.empty()) listed_from = std::min(listed_from, playlist.media_sequence);
  for (const auto& playlist : playlists)
    wanted = std::min(wanted, playlist.segments.empty() ? listed_from : playlist.next());
  std::int64_t from = next;
  while (from > wanted && find(playlists, from - 1) != nullptr) --from;
  return from;
}

void fill_up(EarlierRun& run, std::size_t index, std::int64_t told,
             const std::vector<MediaPlaylist>& as_found) {
  MediaPlaylist& playlist = run.playlists[index];
  const std::string& suffix = run.state.renditions[index].suffix;
  if (playlist.next() < told || playlist.segments.empty()) {
    playlist.segments.clear();
    playlist.media_sequence = told;
    playlist.discontinuity_sequence = discontinuities_before(told, as_found);
  }
  for (std::int64_t n = playlist.next(); n < run.next; ++n)
    playlist.segments.push_back(gap_like(*find(as_found, n), segment_file(n, suffix), playlist));
}

void put_in_order(EarlierRun& run) {
  const std::vector<MediaPlaylist> as_found = run.playlists;
  for (const auto& playlist : as_found) {
    run.next = std::max(run.next, playlist.next() + (playlist.open ? 1 : 0));
    run.target_duration = std::max(run.target_duration, playlist.target_duration);
    run.ended = run.ended || playlist.ended;
  }
  const std::int64_t told = told_from(run.next, as_found);
  for (std::size_t i = 0; i < as_found.size(); ++i) fill_up(run, i, told, as_found);
}

void sum_up(EarlierRun& run) {
  run.discontinuities = discontinuities_before(run.next, run.playlists);
  for (const auto& playlist : run.playlists) {
    if (playlist.segments.empty() || !playlist.segments.back().program_date_time_us) continue;
    const auto& last = playlist.segments.back();
    run.end_utc_us =
        std::max(run.end_utc_us.value_or(0), *last.program_date_time_us + last.duration.count());
  }
}

// What was never listed, there is nothing to go on from.
Result<MediaPlaylist> read_playlist(Store& store, Log& log, const std::string& name,
                                    const std::string& suffix) {
  WEIR_TRY_ASSIGN(const auto bytes, store.get(name));
  if (bytes) {
    auto playlist = read_listed(as_text(*bytes), suffix);
    if (playlist) return playlist;
    log.warning("'{}' is of no use to go on from: {}", name, playlist.error().what);
  }
  return MediaPlaylist();
}

Result<std::optional<HlsState>> read_state(Store& store, Log& log) {
  auto bytes = store.get(kHlsStateFile);
  if (!bytes && bytes.error().code == Code::kUnsupported) return std::nullopt;
  if (!bytes) return fail(std::move(bytes).error());
  if (!*bytes) return std::nullopt;
  auto state = parse_hls_state(**bytes);
  if (!state) log.warning("{}: beginning anew", state.error().what);
  return state ? std::optional(std::move(*state)) : std::nullopt;
}

}  // namespace

std::optional<std::size_t> EarlierRun::find(const std::string& folder) const {
  for (std::size_t i = 0; i < state.renditions.size(); ++i)
    if (state.renditions[i].folder == folder) return i;
  return {};
}

Result<std::optional<EarlierRun>> find_earlier_run(Store& store, Log& log) {
  WEIR_TRY_ASSIGN(auto state, read_state(store, log));
  if (!state) return std::nullopt;
  EarlierRun run;
  run.state = std::move(*state);
  for (const auto& rendition : run.state.renditions) {
    run.next = std::max(run.next, rendition.oldest);
    const auto read = [&](const char* name) {
      return read_playlist(store, log, rendition.folder + name, rendition.suffix);
    };
    WEIR_TRY_ASSIGN(auto playlist, read("/index.m3u8"));
    WEIR_TRY_ASSIGN(auto iframes, read("/iframes.m3u8"));
    run.playlists.push_back(std::move(playlist));
    run.iframes.push_back(std::move(iframes));
  }
  put_in_order(run);
  sum_up(run);
  return run;
}

std::string why_not_continued(const EarlierRun& earlier, const HlsState& now, Micros target) {
  const auto names = [](const HlsState& state) {
    std::vector<std::string> out;
    for (const auto& rendition : state.renditions) out.push_back(rendition.folder);
    std::sort(out.begin(), out.end());
    return fmt::format("{}", fmt::join(out, ", "));
  };
  if (earlier.ended) return "it had ended";
  if (names(earlier.state) != names(now))
    return fmt::format("it had other renditions ({}, now {})", names(earlier.state), names(now));
  bool same_kind = earlier.state.type == now.type;
  for (const auto& rendition : now.renditions)
    same_kind = same_kind && earlier.state.renditions[*earlier.find(rendition.folder)].suffix ==
                                 rendition.suffix;
  if (!same_kind) return "it was of another kind (--playlist, --type)";
  if (earlier.target_duration == 0) return "nothing of it is listed";
  if (hls::whole_seconds(target) > earlier.target_duration)
    return fmt::format("segments of {} do not fit into its target duration of {} s",
                       format_duration(target), earlier.target_duration);
  return "";
}

}  // namespace weir::publish
