#include "hls/stream_facts.h"

#include <algorithm>
#include <new>

#include "media/codec_string.h"
#include "media/h26x.h"

namespace weir::hls {
namespace {

constexpr std::uint8_t kStartCode[] = {0, 0, 0, 1};

bool has_parameter_sets(AVCodecID codec) {
  return codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC;
}

Bytes annex_b(const media::ParameterSets& sets) {
  Bytes out;
  for (const auto* kind : {&sets.vps, &sets.sps, &sets.pps})
    for (const auto& nal : *kind) {
      out.insert(out.end(), std::begin(kStartCode), std::end(kStartCode));
      out.insert(out.end(), nal.begin(), nal.end());
    }
  return out;
}

// The size goes along: it may change in mid-stream together with the sets.
media::Track with_sets(const media::Track& track, const media::ParameterSets& sets) {
  media::Track copy = track;
  copy.par = media::copy_parameters(*track.par);
  auto& par = const_cast<AVCodecParameters&>(*copy.par);  // ours alone until we return it
  media::set_extradata(par, annex_b(sets));
  if (const auto info = media::parse_sps(track.codec(), sets.sps.front())) {
    par.width = info->width;
    par.height = info->height;
  }
  return copy;
}

// draft-pantos-hls-rfc8216bis, VIDEO-RANGE: by transfer characteristics (ITU-T H.273).
std::string video_range(int transfer) {
  if (transfer == AVCOL_TRC_SMPTE2084) return "PQ";
  return transfer == AVCOL_TRC_ARIB_STD_B67 ? "HLG" : "SDR";
}

// What the bitstream tells goes before what is told about it.
void prefer(const Colour& told, Colour& colour) {
  constexpr int kUnspecified = 2;
  if (told.primaries != kUnspecified) colour.primaries = told.primaries;
  if (told.transfer != kUnspecified) colour.transfer = told.transfer;
  if (told.matrix != kUnspecified) colour.matrix = told.matrix;
}

Result<void> read_picture(const media::Track& track, StreamFacts& facts) {
  const auto& par = *track.par;
  facts.resolution = {par.width, par.height};
  facts.colour = {par.color_primaries, par.color_trc, par.color_space};
  if (has_parameter_sets(track.codec())) {
    const ByteView extradata{par.extradata, static_cast<std::size_t>(par.extradata_size)};
    WEIR_TRY_ASSIGN(const auto sets, media::extradata_parameter_sets(track.codec(), extradata));
    if (sets.sps.empty())
      return fail(Code::kBadInput, "the {} track has no sequence parameter set",
                  track.codec_name());
    WEIR_TRY_ASSIGN(const auto info, media::parse_sps(track.codec(), sets.sps.front()));
    facts.resolution = {info.width, info.height};
    prefer({info.primaries, info.transfer, info.matrix}, facts.colour);
  }
  facts.video_range = video_range(facts.colour.transfer);
  if (!track.dolby_vision) return {};
  const auto brand = media::compatible_brand(*track.dolby_vision, facts.colour.transfer);
  if (brand.empty()) return {};
  facts.supplemental =
      media::codec_string(*track.dolby_vision, track.codec() == AV_CODEC_ID_AV1) + "/" + brand;
  return {};
}

}  // namespace

media::Track with_parameter_sets(const media::Track& track, ByteView access_unit) {
  if (!has_parameter_sets(track.codec())) return track;
  const auto sets = media::find_parameter_sets(track.codec(), access_unit);
  return sets.sps.empty() ? track : with_sets(track, sets);
}

Result<StreamFacts> stream_facts(const media::Track& track) {
  StreamFacts facts;
  WEIR_TRY_ASSIGN(facts.codecs, media::codec_string(track));
  if (track.video()) WEIR_TRY(read_picture(track, facts));
  if (track.audio()) facts.channels = track.par->ch_layout.nb_channels;
  return facts;
}

}  // namespace weir::hls
