#include "ladder/coder.h"

#include <algorithm>
#include <cmath>

#include "ladder/quantisers.h"
#include "ladder/scaler.h"

extern "C" {
#include <libavutil/mem.h>
}

namespace weir::ladder {
namespace {

constexpr int kLowestChromaOffset = -4;
constexpr const char* kAnyBitrate = "1000000";

media::Packet packet_of(codec::X264Picture coded, AVRational base) {
  media::Packet packet = media::Packet::of(coded.bytes);
  packet.raw()->pts = coded.pts;
  packet.raw()->time_base = base;
  if (coded.idr) packet.raw()->flags |= AV_PKT_FLAG_KEY;
  if (coded.type == codec::PictureType::kB) packet.raw()->flags |= AV_PKT_FLAG_DISPOSABLE;
  return packet;
}

media::Parameters parameters_of(const codec::X264Settings& s, const PlannedRendition& planned,
                                codec::X264Encoder& encoder) {
  media::CodecParametersPtr par(avcodec_parameters_alloc());
  par->codec_type = AVMEDIA_TYPE_VIDEO;
  par->codec_id = AV_CODEC_ID_H264;
  par->format = AV_PIX_FMT_YUV420P;
  par->bit_rate = planned.rung.bitrate;
  par->profile = encoder.profile();
  par->level = encoder.level();
  par->width = s.width;
  par->height = s.height;
  par->sample_aspect_ratio = {1, 1};
  par->field_order = AV_FIELD_PROGRESSIVE;
  par->color_range = AVCOL_RANGE_MPEG;
  par->color_primaries = s.primaries;
  par->color_trc = s.transfer;
  par->color_space = s.matrix;
  par->chroma_location = AVCHROMA_LOC_LEFT;
  par->video_delay = encoder.reorder();
  media::set_extradata(*par, encoder.headers());
  return media::copy_parameters(*par);
}

}  // namespace

codec::X264Settings settings_of(const media::Track& source, AVRational fps) {
  const auto& par = *source.par;
  codec::X264Settings s;
  s.time_base = source.time_base;
  s.frame_rate = source.frame_rate;
  if (fps.num > 0 && (s.frame_rate.num == 0 || av_cmp_q(fps, s.frame_rate) < 0)) s.frame_rate = fps;
  s.primaries = par.color_primaries;
  s.transfer = par.color_trc;
  s.matrix = par.color_space == AVCOL_SPC_RGB ? AVCOL_SPC_UNSPECIFIED : par.color_space;
  return s;
}

Coder::Coder(const PlannedRendition& planned, const media::Track& source, const std::string& preset)
    : planned_(planned),
      preset_(planned.rung.preset.empty() ? preset : planned.rung.preset),
      base_(settings_of(source, planned.rung.fps)) {
  base_.width = planned.width;
  base_.height = planned.height;
  base_.tune = planned.rung.tune;
  tools_.push_back(second_pass_tools(preset_));
}

const Parameters& Coder::tools(int notches) const {
  return tools_[std::min(static_cast<std::size_t>(notches), tools_.size() - 1)];
}

Result<void> Coder::allow_cheaper() {
  for (int notches = 1; notches <= notches_below(preset_); ++notches) {
    WEIR_TRY_ASSIGN(auto tools, with_same_headers(second_pass_tools(preset_, notches)));
    if (!tools) break;
    tools_.push_back(std::move(*tools));
  }
  return {};
}

// x264 lowers the quantiser of chroma, which stands in the PPS, when the tools reach as far as its
// psychovisual decisions; without those it has to be told to.
Result<std::optional<Parameters>> Coder::with_same_headers(Parameters tools) const {
  const ByteView wanted(track_.par->extradata,
                        static_cast<std::size_t>(track_.par->extradata_size));
  for (int offset = 0; offset >= kLowestChromaOffset; --offset) {
    Parameters tried = tools;
    if (offset != 0) tried.emplace_back("chroma-qp-offset", std::to_string(offset));
    WEIR_TRY_ASSIGN(auto encoder, codec::X264Encoder::open(settings(tried)));
    const Bytes headers = encoder->headers();
    if (std::equal(headers.begin(), headers.end(), wanted.begin(), wanted.end()))
      return std::optional(std::move(tried));
  }
  return std::optional<Parameters>();
}

codec::X264Settings Coder::settings(const Parameters& tools) const {
  codec::X264Settings s = base_;
  s.parameters = common_parameters();
  s.parameters.emplace_back("bitrate", std::to_string(planned_.rung.bitrate / 1000));
  s.parameters.insert(s.parameters.end(), tools.begin(), tools.end());
  return s;
}

Result<std::unique_ptr<Coder>> Coder::open(const PlannedRendition& planned,
                                           const media::Track& source, const std::string& preset) {
  std::unique_ptr<Coder> self(new Coder(planned, source, preset));
  const auto settings = self->settings(self->tools());
  auto encoder = codec::X264Encoder::open(settings);
  if (!encoder) return fail(std::move(encoder.error()).within("rendition " + planned.rung.name));
  auto& track = self->track_;
  track.kind = media::Kind::kVideo;
  track.par = parameters_of(settings, planned, **encoder);
  track.time_base = settings.time_base;
  track.frame_rate = settings.frame_rate;
  track.bitrate = planned.rung.bitrate;
  track.max_bitrate = planned.rung.max_bitrate;
  track.rendition = planned.rung.name;
  self->reorder_ = (*encoder)->reorder();
  return self;
}

Result<std::vector<media::Packet>> Coder::code(const std::vector<const GridFrame*>& pictures,
                                               const Analysis& analysis, double qp,
                                               const Parameters& tools) const {
  codec::X264Settings s = settings(tools);
  s.stats_in = analysis.stats;
  // x264 refuses a rate that it thinks the first pass shows to be out of reach; here the quantisers
  // make the rate, and the level stays that of the real one.
  s.parameters.emplace_back("level", std::to_string(track_.par->level));
  s.parameters.emplace_back("bitrate", kAnyBitrate);
  WEIR_TRY_ASSIGN(auto encoder, codec::X264Encoder::open(s));
  std::vector<media::Packet> packets;
  packets.reserve(pictures.size());
  const auto take = [&](codec::X264Picture coded) -> Result<void> {
    packets.push_back(packet_of(std::move(coded), base_.time_base));
    return {};
  };
  const auto whole = quantisers(analysis.types, analysis.losses, qp);
  std::size_t next = 0;
  const auto use = [&](const GridFrame& from, const AVFrame& scaled) {
    return encoder->push(scaled, from.mark.key, whole[next++], take);
  };
  WEIR_TRY(scale_all(pictures, planned_.width, planned_.height, use));
  WEIR_TRY(encoder->finish(take));
  if (packets.size() != pictures.size())
    return fail(Code::kInternal, "x264 made {} pictures of {}", packets.size(), pictures.size());
  return packets;
}

}  // namespace weir::ladder
