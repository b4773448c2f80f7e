#include "flv/body.h"

#include "flv/body_codes.h"

namespace weir::flv {
namespace {

constexpr std::uint32_t kHevc = four_cc("hvc1");
constexpr std::uint32_t kAv1 = four_cc("av01");
constexpr std::uint32_t kOpus = four_cc("Opus");
constexpr std::uint32_t kAc3 = four_cc("ac-3");
constexpr std::uint32_t kEac3 = four_cc("ec-3");

void write_avc_head(unsigned frame, unsigned packet, std::int32_t composition_ms, ByteWriter& out) {
  out.u8(frame << 4 | kAvcId);
  out.u8(packet);
  out.u24(static_cast<std::uint32_t>(composition_ms));
}

void write_ex_head(unsigned head, std::uint32_t codec, ByteWriter& out) {
  out.u8(head);
  out.u32(codec);
}

unsigned frame_type(bool key) {
  return key ? kKeyPicture : kInterPicture;
}

// AAC says 44.1 kHz stereo whatever it is; the truth is in its configuration. MP3 of 48 kHz, which
// the field cannot say, is marked the same and read from its own headers.
unsigned sound_byte(std::uint32_t codec, SoundFormat format) {
  constexpr unsigned kSixteenBits = 2;
  const bool aac = codec == kAacId;
  const unsigned rate = aac || format.sample_rate >= 44100 ? 3
                        : format.sample_rate >= 22050      ? 2
                        : format.sample_rate >= 11025      ? 1
                                                           : 0;
  return codec << 4 | rate << 2 | kSixteenBits | (aac || format.stereo ? 1u : 0u);
}

Result<std::uint32_t> mp3_id(const media::Track& track) {
  const int rate = track.par->sample_rate;
  if (rate == 48000 || rate == 44100 || rate == 22050 || rate == 11025) return kMp3Id;
  return fail(Code::kUnsupported,
              "FLV cannot carry mp3 of {} Hz: encode it as aac, or as mp3 of 44100 or 48000 Hz",
              rate);
}

}  // namespace

Result<std::uint32_t> codec_id(const media::Track& track) {
  switch (track.codec()) {
    case AV_CODEC_ID_H264:
      return kAvcId;
    case AV_CODEC_ID_HEVC:
      return kHevc;
    case AV_CODEC_ID_AV1:
      return kAv1;
    case AV_CODEC_ID_AAC:
      return kAacId;
    case AV_CODEC_ID_MP3:
      return mp3_id(track);
    case AV_CODEC_ID_OPUS:
      return kOpus;
    case AV_CODEC_ID_AC3:
      return kAc3;
    case AV_CODEC_ID_EAC3:
      return kEac3;
    default:
      return fail(Code::kUnsupported, "FLV cannot carry {}: encode it as {}", track.codec_name(),
                  track.video() ? "h264, hevc or av1" : "aac, mp3, opus, ac3 or eac3");
  }
}

Bytes video_configuration(std::uint32_t codec, ByteView configuration) {
  Bytes bytes;
  ByteWriter out(bytes);
  if (codec == kAvcId)
    write_avc_head(kKeyPicture, kClassicConfiguration, 0, out);
  else
    write_ex_head(kExVideo | kKeyPicture << 4 | kSequenceStart, codec, out);
  out.bytes(configuration);
  return bytes;
}

Bytes video_frame(std::uint32_t codec, PictureHeader header, ByteView sample) {
  Bytes bytes;
  bytes.reserve(sample.size() + 8);
  ByteWriter out(bytes);
  const unsigned frame = frame_type(header.key);
  // Only HEVC has pictures out of order among the enhanced codecs here; AV1 hides them in its
  // units.
  const bool timed = codec == kHevc && header.composition_ms != 0;
  const unsigned packet = codec == kHevc && !timed ? kCodedFramesX : kCodedFrames;
  if (codec == kAvcId)
    write_avc_head(frame, kClassicFrame, header.composition_ms, out);
  else
    write_ex_head(kExVideo | frame << 4 | packet, codec, out);
  if (timed) out.u24(static_cast<std::uint32_t>(header.composition_ms));
  out.bytes(sample);
  return bytes;
}

Bytes video_end(std::uint32_t codec) {
  Bytes bytes;
  ByteWriter out(bytes);
  if (codec == kAvcId)
    write_avc_head(kKeyPicture, kClassicEnd, 0, out);
  else
    write_ex_head(kExVideo | kKeyPicture << 4 | kSequenceEnd, codec, out);
  return bytes;
}

std::optional<Bytes> audio_configuration(std::uint32_t codec, ByteView configuration) {
  Bytes bytes;
  ByteWriter out(bytes);
  if (codec == kAacId) {
    out.u8(sound_byte(codec, {}));
    out.u8(kClassicConfiguration);
  } else if (codec == kOpus) {
    write_ex_head(kExAudioFormat << 4 | kSequenceStart, codec, out);
  } else {
    return {};
  }
  out.bytes(configuration);
  return bytes;
}

Bytes audio_frame(std::uint32_t codec, SoundFormat format, ByteView frame) {
  Bytes bytes;
  bytes.reserve(frame.size() + 5);
  ByteWriter out(bytes);
  if (codec == kAacId || codec == kMp3Id)
    out.u8(sound_byte(codec, format));
  else
    write_ex_head(kExAudioFormat << 4 | kCodedFrames, codec, out);
  if (codec == kAacId) out.u8(kClassicFrame);
  out.bytes(frame);
  return bytes;
}

}  // namespace weir::flv
