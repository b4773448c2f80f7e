#include "ingest/rejoin.h"

#include <algorithm>
#include <utility>

#include "media/in_place.h"

namespace weir::ingest {
namespace {

constexpr std::int64_t kExact = 10'000;  // a whole number of ticks in most time bases

using Awaited = flow::Awaited<media::Item>;

bool same_kind(const media::Track& a, const media::Track& b) {
  return a.kind == b.kind;
}

ByteView extradata(const media::Track& track) {
  return {track.par->extradata, static_cast<std::size_t>(track.par->extradata_size)};
}

// H.264 and HEVC bring their parameter sets along in every key picture.
bool goes_on_as(const media::Track& before, const media::Track& now) {
  if (!media::same_form(before, now)) return false;
  if (now.codec() == AV_CODEC_ID_H264 || now.codec() == AV_CODEC_ID_HEVC) return true;
  return before.par->width == now.par->width && before.par->height == now.par->height &&
         std::ranges::equal(extradata(before), extradata(now));
}

}  // namespace

bool can_stand_in(const media::Tracks& comes, const media::Tracks& run) {
  const auto kind = media::main_video(run) ? media::Kind::kVideo : media::Kind::kAudio;
  return std::ranges::find(comes, kind, &media::Track::kind) != comes.end();
}

std::int64_t Rejoin::now_us() const {
  return std::chrono::duration_cast<Micros>(clock_.monotonic()).count();
}

Result<std::optional<media::Tracks>> Rejoin::open() {
  WEIR_TRY_ASSIGN(auto first, feed_.next());
  if (!first) return std::optional<media::Tracks>();
  const auto* arrival = std::get_if<Arrival>(&*first);
  if (arrival == nullptr) return fail(Code::kInternal, "a feed begins without an arrival");
  tracks_ = source_ = arrival->tracks;
  for (const auto& track : tracks_) places_[track.index] = track.index;
  arrivals_ = 1;
  return std::optional(tracks_);
}

Result<Awaited> Rejoin::next_within(std::chrono::nanoseconds patience) {
  const auto until = clock_.monotonic() + std::min(patience, flow::kForEver);
  while (ready_.empty()) {
    const auto left = std::max(until - clock_.monotonic(), std::chrono::nanoseconds(0));
    WEIR_TRY_ASSIGN(auto awaited, feed_.next_within(left));
    if (awaited.state == flow::Awaited<FeedItem>::State::kNothingYet) return Awaited{};
    if (awaited.state == flow::Awaited<FeedItem>::State::kEnd) return Awaited{Awaited::State::kEnd};
    if (const auto* arrival = std::get_if<Arrival>(&*awaited.item))
      take(*arrival);
    else
      take(std::get<media::Item>(std::move(*awaited.item)));
  }
  Awaited out{Awaited::State::kItem, std::move(ready_.front())};
  ready_.pop_front();
  return out;
}

void Rejoin::take(const Arrival& arrival) {
  ++arrivals_;
  source_ = arrival.tracks;
  places_.clear();
  match(media::same_form);
  match(same_kind);
  for (const auto& track : source_)
    if (!places_.contains(track.index))
      log_.warning("{} comes back with {} that was not there before: it is left out", arrival.from,
                   track.codec_name());
  placed_ = false;
}

void Rejoin::match(Fits fits) {
  const auto taken = [&](int index) {
    return std::ranges::any_of(places_, [&](const auto& place) { return place.second == index; });
  };
  for (const auto& track : source_) {
    if (places_.contains(track.index)) continue;
    const auto place = std::ranges::find_if(
        tracks_, [&](const media::Track& own) { return fits(own, track) && !taken(own.index); });
    if (place != tracks_.end()) places_[track.index] = place->index;
  }
}

void Rejoin::take(media::Item item) {
  auto* packet = std::get_if<media::Packet>(&item);
  if (packet != nullptr && !find_place(*packet))
    return media::count(repairs_, &media::Repairs::dropped);
  if (!std::exchange(placed_, true)) place_arrival();
  media::shift_item(item, {offset_, media::kMicros});
  if (packet == nullptr) return take_event(std::get<media::Event>(std::move(item)));
  if (!start_) start_ = now_us() - packet->dts().micros();
  end_ = std::max(end_, packet->dts().micros() + packet->duration().micros());
  ready_.push_back(std::move(item));
}

bool Rejoin::find_place(media::Packet& packet) const {
  const auto place = places_.find(packet.track());
  if (place == places_.end()) return false;
  packet.raw()->stream_index = place->second;
  packet.rebase(media::find_track(tracks_, place->second)->time_base);
  return true;
}

// A source may change on its way, too.
void Rejoin::take_event(media::Event event) {
  const auto* changed = media::apply_change(event, source_);
  if (changed == nullptr) return ready_.push_back(std::move(event));
  const auto place = places_.find(changed->index);
  if (place != places_.end()) tell_change(place->second, *changed, event.at);
}

void Rejoin::place_arrival() {
  const std::int64_t at = std::max(end_, now_us() - start_.value_or(now_us()));
  offset_ = (at + kExact - 1) / kExact * kExact;
  const media::Time begin{offset_, media::kMicros};
  ready_.push_back(media::make_event(media::event::kDiscontinuity, begin));
  for (const auto& [theirs, ours] : places_) {
    const auto& comes = *media::find_track(source_, theirs);
    if (!goes_on_as(*media::find_track(tracks_, ours), comes)) tell_change(ours, comes, begin);
  }
}

void Rejoin::tell_change(int index, const media::Track& now, media::Time at) {
  auto& own = *std::ranges::find(tracks_, index, &media::Track::index);
  own = media::in_place_of(own, now);
  const auto& par = *own.par;
  const std::string form =
      own.video() ? fmt::format("{}x{}", par.width, par.height)
                  : fmt::format("{} Hz, {} channels", par.sample_rate, par.ch_layout.nb_channels);
  log_.warning("{} as {} ({}) at {:.3f} s",
               own.video() ? "the pictures go on" : "the sound goes on", own.codec_name(), form,
               at.seconds());
  ready_.push_back(media::change_event(own, at));
}

}  // namespace weir::ingest
