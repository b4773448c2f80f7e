// Small coded streams made on the spot by libavcodec's encoders, in canonical form.
#pragma once

#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

#include "media/av_ptr.h"
#include "media/h26x.h"
#include "media/packet.h"
#include "media/track.h"

// libx265 keeps a table of its own for ever; the leak checker looks for this name.
extern "C" [[gnu::used]] inline const char* __lsan_default_suppressions() {
  return "leak:libx265";
}

namespace weir::support {

struct CodedStream {
  media::Track track;
  std::vector<media::Packet> packets;
};

struct VideoSpec {
  std::string encoder = "libx264";
  int width = 64;
  int height = 48;
  int frames = 12;
  AVRational rate{25, 1};
  AVPixelFormat format = AV_PIX_FMT_YUV420P;
  int gop = 6;
  int b_frames = 2;
  std::map<std::string, std::string> options = {};
};

inline void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

// A bright bar that moves, so that no two pictures are alike.
inline media::Frame moving_bar(const VideoSpec& spec, int number) {
  media::Frame frame;
  AVFrame& raw = *frame.raw();
  raw.format = spec.format;
  raw.width = spec.width;
  raw.height = spec.height;
  raw.pts = number;
  require(av_frame_get_buffer(&raw, 0) >= 0, "no memory for a picture");
  for (int plane = 0; plane < 3; ++plane) {
    const int shift = plane == 0 ? 0 : av_pix_fmt_desc_get(spec.format)->log2_chroma_h;
    for (int y = 0; y < spec.height >> shift; ++y)
      for (int x = 0; x < raw.linesize[plane]; ++x)
        raw.data[plane][y * raw.linesize[plane] + x] =
            plane == 0 ? static_cast<std::uint8_t>(x / 4 % 8 == number % 8 ? 2 : 1) : 1;
  }
  return frame;
}

inline void drain(AVCodecContext& encoder, std::vector<media::Packet>& out) {
  media::Packet packet;
  while (avcodec_receive_packet(&encoder, packet.raw()) >= 0) {
    packet.raw()->time_base = encoder.time_base;
    out.push_back(media::Packet::take(packet.raw()));
  }
}

inline media::CodecPtr open_encoder(const std::string& name) {
  av_log_set_level(AV_LOG_ERROR);
  const AVCodec* codec = avcodec_find_encoder_by_name(name.c_str());
  require(codec != nullptr, "the encoder is missing");
  return media::CodecPtr(avcodec_alloc_context3(codec));
}

inline media::Track track_of(const AVCodecContext& encoder, media::Kind kind) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  require(avcodec_parameters_from_context(par, &encoder) >= 0, "no codec parameters");
  media::Track track;
  track.kind = kind;
  track.par = media::copy_parameters(*par);
  track.time_base = encoder.time_base;
  avcodec_parameters_free(&par);
  return track;
}

inline void set_extradata(media::Track& track, ByteView bytes) {
  auto par = media::copy_parameters(*track.par);
  auto& raw = const_cast<AVCodecParameters&>(*par);
  av_freep(&raw.extradata);
  raw.extradata =
      static_cast<std::uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  std::copy(bytes.begin(), bytes.end(), raw.extradata);
  raw.extradata_size = static_cast<int>(bytes.size());
  track.par = std::move(par);
}

inline void append_annex_b(const std::vector<Bytes>& nals, Bytes& out) {
  for (const auto& nal : nals) {
    out.insert(out.end(), {0, 0, 0, 1});
    out.insert(out.end(), nal.begin(), nal.end());
  }
}

inline Bytes join_annex_b(const media::ParameterSets& sets) {
  Bytes bytes;
  append_annex_b(sets.vps, bytes);
  append_annex_b(sets.sps, bytes);
  append_annex_b(sets.pps, bytes);
  return bytes;
}

inline CodedStream encode_video(const VideoSpec& spec) {
  media::CodecPtr encoder = open_encoder(spec.encoder);
  encoder->width = spec.width;
  encoder->height = spec.height;
  encoder->pix_fmt = spec.format;
  encoder->framerate = spec.rate;
  encoder->time_base = av_inv_q(spec.rate);
  encoder->gop_size = spec.gop;
  encoder->max_b_frames = spec.b_frames;
  encoder->thread_count = 1;
  for (const auto& [key, value] : spec.options)
    require(av_opt_set(encoder.get(), key.c_str(), value.c_str(), AV_OPT_SEARCH_CHILDREN) >= 0,
            "the encoder does not know an option");
  require(avcodec_open2(encoder.get(), nullptr, nullptr) >= 0, "the encoder does not open");
  CodedStream stream;
  for (int i = 0; i < spec.frames; ++i) {
    const media::Frame frame = moving_bar(spec, i);
    require(avcodec_send_frame(encoder.get(), frame.raw()) >= 0, "the encoder refuses a picture");
    drain(*encoder, stream.packets);
  }
  avcodec_send_frame(encoder.get(), nullptr);
  drain(*encoder, stream.packets);
  stream.track = track_of(*encoder, media::Kind::kVideo);
  stream.track.frame_rate = spec.rate;
  for (auto& packet : stream.packets) packet.raw()->duration = 1;
  const auto codec = stream.track.codec();
  const bool nals = codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC;
  if (!stream.packets.empty() && nals)
    set_extradata(stream.track, join_annex_b(media::find_parameter_sets(
                                    stream.track.codec(), stream.packets.front().bytes())));
  return stream;
}

struct AudioSpec {
  std::string encoder = "aac";
  int sample_rate = 48000;
  int channels = 2;
  int frames = 20;
};

inline CodedStream encode_audio(const AudioSpec& spec) {
  media::CodecPtr encoder = open_encoder(spec.encoder);
  encoder->sample_rate = spec.sample_rate;
  encoder->sample_fmt = encoder->codec->sample_fmts[0];
  encoder->bit_rate = 64000;
  encoder->time_base = {1, spec.sample_rate};
  encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_channel_layout_default(&encoder->ch_layout, spec.channels);
  require(avcodec_open2(encoder.get(), nullptr, nullptr) >= 0, "the encoder does not open");
  CodedStream stream;
  for (int i = 0; i < spec.frames; ++i) {
    media::Frame frame;
    AVFrame& raw = *frame.raw();
    raw.format = encoder->sample_fmt;
    raw.sample_rate = spec.sample_rate;
    raw.nb_samples = encoder->frame_size;
    raw.pts = std::int64_t{i} * encoder->frame_size;
    require(av_channel_layout_copy(&raw.ch_layout, &encoder->ch_layout) >= 0, "no memory");
    require(av_frame_get_buffer(&raw, 0) >= 0, "no memory for samples");
    av_samples_set_silence(raw.extended_data, 0, raw.nb_samples, spec.channels,
                           encoder->sample_fmt);
    require(avcodec_send_frame(encoder.get(), &raw) >= 0, "the encoder refuses samples");
    drain(*encoder, stream.packets);
  }
  avcodec_send_frame(encoder.get(), nullptr);
  drain(*encoder, stream.packets);
  // FLAC ends with a packet that holds but new stream information.
  std::erase_if(stream.packets, [](const auto& packet) { return packet.raw()->size == 0; });
  stream.track = track_of(*encoder, media::Kind::kAudio);
  return stream;
}

}  // namespace weir::support
