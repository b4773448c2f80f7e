#include "ingest/rejoin.h"

#include <algorithm>
#include <set>
#include <utility>

namespace weir::ingest {
namespace {

constexpr std::int64_t kExact = 10'000;  // a whole number of ticks in most time bases

using Awaited = flow::Awaited<media::Item>;

}  // namespace

bool can_stand_in(const media::Tracks& comes, const media::Tracks& run) {
  const auto* video = media::main_video(run);
  const auto comes_too = [&](const media::Track& own) {
    return std::ranges::any_of(comes,
                               [&](const auto& track) { return media::same_form(own, track); });
  };
  return video != nullptr ? comes_too(*video) : std::ranges::any_of(run, comes_too);
}

std::int64_t Rejoin::now_us() const {
  return std::chrono::duration_cast<Micros>(clock_.monotonic()).count();
}

Result<std::optional<media::Tracks>> Rejoin::open() {
  WEIR_TRY_ASSIGN(auto first, feed_.next());
  if (!first) return std::optional<media::Tracks>();
  const auto* arrival = std::get_if<Arrival>(&*first);
  if (arrival == nullptr) return fail(Code::kInternal, "a feed begins without an arrival");
  tracks_ = arrival->tracks;
  for (const auto& track : tracks_) places_[track.index] = track.index;
  arrivals_ = 1;
  return std::optional(tracks_);
}

Result<Awaited> Rejoin::next_within(std::chrono::nanoseconds patience) {
  const auto until = clock_.monotonic() + std::min(patience, flow::kForEver);
  while (!next_) {
    const auto left = std::max(until - clock_.monotonic(), std::chrono::nanoseconds(0));
    WEIR_TRY_ASSIGN(auto awaited, feed_.next_within(left));
    if (awaited.state == flow::Awaited<FeedItem>::State::kNothingYet) return Awaited{};
    if (awaited.state == flow::Awaited<FeedItem>::State::kEnd) return Awaited{Awaited::State::kEnd};
    if (const auto* arrival = std::get_if<Arrival>(&*awaited.item)) {
      WEIR_TRY(take(*arrival));
      continue;
    }
    if (auto item = take(std::get<media::Item>(std::move(*awaited.item))))
      return Awaited{Awaited::State::kItem, std::move(item)};
  }
  return Awaited{Awaited::State::kItem, std::exchange(next_, std::nullopt)};
}

Result<void> Rejoin::take(const Arrival& arrival) {
  ++arrivals_;
  places_.clear();
  for (const auto& track : arrival.tracks)
    if (!match(track))
      log_.warning("{} comes back with {} that was not there before: it is left out", arrival.from,
                   track.codec_name());
  placed_ = false;
  if (!places_.empty()) return {};
  return fail(Code::kBadInput, "{} comes back with other codecs: begin anew", arrival.from);
}

bool Rejoin::match(const media::Track& track) {
  const auto taken = [&](int index) {
    return std::ranges::any_of(places_, [&](const auto& place) { return place.second == index; });
  };
  const auto place = std::ranges::find_if(tracks_, [&](const media::Track& own) {
    return media::same_form(own, track) && !taken(own.index);
  });
  if (place == tracks_.end()) return false;
  places_[track.index] = place->index;
  return true;
}

std::optional<media::Item> Rejoin::take(media::Item item) {
  auto* packet = std::get_if<media::Packet>(&item);
  if (packet != nullptr) {
    const auto place = places_.find(packet->track());
    if (place == places_.end()) {
      media::count(repairs_, &media::Repairs::dropped);
      return {};
    }
    packet->raw()->stream_index = place->second;
    packet->rebase(media::find_track(tracks_, place->second)->time_base);
  }
  if (!std::exchange(placed_, true)) {
    const std::int64_t at = std::max(end_, now_us() - start_.value_or(now_us()));
    offset_ = (at + kExact - 1) / kExact * kExact;
    media::shift_item(item, {offset_, media::kMicros});
    next_ = std::move(item);
    item = media::make_event(media::event::kDiscontinuity, {offset_, media::kMicros});
  } else if (offset_ != 0) {
    media::shift_item(item, {offset_, media::kMicros});
  }
  if (packet == nullptr) return item;
  const auto& moved = next_ ? std::get<media::Packet>(*next_) : std::get<media::Packet>(item);
  if (!start_) start_ = now_us() - moved.dts().micros();
  end_ = std::max(end_, moved.dts().micros() + moved.duration().micros());
  return item;
}

}  // namespace weir::ingest
