#include "ingest/fallback_feed.h"

#include <algorithm>
#include <utility>

#include "ingest/rejoin.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using Awaited = flow::Awaited<FeedItem>;
using State = Awaited::State;

constexpr auto kLook = 100ms;  // between looks for a stop
constexpr auto kTurn = 20ms;   // that one source keeps the other waiting

double seconds(std::chrono::nanoseconds length) {
  return std::chrono::duration<double>(length).count();
}

}  // namespace

Result<Awaited> FallbackFeed::next_within(std::chrono::nanoseconds patience) {
  if (!std::exchange(begun_, true)) main_heard_ = heard_ = now();
  const Point until = now() + std::min(patience, flow::kForEver);
  for (bool looked = false; ready_.empty(); looked = true) {
    if (services_.stop.requested()) return fail(Code::kStopped, "stopped");
    if (ended_) return Awaited{State::kEnd};
    if (given_up() && settings_.may_end) return Awaited{State::kEnd};
    if (given_up())
      return fail(Code::kIo, "neither the input nor {} has given anything for {}", settings_.name,
                  format_duration(*settings_.budget));
    if (looked && now() >= until) return Awaited{};
    WEIR_TRY(look_around(until));
  }
  Awaited out{State::kItem, std::move(ready_.front())};
  ready_.pop_front();
  return out;
}

bool FallbackFeed::given_up() const {
  if (!settings_.budget || !(came_ || settings_.begin_counts)) return false;
  return now() - heard_ >= *settings_.budget;
}

Result<void> FallbackFeed::look_around(Point until) {
  if (!fallback_ && !refused_ && lost() && now() >= again_) open_fallback();
  if (fallback_) look_at_fallback(std::min<Point>(kTurn, until - now()));
  return look_at_main(main_wait(until));
}

FallbackFeed::Point FallbackFeed::main_wait(Point until) const {
  if (fallback_) return 0ns;
  Point wait = std::min<Point>(kLook, until - now());
  if (!lost()) wait = std::min<Point>(wait, main_heard_ + settings_.after - now());
  return std::max<Point>(wait, 0ns);
}

// All that is there, so that a source that is not taken never waits for its reader.
Result<void> FallbackFeed::look_at_main(Point wait) {
  while (!main_over_) {
    auto awaited = main_.next_within(std::exchange(wait, 0ns));
    if (!awaited && (!came_ || awaited.error().code == Code::kStopped))
      return fail(std::move(awaited).error());
    main_over_ = !awaited;
    if (!awaited) services_.log.warning("{}: it does not come back", awaited.error().what);
    if (!awaited || awaited->state == State::kNothingYet) return {};
    ended_ = awaited->state == State::kEnd;
    if (ended_) return {};
    if (auto* arrival = std::get_if<Arrival>(&*awaited->item))
      take_main(std::move(*arrival));
    else
      take_main(std::get<media::Item>(std::move(*awaited->item)));
    if (!on_fallback_) return {};
  }
  if (!fallback_) services_.wait(wait);
  return {};
}

void FallbackFeed::take_main(Arrival arrival) {
  main_fits_ = fits(arrival);
  if (!main_fits_)
    services_.log.warning("{} comes back without {}: it is not taken", arrival.from, needed());
  main_since_.reset();
  main_shift_.reset();
  if (main_fits_ && !on_fallback_) hand_on(arrival);
  main_arrival_ = std::move(arrival);
}

void FallbackFeed::take_main(media::Item item) {
  auto* packet = std::get_if<media::Packet>(&item);
  if (packet == nullptr && main_arrival_)
    media::apply_change(std::get<media::Event>(item), main_arrival_->tracks);
  if (!main_fits_) return;
  if (packet != nullptr && (!main_since_ || lost())) main_since_ = now();
  if (packet != nullptr) main_heard_ = now();
  if (on_fallback_) {
    if (packet != nullptr && may_return(*packet)) return_to_main(std::move(*packet));
    return;
  }
  if (packet != nullptr && fallback_) close_fallback("");
  if (main_shift_) media::shift_item(item, *main_shift_);
  if (main_shift_ && media::position(item).ticks < 0) return;  // before the key frame
  hand_on(std::move(item));
}

// Sound in front of the first picture would stand behind the switch alone.
bool FallbackFeed::begins(const Arrival& arrival, const media::Packet& packet) {
  const auto* video = media::main_video(arrival.tracks);
  return video == nullptr || (packet.track() == video->index && packet.key());
}

bool FallbackFeed::may_return(const media::Packet& packet) const {
  return now() - *main_since_ >= settings_.settle && begins(*main_arrival_, packet);
}

void FallbackFeed::return_to_main(media::Packet packet) {
  close_fallback("");
  switch_to(false);
  services_.log.info("{} is back and gives the stream", main_arrival_->from);
  hand_on(*main_arrival_);
  main_shift_ = media::Time{-packet.dts().ticks, packet.base()};
  take_main(media::Item(std::move(packet)));
}

void FallbackFeed::open_fallback() {
  services_.log.warning("the input has given nothing for {:.1f} s: {} is opened",
                        seconds(now() - main_heard_), settings_.name);
  fallback_ = opener_();
}

void FallbackFeed::look_at_fallback(Point wait) {
  auto awaited = fallback_->next_within(std::max<Point>(wait, 0ns));
  if (!awaited) return close_fallback(awaited.error().what);
  if (awaited->state == State::kEnd) return close_fallback("it ended");
  if (awaited->state == State::kNothingYet) return;
  if (auto* arrival = std::get_if<Arrival>(&*awaited->item))
    take_fallback(std::move(*arrival));
  else
    take_fallback(std::get<media::Item>(std::move(*awaited->item)));
}

void FallbackFeed::close_fallback(std::string_view why) {
  fallback_.reset();
  fallback_arrival_.reset();
  if (why.empty()) return;
  again_ = now() + settings_.again;
  services_.log.warning("{} gives nothing more: {}", settings_.name, why);
}

void FallbackFeed::take_fallback(Arrival arrival) {
  refused_ = !fits(arrival);
  if (refused_)
    close_fallback(fmt::format("it has no {}", needed()));
  else
    fallback_arrival_ = std::move(arrival);
}

void FallbackFeed::take_fallback(media::Item item) {
  const auto* packet = std::get_if<media::Packet>(&item);
  if (fallback_arrival_) {
    if (packet == nullptr)
      media::apply_change(std::get<media::Event>(item), fallback_arrival_->tracks);
    if (packet == nullptr || !begins(*fallback_arrival_, *packet)) return;
    fallback_shift_ = media::Time{-packet->dts().ticks, packet->base()};
    if (!on_fallback_) {
      switch_to(true);
      services_.log.warning("{} gives the stream", settings_.name);
    }
    hand_on(*std::exchange(fallback_arrival_, std::nullopt));
  }
  media::shift_item(item, *fallback_shift_);
  if (media::position(item).ticks < 0) return;
  hand_on(std::move(item));
}

void FallbackFeed::hand_on(media::Item item) {
  if (std::holds_alternative<media::Packet>(item)) {
    heard_ = now();
    came_ = true;
  }
  ready_.emplace_back(std::move(item));
}

void FallbackFeed::hand_on(Arrival arrival) {
  if (!tracks_) tracks_ = arrival.tracks;
  ready_.emplace_back(std::move(arrival));
}

bool FallbackFeed::fits(const Arrival& arrival) const {
  return !tracks_ || can_stand_in(arrival.tracks, *tracks_);
}

std::string_view FallbackFeed::needed() const {
  return media::main_video(*tracks_) ? "pictures" : "sound";
}

void FallbackFeed::switch_to(bool fallback) {
  on_fallback_ = fallback;
  main_since_.reset();
  if (services_.health == nullptr) return;
  services_.health->set_fallback(fallback);
  if (came_) media::count(&services_.health->repairs, &media::Repairs::switches);
}

}  // namespace weir::ingest
