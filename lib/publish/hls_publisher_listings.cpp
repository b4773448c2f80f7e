// What the publisher lists, and when.
#include <algorithm>

#include "publish/hls_multivariant.h"
#include "publish/hls_names.h"
#include "publish/hls_publisher.h"

namespace weir::publish {

Result<void> HlsPublisher::publish_live(HlsRendition& rendition) {
  if (!live_) {
    if (!ready()) return {};
    choose_target_duration();
    cutter_.keep_within(std::chrono::seconds(target_duration_));
    live_ = true;
    WEIR_TRY(write_state());
    return write_playlists(false);
  }
  warn_of_long(rendition);
  WEIR_TRY(write_state());
  WEIR_TRY(write_playlist(rendition, false));
  bool stale = is_stale();
  for (const auto& each : renditions_) stale = each->outgrown() || stale;
  return stale && ready() ? write_multivariant() : Result<void>();
}

bool HlsPublisher::is_stale() const {
  const auto known = std::count_if(renditions_.begin(), renditions_.end(),
                                   [](const auto& r) { return r->facts().has_value(); });
  return known != static_cast<std::ptrdiff_t>(listed_) || keys_->count() != keys_seen_ ||
         captions_.count() != captions_seen_;
}

bool HlsPublisher::ready() const {
  std::int64_t least = INT64_MAX, most = 0;
  for (const auto& rendition : renditions_) {
    least = std::min(least, rendition->segments());
    most = std::max(most, rendition->segments());
  }
  return least > 0 || most >= kPatience;
}

void HlsPublisher::choose_target_duration() {
  Micros longest = cutter_.target();
  for (const auto& rendition : renditions_) longest = std::max(longest, rendition->longest());
  target_duration_ = std::max<std::int64_t>(1, hls::whole_seconds(longest));
}

void HlsPublisher::warn_of_long(const HlsRendition& rendition) {
  if (hls::whole_seconds(rendition.longest()) <= target_duration_) return;
  if (std::exchange(told_long_, true)) return;
  services_.log.warning(
      "rendition '{}' has a segment longer than the target duration of {} s, "
      "which cannot change any more: players may stop; ask for a longer --segment",
      rendition.folder(), target_duration_);
}

Result<void> HlsPublisher::write_playlist(HlsRendition& rendition, bool ended) {
  if (options_.part) {
    std::vector<hls::RenditionReport> others;
    for (const auto& other : renditions_)
      if (const auto report = other->report(); report && other.get() != &rendition)
        others.push_back(*report);
    rendition.set_reports(std::move(others));
  }
  WEIR_TRY(rendition.write_playlist(target_duration_, ended, cues_));
  if (options_.type != hls::MediaPlaylist::Type::kLive) return {};
  std::optional<std::int64_t> oldest;
  for (const auto& each : renditions_)
    if (const auto date = each->first_date()) oldest = std::min(oldest.value_or(*date), *date);
  if (oldest) cues_.forget_before(*oldest);
  return {};
}

Result<void> HlsPublisher::write_playlists(bool ended) {
  for (const auto& rendition : renditions_)
    if (rendition->lists_anything()) WEIR_TRY(write_playlist(*rendition, ended));
  if (images_) WEIR_TRY(images_->write_playlist(ended));
  return write_multivariant();
}

TextChoice HlsPublisher::text_of(const HlsRendition& rendition) const {
  const auto found = texts_.find(rendition.track().index);
  return found == texts_.end() ? TextChoice() : found->second;
}

Result<void> HlsPublisher::write_multivariant() {
  std::vector<RenditionEntry> entries;
  for (const auto& rendition : renditions_)
    if (rendition->facts())
      entries.push_back({rendition->track(), *rendition->facts(), rendition->rates(),
                         rendition->frame_rate(), rendition->playlist_name(),
                         rendition->has_iframes() ? rendition->iframes_name() : "",
                         rendition->iframe_rates(), text_of(*rendition),
                         options_.presentation.of(rendition->folder()),
                         options_.presentation.stable_id(rendition->folder())});
  listed_ = entries.size();
  keys_seen_ = keys_->count();
  captions_seen_ = captions_.count();
  const int version = options_.container == HlsOptions::Container::kFmp4 ? 6 : 3;
  hls::MultivariantPlaylist playlist = multivariant(entries, version);
  playlist.session_key = keys_->session_tag();
  if (images_ && images_->lists_anything()) playlist.images.push_back(images_->stream());
  playlist.captions = captions_.renditions();
  apply(options_.presentation, playlist);
  WEIR_TRY(write_steering());
  return services_.store.put_listing(
      kMasterPlaylist, [bytes = to_bytes(to_text(playlist))](const IsLost&) { return bytes; });
}

Result<void> HlsPublisher::write_steering() {
  const auto text = steering_text(options_.presentation);
  return text.empty() ? Result<void>() : services_.store.put(kSteeringManifest, to_bytes(text));
}

}  // namespace weir::publish
