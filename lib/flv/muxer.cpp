#include "flv/muxer.h"

#include <algorithm>

#include "flv/channels.h"
#include "media/av1.h"
#include "media/h26x.h"
#include "media/vpx.h"

namespace weir::flv {
namespace {

constexpr std::int32_t kMaxComposition = 0x7fffff;
constexpr std::int64_t kNanosecondsPerMs = 1'000'000;
constexpr AVRational kNano{1, 1'000'000'000};

ByteView extradata(const media::Track& track) {
  return {track.par->extradata, static_cast<std::size_t>(track.par->extradata_size)};
}

bool is_av1(const media::Track& track) {
  return track.codec() == AV_CODEC_ID_AV1;
}

bool is_vpx(const media::Track& track) {
  return track.codec() == AV_CODEC_ID_VP8 || track.codec() == AV_CODEC_ID_VP9;
}

bool is_h26x(const media::Track& track) {
  return track.codec() == AV_CODEC_ID_H264 || track.codec() == AV_CODEC_ID_HEVC;
}

// What the track itself says before its packets; empty when that is nothing.
Result<Bytes> declared_configuration(const media::Track& track) {
  const ByteView bytes = extradata(track);
  if (bytes.empty()) return Bytes();
  if (is_av1(track)) return media::av1_configuration(bytes);
  if (!is_h26x(track)) return Bytes();
  WEIR_TRY_ASSIGN(const auto sets, media::extradata_parameter_sets(track.codec(), bytes));
  if (sets.sps.empty() || sets.pps.empty()) return Bytes();
  return media::decoder_configuration(track.codec(), sets);
}

Result<Bytes> vpx_configuration(const media::Track& track, ByteView unit) {
  WEIR_TRY_ASSIGN(const auto info, media::parse_vpx_key_frame(track.codec(), unit));
  return media::vpx_configuration(info, track);
}

// What a key picture brings along; empty when that is nothing.
Result<Bytes> carried_configuration(const media::Track& track, ByteView unit, bool needed) {
  if (is_av1(track) || is_vpx(track)) {
    auto found = is_av1(track) ? media::av1_configuration(unit) : vpx_configuration(track, unit);
    if (!found && needed) return fail(std::move(found).error());
    return found ? std::move(*found) : Bytes();
  }
  if (!is_h26x(track)) return Bytes();
  const auto sets = media::find_parameter_sets(track.codec(), unit);
  if (sets.sps.empty() || sets.pps.empty()) return Bytes();
  return media::decoder_configuration(track.codec(), sets);
}

// VP6 has a byte of its own in front, which says how much of the picture is to be shown.
Bytes picture_body(const media::Track& track, BodyForm form, PictureHeader header, ByteView bytes) {
  if (is_h26x(track)) return video_frame(form, header, media::sample_nals(track.codec(), bytes));
  if (is_av1(track)) return video_frame(form, header, media::without_temporal_delimiters(bytes));
  const bool vp6 = track.codec() == AV_CODEC_ID_VP6F || track.codec() == AV_CODEC_ID_VP6A;
  if (!vp6) return video_frame(form, header, bytes);
  Bytes sample{extradata(track).empty() ? std::uint8_t{0} : extradata(track)[0]};
  sample.insert(sample.end(), bytes.begin(), bytes.end());
  return video_frame(form, header, sample);
}

// Parameter sets are nearer to the picture than the container is.
ColourInfo colour_in_force(const media::Track& track, const Bytes& configuration) {
  ColourInfo info = colour_info(track);
  if (!is_h26x(track)) return info;
  const auto sets = media::extradata_parameter_sets(track.codec(), configuration);
  if (!sets || sets->sps.empty()) return info;
  const auto sps = media::parse_sps(track.codec(), sets->sps.front());
  if (!sps) return info;
  info.bit_depth = sps->bit_depth_luma;
  if (sps->primaries != 2) info.primaries = sps->primaries;
  if (sps->transfer != 2) info.transfer = sps->transfer;
  if (sps->matrix != 2) info.matrix = sps->matrix;
  return info;
}

SoundFormat sound_format(const media::Track& track) {
  const auto& par = *track.par;
  return {par.sample_rate, par.ch_layout.nb_channels >= 2, par.codec_id != AV_CODEC_ID_PCM_U8};
}

}  // namespace

Result<Muxer> Muxer::open(const media::Track* video, const media::Track* audio) {
  std::vector<const media::Track*> tracks;
  for (const auto* track : {video, audio})
    if (track != nullptr) tracks.push_back(track);
  return open(tracks);
}

Result<Muxer> Muxer::open(std::span<const media::Track* const> tracks, MuxerOptions options) {
  Muxer muxer;
  muxer.options_ = options;
  for (const auto* track : tracks) WEIR_TRY(muxer.add(*track));
  return muxer;
}

Result<void> Muxer::add(const media::Track& track) {
  const auto same_kind = [&](const Lane& lane) { return lane.track->kind == track.kind; };
  const auto number = static_cast<int>(std::ranges::count_if(lanes_, same_kind));
  constexpr int kMostTracks = 256;
  if (number >= kMostTracks)
    return fail(Code::kUnsupported, "FLV has no room for more than {} tracks of a kind",
                kMostTracks);
  WEIR_TRY_ASSIGN(const auto codec, code_of(track, number));
  lanes_.push_back({&track, {codec, number}, {}, {}, {}, {}});
  return {};
}

Result<std::uint32_t> Muxer::code_of(const media::Track& track, int number) const {
  const bool classic = number == 0 && !options_.nanoseconds;
  return classic ? codec_id(track) : enhanced_codec_id(track);
}

Result<std::vector<Tag>> Muxer::change(int track, media::Time at) {
  std::vector<Tag> tags;
  Lane* lane = find(track);
  if (lane == nullptr) return tags;
  WEIR_TRY_ASSIGN(lane->form.codec, code_of(*lane->track, lane->form.track));
  lane->configuration.clear();
  lane->hdr = {};
  WEIR_TRY(add_headers(*lane, std::max<std::int64_t>(0, to_ms(at) - origin_ms_), tags));
  return tags;
}

Muxer::Lane* Muxer::find(int track) {
  for (auto& lane : lanes_)
    if (lane.track->index == track) return &lane;
  return nullptr;
}

BodyForm Muxer::form(int track) const {
  for (const auto& lane : lanes_)
    if (lane.track->index == track) return lane.form;
  return {};
}

// The stamp of decoding gives way by less than a millisecond, so that the one of showing is exact.
Muxer::Stamp Muxer::stamp(const media::Packet& packet) const {
  Stamp stamp;
  std::int64_t shown_ms = to_ms(packet.pts());
  stamp.ms = to_ms(packet.dts());
  if (options_.nanoseconds) {
    const std::int64_t ns = packet.pts().in(kNano);
    const std::int64_t below = (ns % kNanosecondsPerMs + kNanosecondsPerMs) % kNanosecondsPerMs;
    stamp.nanoseconds = static_cast<std::uint32_t>(below);
    shown_ms = (ns - below) / kNanosecondsPerMs;
    stamp.ms = to_ms(media::Time{packet.dts().in(kNano)-below, kNano});
  }
  const auto late =
      std::clamp<std::int64_t>(shown_ms - stamp.ms, -kMaxComposition - 1, kMaxComposition);
  stamp.composition_ms = static_cast<std::int32_t>(late);
  stamp.ms = std::max<std::int64_t>(0, stamp.ms - origin_ms_);
  return stamp;
}

Result<std::vector<Tag>> Muxer::headers(std::int64_t at_ms) {
  std::vector<Tag> tags;
  for (const bool video : {false, true})
    for (auto& lane : lanes_)
      if (lane.track->video() == video) WEIR_TRY(add_headers(lane, at_ms, tags));
  return tags;
}

Result<void> Muxer::add_headers(Lane& lane, std::int64_t at_ms, std::vector<Tag>& tags) {
  const ByteView config = extradata(*lane.track);
  if (lane.track->video()) {
    if (lane.configuration.empty()) {
      WEIR_TRY_ASSIGN(lane.configuration, declared_configuration(*lane.track));
    }
    if (lane.configuration.empty()) return {};
    tags.push_back({TagType::kVideo, at_ms, video_configuration(lane.form, lane.configuration)});
    lane.colour.reset();
    add_colour(lane, at_ms, tags);
    return {};
  }
  if (lane.track->codec() == AV_CODEC_ID_AAC && config.empty())
    return fail(Code::kBadInput, "the aac track has no AudioSpecificConfig");
  if (auto body = audio_configuration(lane.form, config))
    tags.push_back({TagType::kAudio, at_ms, std::move(*body)});
  const auto& layout = lane.track->par->ch_layout;
  const bool self_described = lane.track->codec() == AV_CODEC_ID_AAC;
  if (layout.nb_channels > 2 && !self_described)
    tags.push_back({TagType::kAudio, at_ms, audio_channels(lane.form, write_channels(layout))});
  return {};
}

Result<void> Muxer::look_for_changes(Lane& lane, const media::Packet& packet, std::int64_t at_ms,
                                     std::vector<Tag>& tags) {
  WEIR_TRY_ASSIGN(auto carried,
                  carried_configuration(*lane.track, packet.bytes(), lane.configuration.empty()));
  if (!carried.empty() && carried != lane.configuration) {
    lane.configuration = std::move(carried);
    tags.push_back({TagType::kVideo, at_ms, video_configuration(lane.form, lane.configuration)});
  }
  const auto said = media::find_hdr(lane.track->codec(), packet.bytes());
  if (said.mastering) lane.hdr.mastering = said.mastering;
  if (said.light) lane.hdr.light = said.light;
  add_colour(lane, at_ms, tags);
  return {};
}

void Muxer::add_colour(Lane& lane, std::int64_t at_ms, std::vector<Tag>& tags) {
  constexpr std::uint32_t kLastClassic = 15;
  if (lane.form.codec <= kLastClassic || lane.configuration.empty()) return;
  auto colour = colour_in_force(*lane.track, lane.configuration);
  if (lane.hdr.mastering) colour.hdr.mastering = lane.hdr.mastering;
  if (lane.hdr.light) colour.hdr.light = lane.hdr.light;
  if (colour == lane.colour || (!is_hdr(colour) && !lane.colour)) return;
  lane.colour = is_hdr(colour) ? std::optional(colour) : std::nullopt;
  tags.push_back(
      {TagType::kVideo, at_ms, video_metadata(lane.form, write_colour_info(lane.colour))});
}

Result<std::vector<Tag>> Muxer::push_picture(Lane& lane, const media::Packet& packet) {
  std::vector<Tag> tags;
  const Stamp at = stamp(packet);
  if (packet.key()) WEIR_TRY(look_for_changes(lane, packet, at.ms, tags));
  if (lane.configuration.empty() && has_video_configuration(lane.form.codec)) return tags;
  const PictureHeader header{packet.key(), at.composition_ms, at.nanoseconds};
  tags.push_back(
      {TagType::kVideo, at.ms, picture_body(*lane.track, lane.form, header, packet.bytes())});
  lane.last_ms = at.ms;
  return tags;
}

std::vector<Tag> Muxer::push_sound(const Lane& lane, const media::Packet& packet) const {
  const Stamp at = stamp(packet);
  std::vector<Tag> tags;
  tags.push_back(
      {TagType::kAudio, at.ms,
       audio_frame(lane.form, sound_format(*lane.track), packet.bytes(), at.nanoseconds)});
  return tags;
}

Result<std::vector<Tag>> Muxer::push(const media::Packet& packet) {
  Lane* lane = find(packet.track());
  if (lane == nullptr) return std::vector<Tag>();
  if (lane->track->video()) return push_picture(*lane, packet);
  return push_sound(*lane, packet);
}

std::vector<Tag> Muxer::finish() const {
  std::vector<Tag> tags;
  for (const auto& lane : lanes_) {
    if (!lane.track->video() || (!lane.last_ms && lane.configuration.empty())) continue;
    if (auto body = video_end(lane.form))
      tags.push_back({TagType::kVideo, lane.last_ms.value_or(0), std::move(*body)});
  }
  return tags;
}

}  // namespace weir::flv
