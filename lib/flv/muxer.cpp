#include "flv/muxer.h"

#include <algorithm>

#include "media/av1.h"
#include "media/h26x.h"

namespace weir::flv {
namespace {

constexpr std::int32_t kMaxComposition = 0x7fffff;

ByteView extradata(const media::Track& track) {
  return {track.par->extradata, static_cast<std::size_t>(track.par->extradata_size)};
}

bool is_av1(const media::Track& track) {
  return track.codec() == AV_CODEC_ID_AV1;
}

// What the track itself says before its packets; empty when that is nothing.
Result<Bytes> declared_configuration(const media::Track& track) {
  const ByteView bytes = extradata(track);
  if (bytes.empty()) return Bytes();
  if (is_av1(track)) return media::av1_configuration(bytes);
  WEIR_TRY_ASSIGN(const auto sets, media::extradata_parameter_sets(track.codec(), bytes));
  if (sets.sps.empty() || sets.pps.empty()) return Bytes();
  return media::decoder_configuration(track.codec(), sets);
}

Bytes sample(const media::Track& track, ByteView bytes) {
  return is_av1(track) ? media::without_temporal_delimiters(bytes)
                       : media::to_length_prefixed(track.codec(), bytes);
}

}  // namespace

Result<Muxer> Muxer::open(const media::Track* video, const media::Track* audio) {
  Muxer muxer;
  if (video != nullptr) {
    WEIR_TRY_ASSIGN(const auto codec, codec_id(*video));
    muxer.video_ = {video, codec};
  }
  if (audio != nullptr) {
    WEIR_TRY_ASSIGN(const auto codec, codec_id(*audio));
    muxer.audio_ = {audio, codec};
  }
  return muxer;
}

std::int64_t Muxer::stamp(const media::Time& time) const {
  return std::max<std::int64_t>(0, to_ms(time) - origin_ms_);
}

Tag Muxer::configuration_tag(std::int64_t at_ms) const {
  return {TagType::kVideo, at_ms, video_configuration(video_.codec, configuration_)};
}

Result<std::vector<Tag>> Muxer::headers() {
  std::vector<Tag> tags;
  if (audio_.track != nullptr) {
    const ByteView config = extradata(*audio_.track);
    if (audio_.codec == kAacId && config.empty())
      return fail(Code::kBadInput, "the aac track has no AudioSpecificConfig");
    if (auto body = audio_configuration(audio_.codec, config))
      tags.push_back({TagType::kAudio, 0, std::move(*body)});
  }
  if (video_.track != nullptr) {
    WEIR_TRY_ASSIGN(configuration_, declared_configuration(*video_.track));
    if (!configuration_.empty()) tags.push_back(configuration_tag(0));
  }
  return tags;
}

// The configuration this picture brings along when it is not the one in force.
Result<std::optional<Bytes>> Muxer::new_configuration(ByteView bytes) const {
  const auto codec = video_.track->codec();
  if (is_av1(*video_.track)) {
    auto found = media::av1_configuration(bytes);
    if (!found && configuration_.empty()) return fail(std::move(found).error());
    if (!found || *found == configuration_) return std::optional<Bytes>();
    return std::optional(std::move(*found));
  }
  const auto sets = media::find_parameter_sets(codec, bytes);
  if (sets.sps.empty() || sets.pps.empty()) return std::optional<Bytes>();
  WEIR_TRY_ASSIGN(Bytes configuration, media::decoder_configuration(codec, sets));
  if (configuration == configuration_) return std::optional<Bytes>();
  return std::optional(std::move(configuration));
}

Result<std::vector<Tag>> Muxer::push_picture(const media::Packet& packet) {
  std::vector<Tag> tags;
  const std::int64_t at_ms = stamp(packet.dts());
  if (packet.key()) {
    WEIR_TRY_ASSIGN(auto changed, new_configuration(packet.bytes()));
    if (changed) {
      configuration_ = std::move(*changed);
      tags.push_back(configuration_tag(at_ms));
    }
  }
  if (configuration_.empty()) return tags;
  const auto late = std::clamp<std::int64_t>(to_ms(packet.pts()) - to_ms(packet.dts()),
                                             -kMaxComposition - 1, kMaxComposition);
  const PictureHeader header{packet.key(), static_cast<std::int32_t>(late)};
  tags.push_back({TagType::kVideo, at_ms,
                  video_frame(video_.codec, header, sample(*video_.track, packet.bytes()))});
  last_picture_ms_ = at_ms;
  return tags;
}

Result<std::vector<Tag>> Muxer::push(const media::Packet& packet) {
  if (video_.track != nullptr && packet.track() == video_.track->index) return push_picture(packet);
  std::vector<Tag> tags;
  if (audio_.track == nullptr || packet.track() != audio_.track->index) return tags;
  const auto& par = *audio_.track->par;
  const SoundFormat format{par.sample_rate, par.ch_layout.nb_channels >= 2};
  tags.push_back(
      {TagType::kAudio, stamp(packet.dts()), audio_frame(audio_.codec, format, packet.bytes())});
  return tags;
}

std::optional<Tag> Muxer::finish() const {
  if (video_.track == nullptr || configuration_.empty()) return {};
  return Tag{TagType::kVideo, last_picture_ms_, video_end(video_.codec)};
}

}  // namespace weir::flv
