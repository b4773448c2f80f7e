#include "codec/thumbnails.h"

#include <algorithm>

#include "codec/thumbnail_picture.h"

namespace weir::codec {
namespace {

std::int64_t area(const media::Track& track) {
  return std::int64_t{track.par->width} * track.par->height;
}

const media::Track* find_source(const media::Tracks& tracks) {
  const media::Track* best = nullptr;
  for (const auto& track : tracks)
    if (track.video() && avcodec_find_decoder(track.codec()) != nullptr && area(track) > 0 &&
        (best == nullptr || area(track) < area(*best)))
      best = &track;
  return best;
}

}  // namespace

Result<media::Track> Thumbnails::track_of(const media::Tracks& tracks,
                                          const ThumbnailSettings& settings) {
  const auto* source = find_source(tracks);
  if (source == nullptr)
    return fail(Code::kUnsupported, "thumbnails need a picture that can be decoded");
  const Size size = thumbnail_size(*source, settings.size);
  AVCodecParameters* par = avcodec_parameters_alloc();
  if (par == nullptr) return fail(Code::kInternal, "out of memory");
  par->codec_type = AVMEDIA_TYPE_VIDEO;
  par->codec_id = AV_CODEC_ID_MJPEG;
  par->width = size.width;
  par->height = size.height;
  media::Track out;
  out.par = media::copy_parameters(*par);
  avcodec_parameters_free(&par);
  out.time_base = {1, 1'000'000};
  for (const auto& track : tracks) out.index = std::max(out.index, track.index + 1);
  return out;
}

Result<std::unique_ptr<Thumbnails>> Thumbnails::open(const media::Tracks& tracks,
                                                     const ThumbnailSettings& settings,
                                                     flow::Sink<media::Item>& next) {
  WEIR_TRY_ASSIGN(auto track, track_of(tracks, settings));
  return std::unique_ptr<Thumbnails>(new Thumbnails(tracks, settings, std::move(track), next));
}

Thumbnails::Thumbnails(const media::Tracks& tracks, const ThumbnailSettings& settings,
                       media::Track track, flow::Sink<media::Item>& next)
    : Stage(next),
      tracks_(tracks),
      settings_(settings),
      track_(std::move(track)),
      source_(find_source(tracks_)) {}

Result<flow::Flow> Thumbnails::push(media::Item item) {
  if (const auto* packet = std::get_if<media::Packet>(&item)) WEIR_TRY(look_at(*packet));
  if (const auto* event = std::get_if<media::Event>(&item))
    (void)media::apply_change(*event, tracks_);
  if (done_) return flow::Flow::kDone;
  return emit(std::move(item));
}

Result<void> Thumbnails::finish() {
  Result<void> outcome;
  if (tile_ && !done_) {
    const std::int64_t last = (end_us_ - 1 - *origin_us_) / settings_.interval.count();
    while (next_ <= last && next_ % settings_.count() != 0) put(next_);
    const auto flow = hand_on(Micros(end_us_));
    if (!flow) outcome = fail(flow.error());
  }
  const auto below = finish_next();
  return outcome ? below : outcome;
}

std::int64_t Thumbnails::slot_of(media::Time at) const {
  return (at.micros() - *origin_us_) / settings_.interval.count();
}

// Another track helps out when the source has been silent for a whole interval.
bool Thumbnails::wanted(const media::Packet& packet, std::int64_t slot) const {
  return packet.track() == source_->index ? slot >= next_ : slot > next_;
}

Result<void> Thumbnails::look_at(const media::Packet& packet) {
  const auto* track = media::find_track(tracks_, packet.track());
  if (track == nullptr || !track->video()) return {};
  if (!origin_us_ && packet.key()) origin_us_ = packet.pts().micros();
  if (!origin_us_) return {};
  const std::int64_t begin = packet.pts().micros();
  end_us_ = std::max(end_us_, begin + packet.duration().micros());
  const std::int64_t slot = slot_of(packet.pts());
  if (!packet.key() || begin < *origin_us_ || !wanted(packet, slot)) return {};
  auto picture = thumbnail_of(*track, packet, {track_.par->width, track_.par->height});
  if (!picture) return {};
  WEIR_TRY_ASSIGN(const auto flow, fill_to(slot));
  done_ = flow == flow::Flow::kDone;
  const bool is_first = !last_;
  last_ = std::move(*picture);
  if (is_first) next_ = slot / settings_.count() * settings_.count();
  while (next_ < slot) put(next_);
  put(slot);
  return {};
}

// Repeats the last picture up to this slot, and hands on what is full by then.
Result<flow::Flow> Thumbnails::fill_to(std::int64_t slot) {
  const std::int64_t count = settings_.count();
  while (tile_ && next_ < slot && next_ % count != 0) put(next_);
  if (tile_ && next_ % count == 0) {
    const auto end = *origin_us_ + next_ * settings_.interval.count();
    WEIR_TRY_ASSIGN(const auto flow, hand_on(Micros(end)));
    if (flow == flow::Flow::kDone) return flow;
  }
  next_ = std::max(next_, slot / count * count);
  while (last_ && next_ < slot) put(next_);
  return flow::Flow::kMore;
}

void Thumbnails::put(std::int64_t slot) {
  const Size size{track_.par->width, track_.par->height};
  if (!tile_) tile_ = blank_tile({size.width * settings_.columns, size.height * settings_.rows});
  const auto at = static_cast<int>(slot % settings_.count());
  paste(*last_, at % settings_.columns * size.width, at / settings_.columns * size.height, *tile_);
  next_ = slot + 1;
}

Result<flow::Flow> Thumbnails::hand_on(Micros end) {
  const std::int64_t first = (next_ - 1) / settings_.count() * settings_.count();
  const std::int64_t begin = *origin_us_ + first * settings_.interval.count();
  WEIR_TRY_ASSIGN(media::Packet packet, encode_jpeg(*tile_));
  tile_.reset();
  AVPacket& raw = *packet.raw();
  raw.stream_index = track_.index;
  raw.time_base = track_.time_base;
  raw.pts = raw.dts = begin;
  raw.duration = std::clamp<std::int64_t>(end.count() - begin, 1,
                                          settings_.count() * settings_.interval.count());
  raw.flags |= AV_PKT_FLAG_KEY;
  return emit(std::move(packet));
}

}  // namespace weir::codec
