// Takes audio and video tags apart: which track, which codec, what kind of bytes, and the bytes.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.4.2 and E.4.3; Enhanced RTMP v2
// (Veovera 2024), "Enhanced Audio", "Enhanced Video", "Multitrack", "ModEx".
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "flv/body.h"
#include "flv/tag.h"

namespace weir::flv {

enum class BodyKind {
  kConfiguration,   ///< avcC, hvcC, av1C, VP record, AudioSpecificConfig, Opus head, FLAC header.
  kTsDescriptor,    ///< AV1VideoDescriptor (MPEG2TSSequenceStart).
  kFrame,           ///< One coded picture or frame of sound.
  kEnd,             ///< After the last one.
  kMetadata,        ///< AMF0: a name and a value, "colorInfo" among them.
  kChannelMapping,  ///< MultichannelConfig.
  kCommand,         ///< A seek command to a player; carries no media.
};

/// What a tag holds of one track.
struct BodyPart {
  int track = 0;            ///< Track id of a multitrack message, else 0.
  std::uint32_t codec = 0;  ///< As codec_id(); other CodecIDs and SoundFormats as they stand. HEVC
                            ///< as CodecID 12 is told as hvc1.
  BodyKind kind = BodyKind::kFrame;
  bool key = false;                 ///< Of pictures; sound is always a key.
  std::int32_t composition_ms = 0;  ///< Of kFrame: pts - dts.
  std::uint32_t nanoseconds = 0;    ///< To be added to both stamps, below a millisecond.
  SoundFormat sound;                ///< Of sound of the classic kind: what its first byte says.
  ByteView bytes;                   ///< Borrowed from the body.
};

/// Every track a body holds, in order; nothing for an empty body, which some senders use to keep a
/// connection alive. Never believes a length beyond the bytes there are. kBadInput when it ends
/// within a header or a track; kUnsupported for packet types later versions may add.
Result<std::vector<BodyPart>> read_video_body(ByteView body);
Result<std::vector<BodyPart>> read_audio_body(ByteView body);
/// By the type of the tag; nothing for script tags.
Result<std::vector<BodyPart>> read_body(const TagView& tag);

/// A codec as text for people: "av01", or "sound format 6".
std::string codec_text(TagType type, std::uint32_t codec);

}  // namespace weir::flv
