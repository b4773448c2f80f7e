#include "publish/hls_images.h"

#include <algorithm>
#include <memory>

#include "hls/playlist_text.h"
#include "publish/hls_names.h"

namespace weir::publish {
namespace {

using Type = hls::MediaPlaylist::Type;

constexpr const char* kSuffix = "jpg";
constexpr const char* kPlaylist = "thumbnails/index.m3u8";
constexpr const char* kVtt = "thumbnails/thumbnails.vtt";
constexpr std::int64_t kMostGaps = 1000;  // a longer hole is a break
constexpr std::size_t kLeast = 3;         // tiles in a live playlist, as of segments
constexpr std::int64_t kMayBeLeft = 64;   // files an earlier run may not have come to remove

bool is_like(const hls::ImagePlaylist& ours, std::string_view text) {
  const std::string tag = ours.tiles_tag();
  constexpr std::string_view kBegin = "#EXT-X-TILES:";
  for (auto at = text.find(kBegin); at != text.npos; at = text.find(kBegin, at + 1))
    if (text.substr(at, tag.size()) != tag) return false;
  return true;
}

}  // namespace

Result<void> HlsImages::check(const HlsOptions& options, const std::vector<std::string>& folders) {
  if (!options.thumbnails) return {};
  if (std::find(folders.begin(), folders.end(), kFolder) != folders.end())
    return fail(Code::kUsage, "a rendition is called '{}': give it another name", kFolder);
  return {};
}

Result<void> HlsImages::remove_stale(Store& store) {
  const auto held = store.get(kPlaylist);
  if (!held || !*held) return {};
  WEIR_TRY(store.remove(kPlaylist));
  return store.remove(kVtt);
}

HlsImages::HlsImages(const HlsOptions& options, const HlsServices& services)
    : chosen_(*options.thumbnails), services_(services), window_(options.window) {
  playlist_.type = options.type;
  playlist_.size = chosen_.size;
  playlist_.columns = chosen_.columns;
  playlist_.rows = chosen_.rows;
  playlist_.interval = chosen_.interval;
}

std::string HlsImages::file(std::int64_t number) const {
  return fmt::format("{}/{}", kFolder, segment_file(number, kSuffix));
}

// The playlist is all that is known of an earlier run: it appears whole, behind its tiles. Its
// type says whether the tiles are like ours: kVod stands for no.
Result<std::optional<hls::ImagePlaylist>> HlsImages::find_earlier() {
  std::optional<hls::ImagePlaylist> out;
  const auto held = services_.store.get(kPlaylist);
  if (!held && held.error().code != Code::kUnsupported) return fail(held.error());
  if (!held || !*held) return out;
  const std::string text((*held)->begin(), (*held)->end());
  const auto read = hls::read_playlist(text);
  if (!read || read->media() == nullptr) return out;
  const auto& media = *read->media();
  out = playlist_;
  out->type = is_like(playlist_, text) ? playlist_.type : Type::kVod;
  out->media_sequence = std::clamp<std::int64_t>(media.media_sequence, 0, kLastNumber);
  out->discontinuity_sequence = media.discontinuity_sequence;
  for (const auto& segment : media.segments) {
    hls::ImageTile tile{segment_file(out->media_sequence + std::ssize(out->tiles), kSuffix),
                        Micros(segment.duration_us), segment.discontinuity, segment.gap};
    if (const auto date = parse_utc(segment.program_date_time)) tile.program_date_time_us = *date;
    out->tiles.push_back(std::move(tile));
  }
  return out;
}

Result<void> HlsImages::begin(bool is_continued, bool counted_on) {
  WEIR_TRY_ASSIGN(const auto earlier, find_earlier());
  if (!earlier) return counted_on ? Result<void>() : services_.store.remove(kPlaylist);
  const std::int64_t first = earlier->media_sequence;
  const std::int64_t end = first + std::ssize(earlier->tiles);
  const Micros listed = earlier->duration() + playlist_.tile_duration();
  for (std::int64_t n = std::max<std::int64_t>(0, first - kMayBeLeft); n < end; ++n) {
    if (is_continued && earlier->type == playlist_.type && n >= first) break;
    if (counted_on)
      retire(file(n), listed);
    else
      WEIR_TRY(services_.store.remove(file(n)));
  }
  if (!counted_on) return remove_stale(services_.store);
  playlist_.media_sequence = end;
  resumes_ = is_continued;
  if (!is_continued) return remove_stale(services_.store);
  if (earlier->type == playlist_.type) playlist_ = *earlier;
  return {};
}

void HlsImages::retire(std::string name, Micros listed) {
  retired_.push_back({std::move(name), services_.clock.monotonic() + listed});
}

// Nothing can be shown for this time, but it passes.
void HlsImages::add_gaps(media::Time till) {
  if (!end_us_) return;
  const Micros hole(till.micros() - *end_us_);
  const Micros piece = playlist_.tile_duration();
  if (hole / piece > kMostGaps) resumes_ = true;
  if (resumes_ || hole.count() <= 0) return;
  for (Micros left = hole; left.count() > 0; left -= piece)
    playlist_.tiles.push_back(
        {segment_file(next(), kSuffix), std::min(left, piece), false, true, {}});
}

Result<void> HlsImages::add(const media::Packet& tile, std::optional<std::int64_t> utc_us) {
  add_gaps(tile.pts());
  const Micros duration(tile.duration().micros());
  hls::ImageTile entry{segment_file(next(), kSuffix), duration, std::exchange(resumes_, false),
                       false, utc_us};
  const ByteView bytes = tile.bytes();
  const std::string name = file(next());
  if (playlist_.type == Type::kVod) written_.push_back(name);
  WEIR_TRY(services_.store.put_segment(name, Bytes(bytes.begin(), bytes.end()), duration));
  playlist_.tiles.push_back(std::move(entry));
  end_us_ = tile.pts().micros() + duration.count();
  const auto bits = static_cast<std::int64_t>(bytes.size()) * 8'000'000;
  // The last tile may be short, but is as large as the others.
  peak_ = std::max(peak_, bits / std::max(duration, playlist_.tile_duration()).count() + 1);
  return {};
}

void HlsImages::slide() {
  auto& all = playlist_.tiles;
  const Micros listed = playlist_.duration();
  Micros left = listed;
  while (all.size() > kLeast && left - all.front().duration >= window_) {
    left -= all.front().duration;
    if (all.front().discontinuity) ++playlist_.discontinuity_sequence;
    if (!all.front().gap)
      retire(fmt::format("{}/{}", kFolder, all.front().uri), all.front().duration + listed);
    ++playlist_.media_sequence;
    all.pop_front();
  }
}

Result<void> HlsImages::write_playlist(bool ended) {
  if (playlist_.tiles.empty()) return {};
  if (playlist_.type == Type::kLive) slide();
  playlist_.ended = ended;
  if (playlist_.type == Type::kVod) written_.insert(written_.end(), {kPlaylist, kVtt});
  const auto kept = std::make_shared<const hls::ImagePlaylist>(playlist_);
  WEIR_TRY(services_.store.put_listing(kPlaylist, [kept](const IsLost& lost) {
    return to_bytes(hls::to_text(
        *kept, [&](std::string_view uri) { return lost(fmt::format("{}/{}", kFolder, uri)); }));
  }));
  if (playlist_.type != Type::kLive)
    WEIR_TRY(services_.store.put(kVtt, to_bytes(hls::to_webvtt(playlist_))));
  return remove_retired();
}

Result<void> HlsImages::remove_retired() {
  const auto now = services_.clock.monotonic();
  for (; !retired_.empty() && retired_.front().at <= now; retired_.pop_front())
    WEIR_TRY(services_.store.remove(retired_.front().name));
  return {};
}

void HlsImages::remove_all() {
  for (const auto& name : written_) (void)services_.store.remove(name);
  written_.clear();
}

hls::ImageStream HlsImages::stream() const {
  return {playlist_name(), peak_, playlist_.size};
}

}  // namespace weir::publish
