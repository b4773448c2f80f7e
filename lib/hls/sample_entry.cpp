#include "hls/sample_entry.h"

#include "hls/box_writer.h"
#include "hls/dolby.h"
#include "media/av1.h"
#include "media/h26x.h"

namespace weir::hls {
namespace {

ByteView extradata(const media::Track& track) {
  return {track.par->extradata, static_cast<std::size_t>(track.par->extradata_size)};
}

void write_box(ByteWriter& out, std::string_view type, ByteView content) {
  const Box box(out, type);
  out.bytes(content);
}

void write_entry_header(ByteWriter& out) {
  out.zeros(6);
  out.u16(1);  // data reference
}

void write_colour(ByteWriter& out, const AVCodecParameters& par) {
  const bool known = par.color_primaries != AVCOL_PRI_UNSPECIFIED ||
                     par.color_trc != AVCOL_TRC_UNSPECIFIED ||
                     par.color_space != AVCOL_SPC_UNSPECIFIED;
  if (!known) return;
  const Box box(out, "colr");
  out.text("nclx");
  out.u16(static_cast<std::uint64_t>(par.color_primaries));
  out.u16(static_cast<std::uint64_t>(par.color_trc));
  out.u16(static_cast<std::uint64_t>(par.color_space));
  out.u8(par.color_range == AVCOL_RANGE_JPEG ? 0x80 : 0);
}

void write_pixel_shape(ByteWriter& out, AVRational ratio) {
  if (ratio.num <= 0 || ratio.den <= 0) return;
  const Box box(out, "pasp");
  out.u32(static_cast<std::uint64_t>(ratio.num));
  out.u32(static_cast<std::uint64_t>(ratio.den));
}

void write_visual(ByteWriter& out, std::string_view type, std::string_view configuration_type,
                  const media::Track& track, ByteView configuration) {
  const auto& par = *track.par;
  const Box entry(out, type);
  write_entry_header(out);
  out.zeros(16);
  out.u16(static_cast<std::uint64_t>(par.width));
  out.u16(static_cast<std::uint64_t>(par.height));
  out.u32(0x00480000);  // 72 dpi
  out.u32(0x00480000);
  out.zeros(4);
  out.u16(1);  // frames a sample
  out.zeros(32);
  out.u16(0x0018);
  out.u16(0xffff);
  write_box(out, configuration_type, configuration);
  if (const auto& dolby = track.dolby_vision)
    write_box(out, media::box_type(*dolby), media::to_record(*dolby));
  write_colour(out, par);
  write_pixel_shape(out, par.sample_aspect_ratio);
}

// A decoder of the base layer alone would show wrong colours.
bool is_dolby_alone(const media::Track& track) {
  return track.dolby_vision && track.dolby_vision->compatibility == 0;
}

Result<void> write_h26x(ByteWriter& out, const media::Track& track) {
  const bool hevc = track.codec() == AV_CODEC_ID_HEVC;
  WEIR_TRY_ASSIGN(const auto sets,
                  media::extradata_parameter_sets(track.codec(), extradata(track)));
  WEIR_TRY_ASSIGN(const Bytes record, media::decoder_configuration(track.codec(), sets));
  const char* type = !hevc ? "avc1" : is_dolby_alone(track) ? "dvh1" : "hvc1";
  write_visual(out, type, hevc ? "hvcC" : "avcC", track, record);
  return {};
}

Result<void> write_av1(ByteWriter& out, const media::Track& track) {
  WEIR_TRY_ASSIGN(const Bytes record, media::av1_configuration(extradata(track)));
  write_visual(out, is_dolby_alone(track) ? "dav1" : "av01", "av1C", track, record);
  return {};
}

void write_audio(ByteWriter& out, std::string_view type, std::string_view configuration_type,
                 const AVCodecParameters& par, ByteView configuration) {
  const Box entry(out, type);
  write_entry_header(out);
  out.zeros(8);
  out.u16(static_cast<std::uint64_t>(par.ch_layout.nb_channels));
  out.u16(16);
  out.zeros(4);
  // 16.16; a rate that does not fit is told by the configuration alone.
  out.u32(par.sample_rate <= 0xffff ? static_cast<std::uint64_t>(par.sample_rate) << 16 : 0);
  write_box(out, configuration_type, configuration);
}

// 14496-1 section 8.3.3: a length in four bytes, so that every descriptor has the same shape.
void write_descriptor(ByteWriter& out, int tag, ByteView content) {
  out.u8(static_cast<std::uint64_t>(tag));
  for (int shift = 21; shift > 0; shift -= 7) out.u8((content.size() >> shift & 0x7f) | 0x80);
  out.u8(content.size() & 0x7f);
  out.bytes(content);
}

Bytes elementary_stream(const media::Track& track) {
  Bytes decoder;
  ByteWriter config(decoder);
  config.u8(track.codec() == AV_CODEC_ID_MP3 ? 0x6b : 0x40);  // object type
  config.u8(0x15);                                            // audio stream
  config.u24(0);                                              // buffer size: not told
  config.u32(static_cast<std::uint64_t>(track.max_bitrate));
  config.u32(static_cast<std::uint64_t>(track.bitrate));
  if (track.par->extradata_size > 0) write_descriptor(config, 0x05, extradata(track));
  Bytes stream;
  ByteWriter es(stream);
  es.u16(0);  // ES_ID is 0 in a file
  es.u8(0);
  write_descriptor(es, 0x04, decoder);
  write_descriptor(es, 0x06, Bytes{2});  // SLConfig of MP4
  Bytes out;
  ByteWriter esds(out);
  esds.u32(0);
  write_descriptor(esds, 0x03, stream);
  return out;
}

Result<void> write_mp4a(ByteWriter& out, const media::Track& track) {
  if (track.codec() == AV_CODEC_ID_AAC && track.par->extradata_size == 0)
    return fail(Code::kBadInput, "the aac track has no AudioSpecificConfig");
  write_audio(out, "mp4a", "esds", *track.par, elementary_stream(track));
  return {};
}

// OpusHead is little-endian, dOps big-endian, otherwise they are alike.
Result<void> write_opus(ByteWriter& out, const media::Track& track) {
  constexpr std::size_t kHead = 19;  // "OpusHead", version, channels, pre-skip, rate, gain, family
  const ByteView head = extradata(track);
  const std::size_t channels = head.size() > 9 ? head[9] : 0;
  const bool mapped = head.size() >= kHead && head[18] != 0;
  if (head.size() < kHead + (mapped ? 2 + channels : 0))
    return fail(Code::kBadInput, "the opus track has no whole OpusHead");
  Bytes record;
  ByteWriter box(record);
  box.u8(0);
  box.u8(channels);
  for (const std::size_t at : {11, 10, 15, 14, 13, 12, 17, 16}) box.u8(head[at]);
  box.bytes(head.subspan(18, mapped ? 3 + channels : 1));
  AVCodecParameters par = *track.par;
  par.sample_rate = 48000;  // whatever the encoder was fed with
  write_audio(out, "Opus", "dOps", par, record);
  return {};
}

Result<void> write_flac(ByteWriter& out, const media::Track& track) {
  constexpr std::size_t kStreamInfo = 34;
  const ByteView all = extradata(track);
  if (all.size() < kStreamInfo) return fail(Code::kBadInput, "the flac track has no STREAMINFO");
  Bytes record;
  ByteWriter box(record);
  box.u32(0);
  box.u8(0x80);  // the last metadata block, and its kind: STREAMINFO
  box.u24(kStreamInfo);
  box.bytes(all.last(kStreamInfo));
  write_audio(out, "fLaC", "dfLa", *track.par, record);
  return {};
}

Result<void> write_dolby(ByteWriter& out, const media::Track& track, ByteView first_sample) {
  if (track.codec() == AV_CODEC_ID_AC3) {
    WEIR_TRY_ASSIGN(const Bytes record, ac3_configuration(first_sample));
    write_audio(out, "ac-3", "dac3", *track.par, record);
    return {};
  }
  const std::int64_t rate = track.bitrate != 0 ? track.bitrate : track.par->bit_rate;
  WEIR_TRY_ASSIGN(const Bytes record, eac3_configuration(first_sample, rate));
  write_audio(out, "ec-3", "dec3", *track.par, record);
  return {};
}

}  // namespace

bool has_sample_entry(AVCodecID codec) {
  switch (codec) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_AV1:
    case AV_CODEC_ID_AAC:
    case AV_CODEC_ID_MP3:
    case AV_CODEC_ID_OPUS:
    case AV_CODEC_ID_FLAC:
    case AV_CODEC_ID_AC3:
    case AV_CODEC_ID_EAC3:
      return true;
    default:
      return false;
  }
}

Result<void> write_sample_entry(ByteWriter& out, const media::Track& track, ByteView first_sample) {
  switch (track.codec()) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
      return write_h26x(out, track);
    case AV_CODEC_ID_AV1:
      return write_av1(out, track);
    case AV_CODEC_ID_AAC:
    case AV_CODEC_ID_MP3:
      return write_mp4a(out, track);
    case AV_CODEC_ID_OPUS:
      return write_opus(out, track);
    case AV_CODEC_ID_FLAC:
      return write_flac(out, track);
    case AV_CODEC_ID_AC3:
    case AV_CODEC_ID_EAC3:
      return write_dolby(out, track, first_sample);
    default:
      return fail(Code::kUnsupported, "fragmented MP4 for HLS cannot carry {}", track.codec_name());
  }
}

}  // namespace weir::hls
