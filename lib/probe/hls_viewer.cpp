#include "probe/hls_viewer.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "net/event_loop.h"
#include "probe/fetch.h"

namespace weir::probe {
namespace {

namespace asio = boost::asio;

constexpr Micros kLook{10'000};    // between two looks at a playlist that has nothing new
constexpr Micros kAgain{500'000};  // before a piece that failed is tried once more

bool playable(const Rendition& rendition) {
  return !rendition.failure && rendition.role == Rendition::Role::kMain;
}

std::optional<std::size_t> sound_of(const Presentation& p, const std::string& group) {
  std::optional<std::size_t> out;
  for (std::size_t i = 0; !group.empty() && i < p.media.size(); ++i) {
    const auto& entry = p.multivariant->media[i];
    if (entry.type != "AUDIO" || entry.group != group || p.media[i] < 0) continue;
    if (!playable(p.renditions[std::size_t(p.media[i])])) continue;
    if (!out || entry.is_default) out = std::size_t(p.media[i]);
    if (entry.is_default) break;
  }
  return out;
}

bool same_map(const hls::MapText& a, const hls::MapText& b) {
  return a.uri == b.uri && a.range == b.range;
}

}  // namespace

ViewerOffer viewer_offer(const Presentation& p) {
  ViewerOffer out;
  if (!p.multivariant) {
    if (!p.renditions.empty() && playable(p.renditions[0])) out.choices.push_back({0, 1, ""});
    return out;
  }
  std::optional<std::string> group;
  for (std::size_t i = 0; i < p.variants.size(); ++i) {
    const auto& variant = p.multivariant->variants[i];
    if (!playable(p.of_variant(i)) || (group && variant.audio != *group)) continue;
    group = variant.audio;
    out.choices.push_back({std::size_t(p.variants[i]),
                           std::max<std::int64_t>(variant.bandwidth.value_or(1), 1), variant.uri});
  }
  std::ranges::stable_sort(out.choices, {}, &ViewerOffer::Choice::bitrate);
  if (group) out.sound = sound_of(p, *group);
  return out;
}

HlsViewer::HlsViewer(const ViewerOffer& offer, LiveSession& session, asio::io_context& loop,
                     asio::ssl::context& tls, DecodeDesk& desk, const Clock& clock,
                     LiveClient::Now now)
    : offer_(offer), session_(session), loop_(loop), desk_(desk), clock_(clock), now_(now) {
  report_.how = "segments";
  picture_ = std::make_unique<Lane>(LiveClient(loop, tls, now), false, !offer.sound);
  if (offer.sound) sound_ = std::make_unique<Lane>(LiveClient(loop, tls, now), true, true);
}

void HlsViewer::start() {
  if (offer_.choices.empty()) return give_up(*picture_, "no variant can be played");
  report_.rendition = offer_.choices[0].name;
  asio::co_spawn(loop_, run(*picture_), asio::detached);
  if (sound_) asio::co_spawn(loop_, run(*sound_), asio::detached);
}

void HlsViewer::give_up(Lane& lane, std::string why) {
  if (report_.problem.empty()) report_.problem = std::move(why);
  lane.over = true;
}

LiveLane* HlsViewer::source(const Lane& lane) const {
  const auto& lanes = session_.lanes();
  return lanes[lane.sound ? *offer_.sound : offer_.choices[lane.choice].rendition].get();
}

asio::awaitable<void> HlsViewer::run(Lane& lane) {
  while (!lane.over)
    if (!co_await step(lane)) co_await net::pause(kLook);
  const bool all = picture_->over && (!sound_ || sound_->over);
  if (all && player_) player_->end(now_());
}

// The sound begins where the picture does.
bool HlsViewer::begin(Lane& lane, const LivePlaylist& list) {
  if (lane.cursor) return true;
  if (!lane.sound) {
    lane.cursor = SegmentCursor::begin(list);
    if (has_parts(list)) report_.how = "parts";
  } else if (first_number_) {
    lane.cursor = SegmentCursor::at(list, *first_number_, first_date_us_);
  }
  return lane.cursor.has_value();
}

// Another rendition, between two segments, if its playlist is there.
void HlsViewer::choose(Lane& lane, const LivePlaylist& list) {
  const auto boundary = lane.cursor->boundary(list);
  if (lane.sound || !boundary || !player_ || offer_.choices.size() < 2) return;
  AdaptationState state;
  for (const auto& choice : offer_.choices) state.bitrates.push_back(choice.bitrate);
  state.current = lane.choice;
  state.level_us = player_->level_us();
  state.target_us = hold_back_us(list);
  state.throughput_bps = throughput_.bps();
  const std::size_t wanted = adapt(state);
  if (wanted == lane.choice) return;
  const auto& other = session_.lanes()[offer_.choices[wanted].rendition];
  if (!other || other->track.list() == nullptr) return;
  const auto* next = list.find(*boundary);
  const auto date = next != nullptr ? next->date_us : list.open_date_us();
  const auto cursor = SegmentCursor::at(*other->track.list(), *boundary, date);
  if (cursor.next(*other->track.list()).what != NextPiece::What::kFetch) return;
  ++report_.switch_count;
  if (report_.switches.size() < kMostSwitches)
    report_.switches.push_back({now_(), offer_.choices[lane.choice].name,
                                offer_.choices[wanted].name, state.level_us,
                                state.throughput_bps.value_or(0)});
  lane.cursor = cursor;
  lane.choice = wanted;
  report_.rendition = offer_.choices[wanted].name;
}

// False: there is nothing to do yet.
asio::awaitable<bool> HlsViewer::step(Lane& lane) {
  LiveLane* from = source(lane);
  if (from == nullptr || from->track.list() == nullptr) co_return false;
  if (!begin(lane, *from->track.list())) co_return false;
  if (player_ && player_->level_us() > kMostAhead) co_return false;
  choose(lane, *from->track.list());
  from = source(lane);
  const auto next = lane.cursor->next(*from->track.list());
  if (next.what == NextPiece::What::kWait) co_return false;
  if (next.what == NextPiece::What::kEnd) lane.over = true;
  if (next.what == NextPiece::What::kGone) {
    ++report_.lost;
    lane.cursor = SegmentCursor::begin(*from->track.list());
  }
  if (next.what != NextPiece::What::kFetch) co_return true;
  const auto& piece = next.piece;
  if (!lane.sound && !first_number_) {
    first_number_ = piece.at.number;
    first_date_us_ = piece.date_us;
  }
  if (piece.encrypted) {
    report_.encrypted = true;
    give_up(lane, "the media is encrypted");
    co_return true;
  }
  bool good = piece.gap || co_await fetch(lane, piece);
  if (!good) {
    co_await net::pause(kAgain);
    good = co_await fetch(lane, piece);
  }
  if (!good) ++report_.failures;
  lane.cursor->pass(piece);
  co_return true;
}

asio::awaitable<LiveResponse> HlsViewer::get(Lane& lane, const std::string& uri,
                                             std::optional<hls::ByteRange> range) {
  LiveResponse out;
  const auto location = locate(source(lane)->track.uri(), uri);
  if (!location) co_return out;
  LiveRequest request;
  request.location = *location;
  request.range = range;
  request.most = kMostPiece;
  out = co_await lane.client.get(std::move(request));
  if (out.good()) report_.bytes += std::int64_t(out.content.size());
  co_return out;
}

asio::awaitable<bool> HlsViewer::fetch_init(Lane& lane, const ViewerPiece& piece) {
  const std::size_t rendition = lane.sound ? *offer_.sound : offer_.choices[lane.choice].rendition;
  const bool same = lane.map_of == rendition && lane.map.has_value() == piece.map.has_value() &&
                    (!piece.map || same_map(*lane.map, *piece.map));
  if (same && (lane.init || !piece.map)) co_return true;
  lane.anew = true;
  lane.init.reset();
  if (piece.map) {
    auto got = co_await get(lane, piece.map->uri, piece.map->range);
    if (!got.good()) co_return false;
    lane.init = std::make_shared<const Bytes>(std::move(got.content));
  }
  lane.map = piece.map;
  lane.map_of = rendition;
  co_return true;
}

asio::awaitable<bool> HlsViewer::fetch(Lane& lane, const ViewerPiece& piece) {
  if (!co_await fetch_init(lane, piece)) co_return false;
  auto got = co_await get(lane, piece.uri, piece.range);
  if (!got.good()) co_return false;
  throughput_.add(std::int64_t(got.content.size()), got.answered_us - got.asked_us);
  const auto bytes = std::make_shared<SegmentBytes>();
  bytes->media = std::move(got.content);
  bytes->init = lane.init;
  bytes->anew = std::exchange(lane.anew, false);
  bytes->discontinuity = lane.discontinuities && *lane.discontinuities != piece.discontinuities;
  lane.discontinuities = piece.discontinuities;
  const std::function<SegmentSeen()> job = [&decoder = lane.decoder, bytes] {
    return decoder.take(*bytes);
  };
  const SegmentSeen seen = co_await desk_.run(job);
  ++report_.pieces;
  // What the pictures are is known with the first of them.
  while (lane.sound && !player_ && !picture_->over) co_await net::pause(kLook);
  if (seen.failure) {
    ++report_.failures;
    ++(lane.sound ? report_.audio : report_.video).errors;
  } else {
    show(lane, piece, seen);
  }
  co_return true;
}

// By dates where there are some, else one stretch behind the other.
std::int64_t HlsViewer::axis_offset(Lane& lane, const ViewerPiece& piece, std::int64_t start_us) {
  const auto known = offsets_.find(piece.discontinuities);
  if (known != offsets_.end()) return known->second;
  if (offsets_.empty()) origin_utc_us_ = piece.date_us;
  const bool dated = origin_utc_us_ && piece.date_us;
  const std::int64_t begin = dated ? *piece.date_us - *origin_utc_us_ : lane.end_us;
  return offsets_[piece.discontinuities] = begin - start_us;
}

void HlsViewer::show(Lane& lane, const ViewerPiece& piece, const SegmentSeen& seen) {
  const auto& main = seen.video ? seen.video : seen.audio;
  if (!main) return;
  const std::int64_t offset = axis_offset(lane, piece, main->start_us);
  if (!player_ && !lane.sound) {
    PlayerRules rules;
    if (report_.how == "parts") rules.start_us = rules.resume_us = 2 * piece.duration_us;
    player_.emplace(seen.video.has_value(), sound_ != nullptr || seen.audio.has_value(), rules);
  }
  if (!player_) return;
  const auto add = [&](PlayerLane kind, const std::optional<TrackSpan>& span) {
    if (!span) return;
    player_->add(kind, span->start_us + offset, span->end_us + offset, now_());
    lane.end_us = std::max(lane.end_us, span->end_us + offset);
  };
  if (!lane.sound) add(PlayerLane::kVideo, seen.video);
  if (lane.sound || !sound_) add(PlayerLane::kAudio, seen.audio);
}

void HlsViewer::tick() {
  if (!player_) return;
  player_->advance(now_());
  const auto position = player_->position_us();
  if (!position || !origin_utc_us_ || player_->ended()) return;
  if (!report_.latency) report_.latency.emplace();
  report_.latency->add(clock_.utc_us() - *origin_utc_us_ - *position);
}

bool HlsViewer::over() const {
  const bool fetched = picture_->over && (!sound_ || sound_->over);
  return fetched && (!player_ || player_->ended());
}

ViewerReport HlsViewer::finish() {
  if (player_) {
    player_->advance(now_());
    report_.player = player_->figures();
    report_.playing = player_->playing();
  }
  const std::int64_t errors[] = {report_.video.errors, report_.audio.errors};
  report_.video = picture_->decoder.video().finish();
  auto& sound = (sound_ ? sound_ : picture_)->decoder.audio();
  report_.audio = sound.finish();
  report_.video.errors += errors[0];
  report_.audio.errors += errors[1];
  report_.sync_max_us = sound.clock().max_us();
  report_.sync_last_us = sound.clock().last_us();
  report_.throughput_bps = throughput_.bps().value_or(0);
  return report_;
}

}  // namespace weir::probe
