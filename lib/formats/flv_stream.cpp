#include "formats/flv_stream.h"

#include <algorithm>
#include <set>

#include "flv/utc.h"
#include "media/in_place.h"

namespace weir::formats {
namespace {

constexpr std::size_t kMostHeld = 64;
constexpr std::int64_t kSoundMs = 300;  // how long pictures wait for sound that changes with them
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
    if (!lane->takes(part)) return heir_of(*lane, part);
    heirs_.erase(lane.get());
    return lane.get();
  }
  constexpr std::size_t kMaxLanes = 64;
  if (lanes_.size() >= kMaxLanes) return nullptr;
  const auto& lane = lanes_.emplace_back(std::make_unique<FlvLane>(type, part, repairs_));
  if (!lane->readable())
    say_once(flv::codec_text(type, part.codec), "{} cannot be read: the track is left out",
             flv::codec_text(type, part.codec));
  else if (ready_)
    say_once(fmt::format("late {} {}", static_cast<int>(type), part.track),
             "a track of {} begins only {} s after the others: it is left out; with a longer "
             "--track-wait it would be there",
             flv::codec_text(type, part.codec), (last_ms_ - first_ms_.value_or(last_ms_)) / 1000);
  return lane.get();
}

FlvLane* FlvStream::heir_of(const FlvLane& lane, const flv::BodyPart& part) {
  auto heir = std::make_unique<FlvLane>(lane.type(), part, repairs_);
  const bool possible = lane.opened() && heir->readable();
  say_once(fmt::format("codec {} {} {}", static_cast<int>(lane.type()), part.track, part.codec),
           "a track changes from {} to {} in mid-stream: {}",
           flv::codec_text(lane.type(), lane.codec()), flv::codec_text(lane.type(), part.codec),
           possible ? "it goes on with the next key picture" : "left out while it is so");
  if (!possible) return nullptr;
  Heir& place = heirs_[&lane];
  if (place.lane == nullptr || !place.lane->takes(part)) place = {std::move(heir), {}};
  return place.lane.get();
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
    if (const auto utc = dates_ ? flv::read_utc(tag.body) : std::nullopt)
      date_ = media::anchor_event({tag.timestamp_ms, {1, 1000}}, *utc);
    tell_date();
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
  if (held_enough()) WEIR_TRY(release());
  // Configurations are often stamped 0, however late the frames begin.
  if (!first_ms_ && !kept_.empty()) first_ms_ = tag.timestamp_ms;
  if (!ready_ && kept_enough()) WEIR_TRY(open_tracks());
  tell_date();
  return {};
}

// A server may date the stream before its first frame.
void FlvStream::tell_date() {
  if (!ready_ || !date_) return;
  out_.push_back(std::move(*date_));
  date_.reset();
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
  if (part.kind == BodyKind::kFrame) {
    heard_ = heard_ || type == flv::TagType::kAudio;
    if (holds(*lane, part, dts_ms)) return {};
    return take_frame(*lane, part, dts_ms);
  }
  if (type == flv::TagType::kVideo) WEIR_TRY(release());
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
Result<void> FlvStream::turn_sound(media::Time at) {
  for (const auto& lane : lanes_) {
    if (!lane->opened() || lane->type() != flv::TagType::kAudio) continue;
    const auto heir = heirs_.find(lane.get());
    if (heir != heirs_.end() && heir->second.last)
      WEIR_TRY(succeed(*lane, at));
    else if (lane->turns())
      turn(*lane, at);
  }
  return {};
}

// A new form of sound was told, and no frame of it came yet.
bool FlvStream::sound_is_due() const {
  const auto due = [](const auto& entry) {
    return entry.second.lane->type() == flv::TagType::kAudio && !entry.second.last;
  };
  const auto foreign = [](const auto& lane) { return lane->foreign() && !lane->turns(); };
  return std::ranges::any_of(heirs_, due) || std::ranges::any_of(lanes_, foreign);
}

// Sound and pictures that change together are to be cut at one place, though the key picture comes
// before the sound that goes with it, and not every codec has a configuration to tell it by.
bool FlvStream::holds(const FlvLane& lane, const flv::BodyPart& part, std::int64_t dts_ms) {
  if (!ready_ || lane.type() != flv::TagType::kVideo) return false;
  if (held_.empty()) {
    if (!part.key || (lane.opened() && !sound_is_due())) return false;
    heard_ = false;
  }
  held_.push_back({part, Bytes(part.bytes.begin(), part.bytes.end()), dts_ms});
  return true;
}

bool FlvStream::held_enough() const {
  if (held_.empty()) return false;
  if (held_.size() >= kMostHeld || last_ms_ - held_.front().dts_ms >= kSoundMs) return true;
  return heard_ && !sound_is_due();
}

Result<void> FlvStream::release() {
  for (auto& held : std::exchange(held_, {})) {
    held.part.bytes = held.bytes;
    FlvLane* lane = lane_of(flv::TagType::kVideo, held.part);
    if (lane != nullptr) WEIR_TRY(take_frame(*lane, held.part, held.dts_ms));
  }
  return {};
}

// A track that is another from here on.
void FlvStream::change(const media::Track& now, media::Time at) {
  auto& track = *std::ranges::find(tracks_, now.index, &media::Track::index);
  const auto rate = track.frame_rate;
  track = media::in_place_of(track, now);
  if (track.frame_rate.num == 0) track.frame_rate = rate;
  out_.emplace_back(media::make_event(media::event::kDiscontinuity, at));
  out_.emplace_back(media::change_event(track, at));
}

// The lane is gone afterwards, unless its heir cannot be read.
Result<void> FlvStream::succeed(FlvLane& lane, media::Time at) {
  Heir heir = std::move(heirs_[&lane]);
  heirs_.erase(&lane);
  const auto opened =
      heir.lane->open(lane.track().index, {&*heir.last, 1}, hints_[{lane.type(), lane.id()}]);
  if (!opened) {
    say_once("heir", "{}: it is left out", opened.error().what);
    return {};
  }
  std::deque<media::Packet> rest;
  WEIR_TRY(lane.finish(rest));
  hand_on(lane, rest);
  auto& place = *std::ranges::find(lanes_, &lane, &std::unique_ptr<FlvLane>::get);
  place = std::move(heir.lane);
  change(place->track(), at);
  const bool at_its_own = place->type() == flv::TagType::kVideo || !media::main_video(tracks_);
  return at_its_own ? push(*place, std::move(*heir.last)) : Result<void>();
}

Result<void> FlvStream::take_heir_frame(FlvLane& lane, const flv::BodyPart& part, media::Time at) {
  const auto mine = [&](const auto& entry) { return entry.second.lane.get() == &lane; };
  const auto found = std::ranges::find_if(heirs_, mine);
  const auto place = found == heirs_.end()
                         ? lanes_.end()
                         : std::ranges::find(lanes_, found->first, &std::unique_ptr<FlvLane>::get);
  auto packet = place == lanes_.end() ? std::nullopt : lane.packet(part, at.ticks);
  if (!packet) {
    count_lost(place == lanes_.end() ? &FlvCounters::frames_unwanted
                                     : &FlvCounters::frames_unusable);
    return {};
  }
  const bool video = lane.type() == flv::TagType::kVideo;
  const bool here = video ? part.key : media::main_video(tracks_) == nullptr;
  if (!here) count_lost(&FlvCounters::frames_unwanted);
  if (here || !video) found->second.last = std::move(*packet);
  if (!here) return {};
  WEIR_TRY(succeed(**place, at));
  return video ? turn_sound(at) : Result<void>();
}

void FlvStream::turn(FlvLane& lane, media::Time at) {
  std::deque<media::Packet> rest;
  const auto turned = lane.turn(rest);
  hand_on(lane, rest);
  if (!turned) return say_once("turn", "{}: its sound is left out", turned.error().what);
  change(lane.track(), at);
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

Result<std::optional<media::Packet>> FlvStream::packet_of(FlvLane& lane, const flv::BodyPart& part,
                                                          std::int64_t dts_ms) {
  const media::Time at{dts_ms, {1, 1000}};
  if (ready_ && lane.type() == flv::TagType::kVideo && part.key) WEIR_TRY(turn_sound(at));
  auto packet = lane.packet(part, dts_ms);
  if (!ready_ || !lane.turns() || media::main_video(tracks_) != nullptr) return packet;
  turn(lane, at);
  return lane.packet(part, dts_ms);
}

Result<void> FlvStream::take_frame(FlvLane& lane, const flv::BodyPart& part, std::int64_t dts_ms) {
  if (ready_ && !lane.opened()) return take_heir_frame(lane, part, {dts_ms, {1, 1000}});
  WEIR_TRY_ASSIGN(auto packet, packet_of(lane, part, dts_ms));
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
  const Micros waited = std::chrono::milliseconds(last_ms_ - *first_ms_);
  if (waited >= track_wait_) return true;
  const bool all_complete = std::ranges::all_of(
      lanes_, [](const auto& lane) { return !lane->readable() || lane->seen(); });
  const bool promised = (audio_promised_ && !audio) || (video_promised_ && !video);
  if (waited >= track_wait_ / 2 && !promised && all_complete) return known_rates();
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
  WEIR_TRY(release());
  for (const auto& lane : lanes_) {
    std::deque<media::Packet> rest;
    if (lane->opened()) WEIR_TRY(lane->finish(rest));
    if (lane->opened()) hand_on(*lane, rest);
  }
  return {};
}

Result<void> FlvStream::restart() {
  out_.clear();
  heirs_.clear();
  held_.clear();
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
