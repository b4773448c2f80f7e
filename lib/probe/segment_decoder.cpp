#include "probe/segment_decoder.h"

namespace weir::probe {

SegmentSeen SegmentDecoder::take(const SegmentBytes& piece) {
  SegmentSeen out;
  if (piece.discontinuity) {
    video_.discontinuity();
    audio_.discontinuity();
  }
  SegmentSource source;
  source.media = &piece.media;
  source.init = piece.init.get();
  bool fresh_video = piece.anew || !video_.is_open(), fresh_audio = piece.anew || !audio_.is_open();
  const auto open = [&](const AVStream& stream, media::Kind kind) {
    const bool video = kind == media::Kind::kVideo;
    if (!std::exchange(video ? fresh_video : fresh_audio, false)) return;
    media::Track track;
    track.kind = kind;
    track.par = media::copy_parameters(*stream.codecpar);
    track.time_base = media::kMicros;
    auto opened = (video ? video_ : audio_).open(track);
    if (!opened) out.failure = std::move(opened).error();
  };
  const auto packet = [&](const media::Packet& one, media::Kind kind, bool idr) {
    if (kind == media::Kind::kVideo)
      video_.add(one, idr);
    else if (with_sound_)
      audio_.add(one, idr);
  };
  auto facts = reader_.read(source, nullptr, packet, open);
  if (!facts) {
    out.failure = std::move(facts).error();
    return out;
  }
  out.video = facts->video;
  if (with_sound_) out.audio = facts->audio;
  return out;
}

}  // namespace weir::probe
