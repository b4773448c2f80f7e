#include "publish/dash_manifest.h"

#include <algorithm>

#include "hls/cmaf.h"
#include "publish/dash_listed.h"

namespace weir::publish {
namespace {

using Type = hls::MediaPlaylist::Type;

// A rendition may be so many segments behind before the manifest goes on without it.
constexpr std::int64_t kPatience = 3;

media::Tracks tracks_of(const DashManifest::Renditions& renditions) {
  media::Tracks out;
  for (const auto& rendition : renditions) out.push_back(rendition->track());
  return out;
}

std::vector<std::string> folders_of(const DashManifest::Renditions& renditions) {
  std::vector<std::string> out;
  for (const auto& rendition : renditions) out.push_back(rendition->folder());
  return out;
}

media::Time in_timescale(media::Time time, const media::Track& track) {
  const AVRational base{1, static_cast<int>(hls::cmaf_timescale(track.time_base))};
  return {time.in(base), base};
}

}  // namespace

Result<void> DashManifest::check(const HlsOptions& options) {
  if (!options.dash) return {};
  if (options.container != HlsOptions::Container::kFmp4)
    return fail(Code::kUsage, "--dash needs fragmented MP4: use --type fmp4");
  if (options.single_file)
    return fail(Code::kUsage,
                "--dash and --single-file exclude each other: its segments are files");
  if (options.encryption.on() && options.encryption.method != HlsEncryption::Method::kCbcs)
    return fail(Code::kUsage,
                "--dash knows no encryption of whole segments, and samples only as cbcs: use "
                "--encrypt cbcs");
  return {};
}

Result<void> DashManifest::remove_stale(Store& store) {
  const auto held = store.get(kDashManifest);
  return held && *held ? store.remove(kDashManifest) : Result<void>();
}

DashManifest::DashManifest(const Renditions& renditions, const HlsOptions& options,
                           const HlsServices& services)
    : renditions_(renditions),
      options_(options),
      services_(services),
      timeline_(tracks_of(renditions), folders_of(renditions)),
      contents_(renditions.size()) {}

Result<void> DashManifest::take_up() {
  WEIR_TRY_ASSIGN(const auto bytes, services_.store.get(kDashManifest));
  if (!bytes) return {};
  const auto earlier = read_mpd(as_text(*bytes));
  if (!earlier || !earlier->availability_start_us) {
    services_.log.warning("'{}' is of no use to go on from: it begins anew", kDashManifest);
    return {};
  }
  availability_start_us_ = earlier->availability_start_us;
  std::vector<const hls::MediaPlaylist*> listed;
  for (const auto& rendition : renditions_) listed.push_back(&rendition->playlist());
  timeline_.take_up(*earlier, listed);
  return {};
}

std::size_t DashManifest::index_of(const HlsRendition& rendition) const {
  const auto found = std::find_if(renditions_.begin(), renditions_.end(),
                                  [&](const auto& each) { return each.get() == &rendition; });
  return static_cast<std::size_t>(found - renditions_.begin());
}

Result<void> DashManifest::note_begin(const HlsRendition& rendition, const hls::FormPtr& form,
                                      ByteView first, const KeyPeriod* key) {
  DashContentPtr& content = contents_[index_of(rendition)];
  const auto key_id = key != nullptr ? std::optional(key->content.id) : std::nullopt;
  if (first.empty()) return {};
  if (content != nullptr && content->init == rendition.map() && content->key_id == key_id)
    return {};
  const media::Track track = hls::with_parameter_sets(form ? *form : rendition.track(), first);
  DashContent now;
  now.init = rendition.map();
  WEIR_TRY_ASSIGN(now.facts, hls::stream_facts(track));
  now.sample_shape = track.par->sample_aspect_ratio;
  if (track.audio()) now.sampling_rate = track.par->sample_rate;
  now.key_id = key_id;
  now.clear_key = key != nullptr && key->tag->format.empty();
  content = std::make_shared<const DashContent>(std::move(now));
  return {};
}

void DashManifest::note(const HlsRendition& rendition, const hls::Segment& segment, bool breaks) {
  const std::size_t index = index_of(rendition);
  DashSegment entry;
  entry.number = segment.number;
  entry.start = in_timescale(segment.start, rendition.track());
  entry.end = in_timescale(segment.end(), rendition.track());
  if (!segment.gap) entry.content = contents_[index];
  timeline_.add(index, std::move(entry), breaks);
}

Result<void> DashManifest::update(Micros target) {
  const std::int64_t till = timeline_.known_till(kPatience);
  return till > told_till_ ? write(target, till, false) : Result<void>();
}

Result<void> DashManifest::complete(Micros target, bool ended) {
  return write(target, timeline_.next(), ended);
}

Result<void> DashManifest::write(Micros target, std::int64_t till, bool ended) {
  told_till_ = till;
  for (std::size_t i = 0; i < renditions_.size(); ++i) {
    const HlsRendition& rendition = *renditions_[i];
    timeline_.remove_before(i, rendition.playlist().media_sequence);
    timeline_.set_now(i, {rendition.rates().peak, rendition.frame_rate()});
  }
  std::optional<Micros> now;
  if (availability_start_us_) now = Micros(services_.clock.utc_us() - *availability_start_us_);
  timeline_.place(till, now);
  if (!vod() && !availability_start_us_) {
    const std::int64_t us = services_.clock.utc_us() - timeline_.end(till).count();
    availability_start_us_ = us - us % 1000;  // as exact as it is told
  }
  const hls::Mpd mpd = describe(target, till, ended);
  return services_.store.put_listing(kDashManifest,
                                     [mpd, till, timeline = timeline_](const IsLost& lost) {
                                       hls::Mpd out = mpd;
                                       out.periods = timeline.periods(till, lost);
                                       return to_bytes(to_text(out));
                                     });
}

hls::Mpd DashManifest::describe(Micros target, std::int64_t till, bool ended) const {
  hls::Mpd out;
  out.min_buffer = target;  // over so long the bandwidth was measured
  out.dynamic = !ended;
  // A player that saw it grow waits for what a rendition does not have (Shaka Player 5.2).
  if (ended) out.duration = vod() ? timeline_.end(till) : timeline_.common_end(till);
  if (vod()) return out;
  out.availability_start_us = availability_start_us_;
  out.publish_us = services_.clock.utc_us();
  if (ended) return out;
  out.update_period = target;
  out.clock_uri = kDashManifest;
  // HLS players stay three target durations behind, too.
  const Micros depth = std::max(options_.window, 3 * target);
  const bool slides = options_.type == Type::kLive;
  if (slides) out.time_shift_depth = depth;
  out.presentation_delay = slides ? std::min(3 * target, depth - target) : 3 * target;
  return out;
}

}  // namespace weir::publish
