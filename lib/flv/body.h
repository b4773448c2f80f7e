// What stands inside audio and video tags: codec headers in front of coded bytes.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.4.2 and E.4.3 (AAC, MP3, AVC);
// Enhanced RTMP v2 (Veovera 2024), "Enhanced Audio" and "Enhanced Video" (every other codec).
#pragma once

#include <cstdint>
#include <optional>

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

/// A picture's times: milliseconds from its decoding to its showing, 24 bits with sign.
struct PictureHeader {
  bool key = false;
  std::int32_t composition_ms = 0;
};

/// `codec` is a codec_id() of a video track, `configuration` its avcC, hvcC or av1C.
Bytes video_configuration(std::uint32_t codec, ByteView configuration);
/// `sample` holds NAL units behind four-byte lengths, or a temporal unit without delimiters.
Bytes video_frame(std::uint32_t codec, PictureHeader header, ByteView sample);
/// After the last picture.
Bytes video_end(std::uint32_t codec);

/// How sound of the classic kind describes itself in every tag.
struct SoundFormat {
  int sample_rate = 44100;
  bool stereo = true;
};
/// `configuration` is an AudioSpecificConfig or an Opus head; nothing for a codec without one.
std::optional<Bytes> audio_configuration(std::uint32_t codec, ByteView configuration);
Bytes audio_frame(std::uint32_t codec, SoundFormat format, ByteView frame);

}  // namespace weir::flv
