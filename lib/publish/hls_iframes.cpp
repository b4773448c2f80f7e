#include "publish/hls_iframes.h"

namespace weir::publish {
namespace {

/// What an entry has of its segment.
hls::MediaSegment entry_of(const hls::MediaSegment& segment) {
  hls::MediaSegment entry = segment;
  entry.parts.clear();
  entry.lines.reset();
  return entry;
}

}  // namespace

void HlsIFrames::add(const hls::MediaSegment& segment, const std::vector<hls::KeyRange>& keys,
                     media::Time start, media::Time end) {
  hls::MediaSegment entry = entry_of(segment);
  entries_.push_back(std::max<std::size_t>(keys.size(), 1));
  if (keys.empty()) {
    entry.gap = true;
    entry.duration = extinf_.next(start, end);
    playlist_.segments.push_back(std::move(entry));
    return;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    // The segment begins where its first key picture does, give or take a rounded stamp.
    const media::Time from = i == 0 ? start : keys[i].at;
    entry.duration = extinf_.next(from, i + 1 < keys.size() ? keys[i + 1].at : end);
    entry.range = keys[i].range;
    entry.discontinuity = segment.discontinuity && i == 0;
    if (segment.program_date_time_us)
      entry.program_date_time_us = *segment.program_date_time_us + from.micros() - start.micros();
    meter_.add(keys[i].range.length, entry.duration);
    playlist_.segments.push_back(entry);
  }
}

void HlsIFrames::take_up(const hls::MediaPlaylist& earlier, const hls::MediaPlaylist& media) {
  const auto type = playlist_.type;
  playlist_ = earlier;
  playlist_.type = type;
  playlist_.iframes_only = true;
  playlist_.ended = false;
  const auto& all = playlist_.segments;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0 && all[i].uri == all[i - 1].uri)
      ++entries_.back();
    else
      entries_.push_back(1);
  }
  while (!entries_.empty() &&
         (media.segments.empty() || all.front().uri != media.segments.front().uri))
    remove_first();
  // The last ones of `media` may be missing, and those of before there were I-frame playlists.
  for (std::size_t i = entries_.size(); i < media.segments.size(); ++i) {
    playlist_.segments.push_back(entry_of(media.segments[i]));
    playlist_.segments.back().gap = true;
    entries_.push_back(1);
  }
}

const hls::MediaPlaylist& HlsIFrames::playlist(std::int64_t target_duration, bool ended) {
  playlist_.target_duration = target_duration;
  playlist_.ended = ended;
  keep_lines(playlist_);
  return playlist_;
}

void HlsIFrames::remove_first() {
  auto& all = playlist_.segments;
  const auto count = static_cast<std::ptrdiff_t>(entries_.front());
  entries_.pop_front();
  playlist_.media_sequence += count;
  if (all.front().discontinuity) ++playlist_.discontinuity_sequence;
  all.erase(all.begin(), all.begin() + count);
}

void HlsIFrames::date_from(std::int64_t utc_us) {
  hls::date_from(playlist_, utc_us);
}

void HlsIFrames::set_map(const std::string& map, const std::optional<hls::ByteRange>& range) {
  for (auto& entry : playlist_.segments) {
    if (!entry.map.empty()) continue;
    entry.map = map;
    entry.map_range = range;
  }
}

}  // namespace weir::publish
