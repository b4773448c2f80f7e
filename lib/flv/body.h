// What stands inside audio and video tags: codec headers in front of coded bytes.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.4.2 and E.4.3 (numbers);
// Enhanced RTMP v2 (Veovera 2024), "Enhanced Audio" and "Enhanced Video" (FourCCs).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

namespace weir::flv {

/// Four characters as a number; what onMetaData calls a codec of the enhanced kind.
constexpr std::uint32_t four_cc(const char (&text)[5]) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(text[i]);
  return value;
}

inline constexpr std::uint32_t kAvcId = 7;   ///< CodecID of video tags.
inline constexpr std::uint32_t kMp3Id = 2;   ///< SoundFormat of audio tags.
inline constexpr std::uint32_t kAacId = 10;  ///< The same.

/// The id of a codec in onMetaData: CodecID, SoundFormat or a FourCC. kUnsupported, naming the
/// codec and those that go, when FLV cannot carry the track.
Result<std::uint32_t> codec_id(const media::Track& track);
/// The same where only FourCCs go: multitrack messages, stamps in nanoseconds. kUnsupported too for
/// codecs that have but a classic number.
Result<std::uint32_t> enhanced_codec_id(const media::Track& track);
/// True for codecs whose pictures are of no use before a configuration.
bool has_video_configuration(std::uint32_t codec);

/// What the tags of a track say in front of everything else.
struct BodyForm {
  // NOLINTNEXTLINE(google-explicit-constructor): a codec is the whole form of an ordinary track
  BodyForm(std::uint32_t id = 0, int number = 0) : codec(id), track(number) {}
  std::uint32_t codec;  ///< Of codec_id() or enhanced_codec_id().
  int track;            ///< Above 0 (at most 255), with a FourCC: in a multitrack message.
};

/// A picture's times: milliseconds from its decoding to its showing, 24 bits with sign.
struct PictureHeader {
  bool key = false;
  std::int32_t composition_ms = 0;
  std::uint32_t nanoseconds = 0;  ///< Below a millisecond, with a FourCC: to be added to the stamp.
};

/// `configuration` is an avcC, hvcC, av1C or VPCodecConfigurationRecord.
Bytes video_configuration(BodyForm form, ByteView configuration);
/// `sample` holds NAL units behind four-byte lengths, a temporal unit without delimiters, or what
/// else the codec calls a frame.
Bytes video_frame(BodyForm form, PictureHeader header, ByteView sample);
/// The same of NAL units without their lengths.
Bytes video_frame(BodyForm form, PictureHeader header, std::span<const ByteView> nals);
/// AMF 0 about the pictures that follow, write_colour_info() among it; with a FourCC.
Bytes video_metadata(BodyForm form, ByteView metadata);
/// After the last picture; nothing for classic codecs without such a mark.
std::optional<Bytes> video_end(BodyForm form);

/// How sound of the classic kind describes itself in every tag.
struct SoundFormat {
  int sample_rate = 44100;
  bool stereo = true;
  bool wide_samples = true;  ///< 16 bits a sample, else 8.
};
/// `configuration` is an AudioSpecificConfig, an Opus head or the STREAMINFO of FLAC; nothing for a
/// codec without one.
std::optional<Bytes> audio_configuration(BodyForm form, ByteView configuration);
/// `channels` is of write_channels(); with a FourCC.
Bytes audio_channels(BodyForm form, ByteView channels);
/// `nanoseconds` as in PictureHeader.
Bytes audio_frame(BodyForm form, SoundFormat format, ByteView frame, std::uint32_t nanoseconds = 0);

}  // namespace weir::flv
