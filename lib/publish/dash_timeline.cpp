#include "publish/dash_timeline.h"

#include <algorithm>
#include <span>

#include "hls/language.h"
#include "publish/hls_names.h"

namespace weir::publish {
namespace {

using Set = hls::MpdAdaptationSet;

constexpr Micros kRagged{500'000};  // by which renditions may end apart and still end together

Micros between(media::Time from, media::Time to) {
  if (from.base.num == to.base.num && from.base.den == to.base.den)
    return Micros(media::Time{to.ticks - from.ticks, from.base}.micros());
  return Micros(to.micros() - from.micros());
}

/// Pictures of one codec are what players change between; every sound track is for itself.
int set_of(const media::Tracks& tracks, std::size_t index) {
  std::size_t first = index;
  if (tracks[index].video())
    for (first = 0; !tracks[first].video() || tracks[first].codec() != tracks[index].codec();)
      ++first;
  return static_cast<int>(first);
}

bool same_times(const hls::MpdSegments& a, const hls::MpdSegments& b) {
  return a.timescale == b.timescale && a.start_number == b.start_number && a.timeline == b.timeline;
}

}  // namespace

DashTimeline::DashTimeline(const media::Tracks& tracks, const std::vector<std::string>& folders) {
  for (std::size_t i = 0; i < tracks.size(); ++i)
    lanes_.push_back({tracks[i], folders[i], set_of(tracks, i), {}, {}});
}

void DashTimeline::add(std::size_t track, DashSegment segment, bool breaks) {
  auto& segments = lanes_[track].segments;
  const bool goes_on = !segments.empty() && segments.back().content == segment.content && !breaks;
  if (!goes_on && (!segments.empty() || periods_.empty())) periods_.try_emplace(segment.number);
  segments.push_back(std::move(segment));
}

void DashTimeline::remove_before(std::size_t track, std::int64_t number) {
  auto& segments = lanes_[track].segments;
  while (!segments.empty() && segments.front().number < number) segments.pop_front();
  forget_periods();
}

void DashTimeline::forget_periods() {
  std::int64_t first = INT64_MAX;
  for (const auto& lane : lanes_)
    if (!lane.segments.empty()) first = std::min(first, lane.segments.front().number);
  while (periods_.size() > 1 && std::next(periods_.begin())->first <= first)
    periods_.erase(periods_.begin());
}

std::int64_t DashTimeline::next() const {
  std::int64_t most = 0;
  for (const auto& lane : lanes_)
    if (!lane.segments.empty()) most = std::max(most, lane.segments.back().number + 1);
  return most;
}

std::int64_t DashTimeline::known_till(std::int64_t patience) const {
  std::int64_t least = INT64_MAX;
  for (const auto& lane : lanes_)
    if (!lane.segments.empty()) least = std::min(least, lane.segments.back().number + 1);
  return std::max(std::min(least, next()), next() - patience);
}

const DashSegment* DashTimeline::find(const Lane& lane, std::int64_t number) const {
  if (lane.segments.empty()) return nullptr;
  const std::int64_t at = number - lane.segments.front().number;
  return at >= 0 && at < std::ssize(lane.segments) ? &lane.segments[static_cast<std::size_t>(at)]
                                                   : nullptr;
}

// The first picture, and a real one before a gap.
std::optional<media::Time> DashTimeline::origin_of(std::int64_t number) const {
  std::optional<media::Time> origin;
  int best = -1;
  for (const auto& lane : lanes_) {
    const DashSegment* segment = find(lane, number);
    const int rank = segment == nullptr
                         ? -1
                         : (segment->content != nullptr ? 2 : 0) + (lane.track.video() ? 1 : 0);
    if (rank <= best) continue;
    best = rank;
    origin = segment->start;
  }
  return origin;
}

Micros DashTimeline::start_of(std::int64_t number, const Period& period, const Period* before,
                              std::int64_t till, std::optional<Micros> now) const {
  if (!period.begins_run)
    return before == nullptr ? Micros(0) : before->start + between(*before->origin, *period.origin);
  Micros length{};  // of what is known of it
  for (const auto& lane : lanes_)
    if (const auto* last = find(lane, till - 1))
      length = std::max(length, between(*period.origin, last->end));
  return std::max(end(number), now ? *now - length : Micros(0));
}

void DashTimeline::place(std::int64_t till, std::optional<Micros> now) {
  const Period* before = nullptr;
  for (auto& [number, period] : periods_) {
    if (number >= till) return;
    if (!period.origin) {
      period.origin = origin_of(number);
      if (!period.origin) return;
      period.start = start_of(number, period, before, till, now);
    }
    before = &period;
  }
}

std::optional<Micros> DashTimeline::end_of(const Lane& lane, std::int64_t till) const {
  for (auto s = lane.segments.rbegin(); s != lane.segments.rend(); ++s) {
    if (s->content == nullptr || s->number >= till) continue;
    const auto next = periods_.upper_bound(s->number);
    if (next == periods_.begin() || !std::prev(next)->second.origin) continue;
    const Period& period = std::prev(next)->second;
    return period.start + between(*period.origin, s->end);
  }
  return {};
}

Micros DashTimeline::end(std::int64_t till) const {
  Micros end{};
  for (const auto& lane : lanes_) end = std::max(end, end_of(lane, till).value_or(Micros(0)));
  return end;
}

Micros DashTimeline::common_end(std::int64_t till) const {
  const Micros last = end(till);
  Micros first = last;
  for (const auto& lane : lanes_) first = std::min(first, end_of(lane, till).value_or(last));
  return last - first <= kRagged ? first : last;
}

std::vector<hls::MpdPeriod> DashTimeline::periods(std::int64_t till, const IsLost& lost) const {
  std::vector<hls::MpdPeriod> out;
  for (auto period = periods_.begin(); period != periods_.end(); ++period) {
    if (!period->second.origin || period->first >= till) break;
    auto described = describe(period, till, lost);
    if (!described.sets.empty()) out.push_back(std::move(described));
  }
  return out;
}

namespace {

/// Where one rendition is to be found in one period.
hls::MpdSegments list(std::span<const DashSegment* const> segments, media::Time origin) {
  const DashSegment& first = *segments.front();
  hls::MpdSegments out;
  out.timescale = static_cast<std::uint32_t>(first.start.base.den);
  out.offset = origin.in(first.start.base);
  out.start_number = first.number;
  out.initialization = "$RepresentationID$/" + first.content->init;
  out.media = "$RepresentationID$/seg-$Number%05d$.m4s";
  for (const auto* segment : segments)
    append(out.timeline, segment->start.ticks, segment->end.ticks - segment->start.ticks);
  return out;
}

hls::MpdRepresentation represent(const DashContent& content, const std::string& id,
                                 const DashTimeline::Now& now, hls::MpdSegments segments) {
  hls::MpdRepresentation out;
  out.id = id;
  out.bandwidth = now.bandwidth;
  out.codecs = content.facts.codecs;
  out.resolution = content.facts.resolution;
  out.sample_shape = content.sample_shape;
  out.frame_rate = now.frame_rate;
  out.sampling_rate = content.sampling_rate;
  out.segments = std::move(segments);
  return out;
}

Set make_set(const media::Track& track, const DashContent& content, int id) {
  Set out;
  out.id = id;
  out.content = track.video() ? Set::Content::kVideo : Set::Content::kAudio;
  out.colour = content.facts.colour;
  out.key_id = content.key_id;
  out.clear_key = content.clear_key;
  if (track.video()) return out;
  const std::string language = hls::language_tag(track.language);
  if (language != "und") out.language = language;
  out.label = track.rendition;
  out.channels = content.facts.channels;
  return out;
}

void add_to(Set& set, hls::MpdRepresentation representation) {
  auto& all = set.representations;
  all.push_back(std::move(representation));
  set.aligned = set.aligned && same_times(all.front().segments, all.back().segments);
}

}  // namespace

std::vector<const DashSegment*> DashTimeline::run_of(const Lane& lane, std::int64_t from,
                                                     std::int64_t till, const IsLost& lost) const {
  std::vector<const DashSegment*> run;
  if (!lane.segments.empty()) from = std::max(from, lane.segments.front().number);
  for (; from < till; ++from) {
    const DashSegment* segment = find(lane, from);
    if (segment == nullptr || segment->content == nullptr) continue;
    if (lost && lost(lane.folder + "/" + segment_file(from, "m4s"))) continue;
    if (!run.empty() && run.back()->number + 1 != from) run.clear();
    run.push_back(segment);
  }
  return run;
}

// Players do not change between dynamic ranges.
int DashTimeline::set_id(const Lane& lane, const DashContent& content) const {
  const int other = static_cast<int>(lanes_.size());
  if (content.facts.video_range == "PQ") return lane.set + other;
  return lane.set + (content.facts.video_range == "HLG" ? 2 * other : 0);
}

hls::MpdPeriod DashTimeline::describe(Periods::const_iterator period, std::int64_t till,
                                      const IsLost& lost) const {
  hls::MpdPeriod out{fmt::format("{}", period->first), period->second.start, {}};
  const auto next = std::next(period);
  if (next != periods_.end()) till = std::min(till, next->first);
  bool any_sound = false;
  for (const auto& lane : lanes_) {
    const auto run = run_of(lane, period->first, till, lost);
    if (run.empty()) continue;
    const DashContent& content = *run.back()->content;
    const int id = set_id(lane, content);
    auto set = std::find_if(out.sets.begin(), out.sets.end(),
                            [&](const Set& each) { return each.id == id; });
    if (set == out.sets.end()) {
      set = out.sets.insert(set, make_set(lane.track, content, id));
      if (lane.track.audio()) set->role = std::exchange(any_sound, true) ? "alternate" : "main";
    }
    add_to(*set, represent(content, lane.folder, lane.now, list(run, *period->second.origin)));
  }
  return out;
}

}  // namespace weir::publish
