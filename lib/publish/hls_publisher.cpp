#include "publish/hls_publisher.h"

#include <algorithm>

#include "publish/hls_encryption_check.h"
#include "publish/hls_names.h"
#include "publish/hls_parts.h"

namespace weir::publish {
namespace {

void warn_about(const media::Track& track, const std::string& folder, const HlsOptions& options,
                Log& log) {
  if (track.rotation != 0 || track.mirrored)
    log.warning(
        "rendition '{}' is to be turned for display, which HLS cannot say: send it through "
        "transcode-ladder",
        folder);
  if (options.container != HlsOptions::Container::kFmp4 && track.codec() == AV_CODEC_ID_HEVC)
    log.warning("rendition '{}': players expect hevc in fMP4, not in MPEG-TS", folder);
}

// Their tracks get numbers of their own, behind the others.
std::map<int, TextChoice> add_texts(std::vector<HlsText>& texts, media::Tracks& tracks) {
  std::map<int, TextChoice> choices;
  int next = 0;
  for (const auto& track : tracks) next = std::max(next, track.index + 1);
  for (auto& text : texts) {
    text.track.index = next++;
    choices[text.track.index] = text.choice;
    tracks.push_back(text.track);
  }
  return choices;
}

std::vector<hls::TextLane> lanes_of(std::vector<HlsText> texts) {
  std::vector<hls::TextLane> lanes;
  for (auto& text : texts) lanes.emplace_back(text.track.index, std::move(text.cues));
  return lanes;
}

}  // namespace

HlsPublisher::HlsPublisher(const media::Tracks& tracks, const HlsOptions& options,
                           const HlsServices& services, std::vector<hls::TextLane> texts)
    : options_(options),
      services_(services),
      tracks_(tracks),
      cutter_(tracks, {.target = options.segment, .strict = options.strict, .part = options.part},
              services.log, segments_, &parts_),
      text_cutter_(tracks, std::move(texts)),
      captions_(tracks, options.captions),
      cues_(services.log) {
  progress_.total_us = services.total_us;
}

Result<std::unique_ptr<HlsPublisher>> HlsPublisher::open(const media::Tracks& tracks,
                                                         const HlsOptions& options,
                                                         const HlsServices& services,
                                                         std::vector<HlsText> texts) {
  media::Tracks used;
  for (const auto& track : tracks)
    if (track.video() || track.audio()) used.push_back(track);
  if (used.empty()) return fail(Code::kBadInput, "the input has no picture and no sound");
  const media::Tracks coded = used;
  const auto choices = add_texts(texts, used);
  const auto folders = rendition_folders(used);
  WEIR_TRY(HlsImages::check(options, folders));
  WEIR_TRY(check_presentation(options.presentation, used, folders, options.encryption.key_uri));
  for (std::size_t i = 0; i < used.size(); ++i)
    if (const auto said = options.presentation.of(folders[i]).language; !said.empty())
      used[i].language = said;
  media::Tracks named = used;  // so that the cutter's words name the folders
  for (std::size_t i = 0; i < used.size(); ++i) named[i].rendition = folders[i];
  std::unique_ptr<HlsPublisher> publisher(
      new HlsPublisher(named, options, services, lanes_of(std::move(texts))));
  publisher->texts_ = choices;
  WEIR_TRY(check_encryption(options, coded, folders));
  WEIR_TRY(HlsSingleFile::check(options));
  WEIR_TRY(DashManifest::check(options));
  WEIR_TRY(check_parts(named, options, services.log));
  WEIR_TRY_ASSIGN(publisher->keys_, HlsKeys::open(options, services));
  for (std::size_t i = 0; i < used.size(); ++i) {
    WEIR_TRY_ASSIGN(auto rendition,
                    HlsRendition::open(used[i], folders[i], options, services, *publisher->keys_));
    warn_about(used[i], folders[i], options, services.log);
    publisher->renditions_.push_back(std::move(rendition));
  }
  if (options.thumbnails) publisher->images_.emplace(options, services);
  if (options.dash) publisher->dash_.emplace(publisher->renditions_, options, services);
  publisher->write_behind();
  return publisher;
}

Result<flow::Flow> HlsPublisher::push(media::Item item) {
  if (auto* packet = std::get_if<media::Packet>(&item);
      packet && images_ && packet->track() == images_->track()) {
    const auto taken = take_image(std::move(*packet));
    if (taken) return flow::Flow::kMore;
    failed_ = true;
    return fail(taken.error());
  }
  if (const auto* event = std::get_if<media::Event>(&item)) read_event(*event);
  if (const auto* packet = std::get_if<media::Packet>(&item)) {
    note_arrival(*packet);
    captions_.take(*packet);
  }
  auto flow = cutter_.push(std::move(item));
  if (!flow) failed_ = true;
  return flow;
}

void HlsPublisher::read_event(const media::Event& event) {
  if (event.kind() == media::event::kEnd) end_marked_ = true;
  if (const auto changed = media::changed_track(event, tracks_)) captions_.change(*changed);
  cues_.take(event);
  if (event.kind() == media::event::kDiscontinuity) wall_.discontinuity(event.at);
  if (event.kind() != media::event::kAnchor) return;
  if (const auto utc = event.number("utc_us")) wall_.anchor(event.at, *utc);
}

void HlsPublisher::note_arrival(const media::Packet& packet) {
  if (first_is_video_) return;
  const HlsRendition* rendition = find(packet.track());
  if (rendition == nullptr) return;
  const bool video = rendition->track().video() && packet.key();
  if (video || !first_) first_ = Arrival{packet.pts(), services_.clock.utc_us()};
  first_is_video_ = video;
}

// Playlists of an earlier run must not name files that are about to be replaced.
Result<void> HlsPublisher::begin(media::Time start) {
  begun_ = true;
  if (options_.program_date_time_us) wall_.fix(first_->at, *options_.program_date_time_us);
  if (!wall_.known() && !vod()) wall_.fix(first_->at, first_->utc_us);
  WEIR_TRY(take_up_earlier_run(start));
  WEIR_TRY(plan_interstitials());
  if (!dash_) WEIR_TRY(DashManifest::remove_stale(services_.store));
  WEIR_TRY(begin_images());
  if (first_number_ > 0) return {};
  WEIR_TRY(services_.store.remove(kMasterPlaylist));
  if (dash_) WEIR_TRY(services_.store.remove(kDashManifest));
  for (const auto& rendition : renditions_)
    for (const auto& name : {rendition->playlist_name(), rendition->iframes_name()})
      WEIR_TRY(services_.store.remove(name));
  return {};
}

Result<void> HlsPublisher::plan_interstitials() {
  cues_.plan(options_.interstitials, first_->at);
  for (const auto& each : options_.interstitials)
    if (!each.assets.empty())
      WEIR_TRY(services_.store.put(asset_list_name(each), as_bytes(asset_list_json(each))));
  return {};
}

// What a player of a presentation without dates goes by is the distance from its begin.
void HlsPublisher::date_from_zero() {
  services_.log.info(
      "nothing tells the dates of the stream, and date ranges need them: the first picture gets "
      "{}; --program-date-time says another",
      format_utc(0));
  wall_.fix(first_->at, 0);
  for (const auto& rendition : renditions_) rendition->date(wall_);
  cues_.date(wall_, {progress_.media_us, media::kMicros});
}

Result<void> HlsPublisher::finish() {
  Result<void> outcome = cutter_.finish();  // its own failure of before is not told twice
  if (outcome && !failed_) outcome = complete();
  if (!outcome) failed_ = true;
  if (!failed_ || !vod()) {
    const auto flushed = services_.store.flush();
    if (outcome && !failed_) outcome = flushed;
    if (!flushed) failed_ = true;
  }
  if (failed_ && vod()) remove_all();
  const bool stopped = services_.stop != nullptr && services_.stop->requested();
  if (failed_ || end_marked_ || stopped || !options_.expect_end) return outcome;
  return fail(Code::kBadInput, "input ended early: the stream has no end mark");
}

// Best effort: the failure that led here is the one to tell.
void HlsPublisher::remove_all() {
  behind_.clear();  // nothing is written any more
  for (const auto& rendition : renditions_) rendition->remove_all();
  keys_->remove_all();
  if (images_) images_->remove_all();
  for (const auto& each : options_.interstitials)
    if (!each.assets.empty()) (void)services_.store.remove(asset_list_name(each));
  if (begun_) (void)services_.store.remove(kMasterPlaylist);
  if (begun_ && options_.presentation.steering_ttl > 0)
    (void)services_.store.remove(kSteeringManifest);
  if (begun_ && dash_) (void)services_.store.remove(kDashManifest);
  (void)services_.store.flush();
}

Result<void> HlsPublisher::complete() {
  const bool stopped = services_.stop != nullptr && services_.stop->requested();
  const bool cut_off = options_.expect_end && !end_marked_ && !stopped;
  if (!begun_) {
    if (stopped || cut_off) return {};
    return fail(Code::kBadInput, "the input holds no picture and no sound");
  }
  WEIR_TRY(publish(text_cutter_.finish()));
  captions_.finish(services_.log);
  for (const auto& behind : behind_) WEIR_TRY(behind->finish());
  for (const auto& rendition : renditions_) {
    if (rendition->segments() == 0)
      services_.log.warning("rendition '{}' is left out: nothing of it arrived",
                            rendition->folder());
    rendition->settle();
  }
  if (!live_) choose_target_duration();
  if (vod() && begun_ && !wall_.known() && cues_.waits()) date_from_zero();
  if (vod() && wall_.known() && begun_)
    cues_.warn_of_unreachable(*wall_.at(first_->at),
                              *wall_.at({progress_.media_us, media::kMicros}));
  WEIR_TRY(write_playlists(vod() || !cut_off));
  return dash_ ? dash_->complete(cutter_.target(), vod() || !cut_off) : Result<void>();
}

HlsRendition* HlsPublisher::find(int track) {
  for (const auto& rendition : renditions_)
    if (rendition->track().index == track) return rendition.get();
  return nullptr;
}

}  // namespace weir::publish
