#include "media/cue.h"

#include <algorithm>
#include <new>

namespace weir::media {
namespace {

void attach(Packet& packet, AVPacketSideDataType type, const std::string& text) {
  if (text.empty()) return;
  auto* data = av_packet_new_side_data(packet.raw(), type, text.size());
  if (data == nullptr) throw std::bad_alloc();
  std::copy(text.begin(), text.end(), data);
}

std::string attached(const Packet& packet, AVPacketSideDataType type) {
  std::size_t size = 0;
  const auto* data = av_packet_get_side_data(packet.raw(), type, &size);
  return data == nullptr ? std::string() : std::string(as_text({data, size}));
}

}  // namespace

Packet cue_packet(const Cue& cue) {
  Packet packet = Packet::of(as_bytes(cue.text));
  packet.raw()->pts = packet.raw()->dts = cue.start_ms;
  packet.raw()->duration = cue.end_ms - cue.start_ms;
  packet.raw()->time_base = kCueBase;
  attach(packet, AV_PKT_DATA_WEBVTT_IDENTIFIER, cue.id);
  attach(packet, AV_PKT_DATA_WEBVTT_SETTINGS, cue.settings);
  return packet;
}

Cue cue_of(const Packet& packet) {
  Cue cue;
  cue.start_ms = packet.pts().in(kCueBase);
  cue.end_ms = Time{packet.pts().ticks + packet.duration().ticks, packet.base()}.in(kCueBase);
  cue.id = attached(packet, AV_PKT_DATA_WEBVTT_IDENTIFIER);
  cue.settings = attached(packet, AV_PKT_DATA_WEBVTT_SETTINGS);
  cue.text = as_text(packet.bytes());
  return cue;
}

Parameters text_parameters(std::string_view blocks) {
  CodecParametersPtr par(avcodec_parameters_alloc());
  if (par == nullptr) throw std::bad_alloc();
  par->codec_type = AVMEDIA_TYPE_SUBTITLE;
  par->codec_id = AV_CODEC_ID_WEBVTT;
  set_extradata(*par, as_bytes(blocks));
  return copy_parameters(*par);
}

}  // namespace weir::media
