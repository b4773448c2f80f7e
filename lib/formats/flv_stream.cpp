#include "formats/flv_stream.h"

#include <algorithm>
#include <set>

#include "media/in_place.h"

namespace weir::formats {
namespace {

constexpr std::int64_t kPromisedMs = 2000;    // how long a promised kind is waited for
constexpr std::int64_t kUnpromisedMs = 1000;  // the same without a promise
constexpr std::ptrdiff_t kRatePictures = 40;  // tell the frame rate
constexpr std::size_t kMaxKept = 4096;
constexpr std::int64_t kMaxKeptBytes = 64 << 20;

}  // namespace

template <typename... Args>
void FlvStream::say_once(std::string_view key, fmt::format_string<Args...> format, Args&&... args) {
  if (log_ == nullptr || std::ranges::find(said_, key) != said_.end()) return;
  said_.emplace_back(key);
  log_->warning("{}: {}", name_, fmt::format(format, std::forward<Args>(args)...));
}

void FlvStream::promise(bool audio, bool video) {
  audio_promised_ = audio;
  video_promised_ = video;
}

FlvLane* FlvStream::lane_of(flv::TagType type, const flv::BodyPart& part) {
  for (const auto& lane : lanes_) {
    if (lane->type() != type || lane->id() != part.track) continue;
    if (lane->takes(part)) return lane.get();
    say_once(fmt::format("codec {} {}", static_cast<int>(type), part.track),
             "a track changes from {} to {} in mid-stream: left out while it is so",
             flv::codec_text(type, lane->codec()), flv::codec_text(type, part.codec));
    return nullptr;
  }
  constexpr std::size_t kMaxLanes = 64;
  if (lanes_.size() >= kMaxLanes) return nullptr;
  const auto& lane = lanes_.emplace_back(std::make_unique<FlvLane>(type, part, repairs_));
  if (!lane->readable())
    say_once(flv::codec_text(type, part.codec), "{} cannot be read: the track is left out",
             flv::codec_text(type, part.codec));
  else if (ready_)
    say_once(fmt::format("late {} {}", static_cast<int>(type), part.track),
             "a track of {} begins only {} s after the others: it is left out",
             flv::codec_text(type, part.codec), (last_ms_ - first_ms_.value_or(last_ms_)) / 1000);
  return lane.get();
}

void FlvStream::read_metadata(const flv::TagView& tag) {
  FlvMetadata told = read_flv_metadata(tag.body);
  audio_promised_ = audio_promised_ || told.audio;
  video_promised_ = video_promised_ || told.video;
  if (!told.tracks.empty()) hints_ = std::move(told.tracks);
}

Result<void> FlvStream::push(const flv::TagView& tag) {
  if (tag.type == flv::TagType::kScript) {
    if (!ready_) read_metadata(tag);
    return {};
  }
  const auto parts = flv::read_body(tag);
  if (!parts) {
    count_lost(&FlvCounters::damaged_tags);
    say_once("damaged", "{}: the tag at {} ms is left out, and others like it", parts.error().what,
             tag.timestamp_ms);
    return {};
  }
  last_ms_ = tag.timestamp_ms;
  wraps_.see(tag.timestamp_ms, 32, repairs_);
  for (const auto& part : *parts) WEIR_TRY(take(tag.type, part, tag.timestamp_ms));
  // Configurations are often stamped 0, however late the frames begin.
  if (!first_ms_ && !kept_.empty()) first_ms_ = tag.timestamp_ms;
  if (!ready_ && kept_enough()) return open_tracks();
  return {};
}

Result<void> FlvStream::take(flv::TagType type, const flv::BodyPart& part, std::int64_t dts_ms) {
  using flv::BodyKind;
  if (part.kind == BodyKind::kEnd) ended_ = ended_ || type == flv::TagType::kVideo;
  const bool colours = part.kind == BodyKind::kMetadata;
  const bool channels = part.kind == BodyKind::kChannelMapping;
  const bool media = part.kind == BodyKind::kFrame || part.kind == BodyKind::kConfiguration;
  if (!media && !colours && !channels) return {};
  ended_ = ended_ && !media;
  FlvLane* lane = lane_of(type, part);
  if (lane != nullptr && colours) lane->learn_colour(part.bytes);
  if (lane != nullptr && channels) lane->learn_channels(part.bytes);
  if (!media) return {};
  if (lane == nullptr || !lane->readable()) {
    if (part.kind == BodyKind::kFrame) count_lost(&FlvCounters::frames_unwanted);
    return {};
  }
  if (part.kind == BodyKind::kFrame) return take_frame(*lane, part, dts_ms);
  if (const auto good = lane->configure(part.bytes); !good) {
    count_lost(&FlvCounters::damaged_tags);
    say_once("configuration", "{} of {} at {} ms: that in force stays", good.error().what,
             flv::codec_text(type, part.codec), dts_ms);
  }
  if (lane->came_late()) media::count(repairs_, &media::Repairs::late_headers);
  if (lane->foreign())
    say_once("foreign",
             "the sound changes its form at {} ms: it goes on with the next key picture, if there "
             "are pictures",
             dts_ms);
  return {};
}

// Where everything can be cut.
void FlvStream::turn_sound(media::Time at) {
  for (const auto& lane : lanes_)
    if (lane->opened() && lane->turns()) turn(*lane, at);
}

void FlvStream::turn(FlvLane& lane, media::Time at) {
  std::deque<media::Packet> rest;
  const auto turned = lane.turn(rest);
  hand_on(lane, rest);
  if (!turned) return say_once("turn", "{}: its sound is left out", turned.error().what);
  auto& track = *std::ranges::find(tracks_, lane.track().index, &media::Track::index);
  track = media::in_place_of(track, lane.track());
  out_.emplace_back(media::make_event(media::event::kDiscontinuity, at));
  out_.emplace_back(media::change_event(track, at));
}

// A track keeps its time base, whatever becomes of it.
void FlvStream::hand_on(const FlvLane& lane, std::deque<media::Packet>& packets) {
  for (auto& packet : packets) {
    const auto* track = media::find_track(tracks_, lane.track().index);
    if (track != nullptr) packet.rebase(track->time_base);
    out_.emplace_back(std::move(packet));
  }
}

Result<void> FlvStream::push(FlvLane& lane, media::Packet packet) {
  std::deque<media::Packet> packets;
  WEIR_TRY(lane.push(std::move(packet), packets));
  hand_on(lane, packets);
  return {};
}

std::optional<media::Packet> FlvStream::packet_of(FlvLane& lane, const flv::BodyPart& part,
                                                  std::int64_t dts_ms) {
  const media::Time at{dts_ms, {1, 1000}};
  if (ready_ && lane.type() == flv::TagType::kVideo && part.key) turn_sound(at);
  auto packet = lane.packet(part, dts_ms);
  if (!ready_ || !lane.turns() || media::main_video(tracks_) != nullptr) return packet;
  turn(lane, at);
  return lane.packet(part, dts_ms);
}

Result<void> FlvStream::take_frame(FlvLane& lane, const flv::BodyPart& part, std::int64_t dts_ms) {
  if (ready_ && !lane.opened()) {
    count_lost(&FlvCounters::frames_unwanted);
    return {};
  }
  auto packet = packet_of(lane, part, dts_ms);
  if (!packet) {
    count_lost(&FlvCounters::frames_unusable);
    return {};
  }
  if (ready_) return push(lane, std::move(*packet));
  const auto is_lane = [&](const auto& one) { return one.get() == &lane; };
  const auto at = std::ranges::find_if(lanes_, is_lane) - lanes_.begin();
  kept_bytes_ += packet->raw()->size;
  kept_.push_back({static_cast<std::size_t>(at), std::move(*packet)});
  return {};
}

void FlvStream::count_lost(std::int64_t FlvCounters::*what) {
  ++(counters_.*what);
  media::count(repairs_, &media::Repairs::dropped);
}

bool FlvStream::seen(flv::TagType type) const {
  return std::ranges::any_of(
      lanes_, [&](const auto& lane) { return lane->type() == type && lane->seen(); });
}

bool FlvStream::known_rates() const {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i]->type() != flv::TagType::kVideo || !lanes_[i]->readable()) continue;
    const auto mine = [&](const Kept& kept) { return kept.lane == i; };
    if (std::ranges::count_if(kept_, mine) < kRatePictures) return false;
  }
  return true;
}

bool FlvStream::kept_enough() const {
  if (kept_.empty()) return false;
  if (kept_.size() >= kMaxKept || kept_bytes_ >= kMaxKeptBytes) return true;
  const bool audio = seen(flv::TagType::kAudio);
  const bool video = seen(flv::TagType::kVideo);
  const std::int64_t waited = last_ms_ - *first_ms_;
  if (waited >= kPromisedMs) return true;
  const bool all_complete = std::ranges::all_of(
      lanes_, [](const auto& lane) { return !lane->readable() || lane->seen(); });
  const bool promised = (audio_promised_ && !audio) || (video_promised_ && !video);
  if (waited >= kUnpromisedMs && !promised && all_complete) return known_rates();
  return audio && video && all_complete && known_rates();
}

Result<void> FlvStream::open_lane(std::size_t index) {
  std::vector<media::Packet> first;
  for (const auto& kept : kept_)
    if (kept.lane == index) first.push_back(kept.packet.share());
  if (first.empty()) return {};
  FlvLane& lane = *lanes_[index];
  if (const auto opened =
          lane.open(static_cast<int>(tracks_.size()), first, hints_[{lane.type(), lane.id()}]);
      !opened)
    say_once(fmt::format("open {}", index), "{}", opened.error().what);
  else
    tracks_.push_back(lane.track());
  return {};
}

Result<void> FlvStream::open_tracks() {
  for (std::size_t i = 0; i < lanes_.size(); ++i) WEIR_TRY(open_lane(i));
  ready_ = true;
  if (tracks_.empty()) return nothing_to_read();
  for (auto& kept : std::exchange(kept_, {}))
    if (lanes_[kept.lane]->opened()) WEIR_TRY(push(*lanes_[kept.lane], std::move(kept.packet)));
  std::size_t at = 0;
  for (const auto& lane : lanes_)
    if (lane->opened()) tracks_[at++] = lane->track();  // complete behind the first packet
  return {};
}

tl::unexpected<Error> FlvStream::nothing_to_read() const {
  std::set<std::string> names;
  for (const auto& lane : lanes_)
    if (!lane->readable()) names.insert(flv::codec_text(lane->type(), lane->codec()));
  if (names.empty()) return fail(Code::kBadInput, "no video or sound in {}", name_);
  return fail(Code::kUnsupported, "cannot read {}: it holds {}, which nothing here reads", name_,
              fmt::join(names, " and "));
}

Result<void> FlvStream::finish() {
  if (!ready_ && kept_.empty()) return nothing_to_read();
  if (!ready_) WEIR_TRY(open_tracks());
  for (const auto& lane : lanes_) {
    std::deque<media::Packet> rest;
    if (lane->opened()) WEIR_TRY(lane->finish(rest));
    if (lane->opened()) hand_on(*lane, rest);
  }
  return {};
}

Result<void> FlvStream::restart() {
  out_.clear();
  ended_ = false;
  for (const auto& lane : lanes_)
    if (lane->opened()) WEIR_TRY(lane->restart());
  return {};
}

std::optional<media::Item> FlvStream::next() {
  if (out_.empty()) return {};
  auto item = std::move(out_.front());
  out_.pop_front();
  return item;
}

}  // namespace weir::formats
