#include "formats/pipe_input.h"

#include <algorithm>
#include <cstring>

namespace weir::formats {
namespace {

// NUT has the same tag for AC-3 and E-AC-3; the name tells them apart.
void apply_codec(const media::Event& event, media::Tracks& tracks) {
  const auto name = event.text("codec");
  const auto* codec = name ? avcodec_descriptor_get_by_name(name->c_str()) : nullptr;
  for (auto& track : tracks) {
    if (codec == nullptr || event.number("track") != track.index) continue;
    if (codec->id == track.codec() || codec->type != track.par->codec_type) continue;
    auto par = media::copy_parameters(*track.par);
    const_cast<AVCodecParameters&>(*par).codec_id = codec->id;
    track.par = std::move(par);
  }
}

}  // namespace

int find_event_stream(const AVFormatContext& context) {
  if (std::strcmp(context.iformat->name, "nut") != 0) return -1;
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const auto& par = *context.streams[i]->codecpar;
    if (par.codec_type == AVMEDIA_TYPE_DATA && par.codec_tag == kEventTag)
      return static_cast<int>(i);
  }
  return -1;
}

Result<std::unique_ptr<Input>> PipeInput::open(std::unique_ptr<Demuxer> demuxer,
                                               const InputOptions&) {
  const int events = find_event_stream(*demuxer->context());
  std::unique_ptr<PipeInput> self(new PipeInput(std::move(demuxer), events));
  WEIR_TRY(self->open_tracks());
  WEIR_TRY(self->read_track_events());
  return std::unique_ptr<Input>(std::move(self));
}

Result<void> PipeInput::open_tracks() {
  AVFormatContext* context = demuxer_->context();
  context->flags |= AVFMT_FLAG_NOFILLIN | AVFMT_FLAG_NOPARSE;  // stamps are rebuilt by our own rule
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    if (static_cast<int>(i) == event_stream_) continue;
    const AVStream& stream = *context->streams[i];
    media::Track track;
    track.index = static_cast<int>(i);
    track.par = media::copy_parameters(*stream.codecpar);
    const_cast<AVCodecParameters&>(*track.par).codec_tag = 0;
    track.time_base = stream.time_base;
    if (stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO) track.kind = media::Kind::kVideo;
    if (stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO) track.kind = media::Kind::kAudio;
    if (track.kind != media::Kind::kOther) tracks_.push_back(std::move(track));
  }
  if (tracks_.empty()) return fail(Code::kBadInput, "no video or sound in {}", demuxer_->name());
  return {};
}

// They come first, one for each track; tracks() tells what they say.
Result<void> PipeInput::read_track_events() {
  for (std::size_t seen = 0; seen < tracks_.size(); ++seen) {
    WEIR_TRY_ASSIGN(auto packet, demuxer_->read());
    if (!packet) return fail(Code::kBadInput, "{} ends before its first packet", demuxer_->name());
    if (packet->track() != event_stream_)
      return fail(Code::kBadInput, "{} lacks its track events", demuxer_->name());
    WEIR_TRY_ASSIGN(auto item, restore(std::move(*packet)));
    const auto& event = std::get<media::Event>(item);
    media::apply_track_event(event, tracks_);
    apply_codec(event, tracks_);
  }
  forms_ = tracks_;
  for (const auto& track : forms_) start_clock(track);
  return {};
}

void PipeInput::start_clock(const media::Track& track) {
  if (track.video()) dts_clocks_.insert_or_assign(track.index, DtsClock::of(track));
}

Result<media::Item> PipeInput::restore(media::Packet packet) {
  if (packet.track() == event_stream_) {
    const auto bytes = packet.bytes();
    auto event = media::parse_event(as_text(bytes));
    if (!event) return fail(std::move(event.error()).within(demuxer_->name()));
    if (const auto* changed = media::apply_change(*event, forms_)) start_clock(*changed);
    return media::Item(std::move(*event));
  }
  const media::Track* track = media::find_track(forms_, packet.track());
  packet.rebase(track->time_base);
  auto& raw = *packet.raw();
  raw.pos = -1;
  raw.dts = raw.pts;
  if (track->video()) {
    raw.dts = dts_clocks_.at(track->index).next(raw.pts, packet.key());
    const bool known = track->frame_rate.num > 0;
    raw.duration = known ? media::Time{1, av_inv_q(track->frame_rate)}.in(track->time_base) : 0;
  } else {
    raw.duration = track->par->frame_size;
  }
  return media::Item(std::move(packet));
}

Result<std::optional<media::Item>> PipeInput::next() {
  while (true) {
    WEIR_TRY_ASSIGN(auto packet, demuxer_->read());
    if (!packet) return std::optional<media::Item>();
    // A packet whose reading met the end of the bytes lacks some; NUT does not tell.
    const bool cut = demuxer_->context()->pb->eof_reached != 0;
    const bool ours =
        packet->track() == event_stream_ || media::find_track(tracks_, packet->track()) != nullptr;
    if (cut || !ours) continue;
    WEIR_TRY_ASSIGN(auto item, restore(std::move(*packet)));
    return std::optional(std::move(item));
  }
}

}  // namespace weir::formats
