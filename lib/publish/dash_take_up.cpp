// How the time line goes on from that of an earlier run.
#include <algorithm>
#include <charconv>

#include "publish/dash_timeline.h"

namespace weir::publish {
namespace {

constexpr std::string_view kFolder = "$RepresentationID$/";

std::int64_t first_number(const hls::MpdPeriod& period) {
  std::int64_t number = 0;
  std::from_chars(period.id.data(), period.id.data() + period.id.size(), number);
  return number;
}

std::string video_range(const hls::MpdAdaptationSet& set) {
  if (set.content != hls::MpdAdaptationSet::Content::kVideo) return "";
  return set.colour.transfer == 16 ? "PQ" : set.colour.transfer == 18 ? "HLG" : "SDR";
}

/// One representation of an earlier manifest.
struct Earlier {
  const hls::MpdSegments* segments = nullptr;
  DashContentPtr content;
};

Earlier earlier_of(const hls::MpdPeriod& period, const std::string& id) {
  for (const auto& set : period.sets)
    for (const auto& one : set.representations) {
      if (one.id != id || !one.segments.initialization.starts_with(kFolder)) continue;
      DashContent content;
      content.init = one.segments.initialization.substr(kFolder.size());
      content.facts = {one.codecs, "", one.resolution, video_range(set), set.colour, set.channels};
      content.sample_shape = one.sample_shape;
      content.sampling_rate = one.sampling_rate;
      content.key_id = set.key_id;
      content.clear_key = set.clear_key;
      return {&one.segments, std::make_shared<const DashContent>(std::move(content))};
    }
  return {};
}

// Those that are listed still, in order.
void expand(const Earlier& earlier, std::int64_t from, std::int64_t till,
            std::deque<DashSegment>& to) {
  const AVRational base{1, static_cast<int>(earlier.segments->timescale)};
  std::int64_t number = earlier.segments->start_number;
  for (const auto& run : earlier.segments->timeline) {
    const std::int64_t behind = number + run.repeat + 1;
    for (std::int64_t n = std::max(number, from); n < std::min(behind, till); ++n) {
      const std::int64_t start = run.start + (n - number) * run.duration;
      to.push_back({n, {start, base}, {start + run.duration, base}, earlier.content});
    }
    number = behind;
    if (number >= till) return;
  }
}

std::optional<media::Time> origin(const hls::MpdPeriod& period) {
  for (const auto& set : period.sets)
    for (const auto& one : set.representations)
      return media::Time{one.segments.offset, {1, static_cast<int>(one.segments.timescale)}};
  return {};
}

/// A segment the manifest did not know yet. EXTINFs are exact to a microsecond, a tick is longer:
/// to the nearest is the one.
DashSegment after(const DashSegment& before, const hls::MediaSegment& listed) {
  DashSegment out;
  out.number = before.number + 1;
  out.start = out.end = before.end;
  out.end.ticks += media::Time{listed.duration.count(), media::kMicros}.in(before.end.base);
  const bool known = before.content != nullptr && before.content->init == listed.map &&
                     !listed.discontinuity && !listed.gap;
  if (known) out.content = before.content;
  return out;
}

}  // namespace

void DashTimeline::take_up(const hls::Mpd& earlier,
                           const std::vector<const hls::MediaPlaylist*>& listed) {
  std::int64_t next = 0;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    take_up(lanes_[i], earlier, *listed[i]);
    next = std::max(next, listed[i]->next());
  }
  for (const auto& period : earlier.periods) {
    const auto at = origin(period);
    const std::int64_t number = first_number(period);
    if (at && number < next) periods_[number] = {at, period.start, false};
  }
  periods_[next] = {{}, {}, true};
}

void DashTimeline::take_up(Lane& lane, const hls::Mpd& earlier, const hls::MediaPlaylist& listed) {
  std::deque<DashSegment> known;
  for (const auto& period : earlier.periods)
    if (const Earlier found = earlier_of(period, lane.folder); found.segments != nullptr)
      expand(found, listed.media_sequence, listed.next(), known);
  auto& segments = lane.segments;
  auto at = known.begin();
  for (std::int64_t n = listed.media_sequence; n < listed.next(); ++n) {
    while (at != known.end() && at->number < n) ++at;
    const auto& entry = listed.segments[static_cast<std::size_t>(n - listed.media_sequence)];
    if (at != known.end() && at->number == n)
      segments.push_back(*at);
    else if (!segments.empty())
      segments.push_back(after(segments.back(), entry));
  }
}

}  // namespace weir::publish
