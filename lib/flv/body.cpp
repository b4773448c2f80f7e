#include "flv/body.h"

#include "flv/body_codes.h"

namespace weir::flv {
namespace {

constexpr std::uint32_t kAvc = four_cc("avc1");
constexpr std::uint32_t kHevc = four_cc("hvc1");
constexpr std::uint32_t kAv1 = four_cc("av01");
constexpr std::uint32_t kVp8 = four_cc("vp08");
constexpr std::uint32_t kVp9 = four_cc("vp09");
constexpr std::uint32_t kAac = four_cc("mp4a");
constexpr std::uint32_t kMp3 = four_cc(".mp3");
constexpr std::uint32_t kOpus = four_cc("Opus");
constexpr std::uint32_t kFlac = four_cc("fLaC");
constexpr std::uint32_t kAc3 = four_cc("ac-3");
constexpr std::uint32_t kEac3 = four_cc("ec-3");

// Classic numbers of codecs nobody encodes with any more; they are met in old files.
enum OldVideo : std::uint32_t { kFlv1 = 2, kScreen = 3, kVp6 = 4, kVp6Alpha = 5, kScreen2 = 6 };
enum OldAudio : std::uint32_t {
  kAdpcm = 1,
  kPcm = 3,
  kNelly16 = 4,
  kNelly8 = 5,
  kNelly = 6,
  kAlaw = 7,
  kMulaw = 8,
  kSpeex = 11
};

bool is_four_cc(std::uint32_t codec) {
  return codec > 15;
}

unsigned frame_type(bool key) {
  return key ? kKeyPicture : kInterPicture;
}

void write_avc_head(unsigned frame, unsigned packet, std::int32_t composition_ms, ByteWriter& out) {
  out.u8(frame << 4 | kAvcId);
  out.u8(packet);
  out.u24(static_cast<std::uint32_t>(composition_ms));
}

/// How the heads of pictures and sound differ.
struct Kind {
  unsigned high;  // the bits above the packet type
  unsigned multitrack;
};

Kind video(unsigned frame) {
  return {kExVideo | frame << 4, kVideoMultitrack};
}
constexpr Kind kSound{kExAudioFormat << 4, kAudioMultitrack};

void write_ex_head(Kind kind, unsigned packet, const BodyForm& form, std::uint32_t nanoseconds,
                   ByteWriter& out) {
  const unsigned type = form.track > 0 ? kind.multitrack : packet;
  if (nanoseconds > 0) {
    out.u8(kind.high | kModEx);
    out.u8(3 - 1);
    out.u24(nanoseconds);
    out.u8(kNanoseconds << 4 | type);
  } else {
    out.u8(kind.high | type);
  }
  if (form.track > 0) out.u8(kOneTrack << 4 | packet);
  out.u32(form.codec);
  if (form.track > 0) out.u8(static_cast<std::uint64_t>(form.track));
}

Bytes ex_body(Kind kind, unsigned packet, const BodyForm& form, ByteView content) {
  Bytes bytes;
  ByteWriter out(bytes);
  write_ex_head(kind, packet, form, 0, out);
  out.bytes(content);
  return bytes;
}

// AAC says 44.1 kHz stereo whatever it is; the truth is in its configuration. MP3 of 48 kHz, which
// the field cannot say, is marked the same and read from its own headers. Speex and Nellymoser of
// 8 and 16 kHz have rates of their own.
unsigned sound_byte(std::uint32_t codec, SoundFormat format) {
  const bool aac = codec == kAacId;
  const unsigned rate = aac || format.sample_rate >= 44100 ? 3
                        : format.sample_rate >= 22050      ? 2
                        : format.sample_rate >= 11025      ? 1
                                                           : 0;
  const unsigned wide = aac || format.wide_samples ? 2 : 0;
  return codec << 4 | rate << 2 | wide | (aac || format.stereo ? 1u : 0u);
}

bool classic_rate(int rate) {
  return rate == 44100 || rate == 22050 || rate == 11025 || rate == 5512;
}

std::uint32_t mp3_id(const media::Track& track) {
  const int rate = track.par->sample_rate;
  return rate == 48000 || (classic_rate(rate) && rate != 5512) ? kMp3Id : kMp3;
}

std::uint32_t nelly_id(const media::Track& track) {
  const bool mono = track.par->ch_layout.nb_channels == 1;
  const int rate = track.par->sample_rate;
  return mono && rate == 16000 ? kNelly16 : mono && rate == 8000 ? kNelly8 : kNelly;
}

// Sound that describes itself only by the few values its first byte has.
Result<std::uint32_t> plain_id(std::uint32_t id, const media::Track& track) {
  const int rate = track.par->sample_rate;
  const bool logarithmic = id == kAlaw || id == kMulaw;
  if ((logarithmic ? rate == 8000 : classic_rate(rate)) && track.par->ch_layout.nb_channels <= 2)
    return id;
  return fail(Code::kUnsupported, "FLV cannot carry {} of {} Hz: encode it as aac",
              track.codec_name(), rate);
}

constexpr std::size_t kMostHead = 16;  // of a frame

void write_frame_head(const BodyForm& form, PictureHeader header, ByteWriter& out) {
  const unsigned frame = frame_type(header.key);
  // AV1 and VP9 hide pictures out of order in their units.
  const bool reorders = form.codec == kHevc || form.codec == kAvc;
  const bool timed = reorders && header.composition_ms != 0;
  if (form.codec == kAvcId)
    write_avc_head(frame, kClassicFrame, header.composition_ms, out);
  else if (!is_four_cc(form.codec))
    out.u8(frame << 4 | form.codec);
  else
    write_ex_head(video(frame), reorders && !timed ? kCodedFramesX : kCodedFrames, form,
                  header.nanoseconds, out);
  if (timed) out.u24(static_cast<std::uint32_t>(header.composition_ms));
}

}  // namespace

Result<std::uint32_t> codec_id(const media::Track& track) {
  switch (track.codec()) {
    case AV_CODEC_ID_H264:
      return kAvcId;
    case AV_CODEC_ID_AAC:
      return kAacId;
    case AV_CODEC_ID_MP3:
      return mp3_id(track);
    case AV_CODEC_ID_FLV1:
      return kFlv1;
    case AV_CODEC_ID_FLASHSV:
      return kScreen;
    case AV_CODEC_ID_FLASHSV2:
      return kScreen2;
    case AV_CODEC_ID_VP6F:
      return kVp6;
    case AV_CODEC_ID_VP6A:
      return kVp6Alpha;
    case AV_CODEC_ID_ADPCM_SWF:
      return plain_id(kAdpcm, track);
    case AV_CODEC_ID_PCM_S16LE:
    case AV_CODEC_ID_PCM_U8:
      return plain_id(kPcm, track);
    case AV_CODEC_ID_PCM_ALAW:
      return plain_id(kAlaw, track);
    case AV_CODEC_ID_PCM_MULAW:
      return plain_id(kMulaw, track);
    case AV_CODEC_ID_NELLYMOSER:
      return nelly_id(track);
    case AV_CODEC_ID_SPEEX:
      return kSpeex;
    default:
      return enhanced_codec_id(track);
  }
}

Result<std::uint32_t> enhanced_codec_id(const media::Track& track) {
  switch (track.codec()) {
    case AV_CODEC_ID_H264:
      return kAvc;
    case AV_CODEC_ID_HEVC:
      return kHevc;
    case AV_CODEC_ID_AV1:
      return kAv1;
    case AV_CODEC_ID_VP8:
      return kVp8;
    case AV_CODEC_ID_VP9:
      return kVp9;
    case AV_CODEC_ID_AAC:
      return kAac;
    case AV_CODEC_ID_MP3:
      return kMp3;
    case AV_CODEC_ID_OPUS:
      return kOpus;
    case AV_CODEC_ID_FLAC:
      return kFlac;
    case AV_CODEC_ID_AC3:
      return kAc3;
    case AV_CODEC_ID_EAC3:
      return kEac3;
    default:
      return fail(Code::kUnsupported, "FLV cannot carry {}: encode it as {}", track.codec_name(),
                  track.video() ? "h264, hevc, av1 or vp9" : "aac, mp3, opus, flac, ac3 or eac3");
  }
}

bool has_video_configuration(std::uint32_t codec) {
  return codec == kAvcId || is_four_cc(codec);
}

Bytes video_configuration(BodyForm form, ByteView configuration) {
  if (form.codec != kAvcId) return ex_body(video(kKeyPicture), kSequenceStart, form, configuration);
  Bytes bytes;
  ByteWriter out(bytes);
  write_avc_head(kKeyPicture, kClassicConfiguration, 0, out);
  out.bytes(configuration);
  return bytes;
}

Bytes video_frame(BodyForm form, PictureHeader header, ByteView sample) {
  Bytes bytes;
  bytes.reserve(sample.size() + kMostHead);
  ByteWriter out(bytes);
  write_frame_head(form, header, out);
  out.bytes(sample);
  return bytes;
}

Bytes video_frame(BodyForm form, PictureHeader header, std::span<const ByteView> nals) {
  std::size_t size = kMostHead;
  for (const auto nal : nals) size += nal.size() + 4;
  Bytes bytes;
  bytes.reserve(size);
  ByteWriter out(bytes);
  write_frame_head(form, header, out);
  for (const auto nal : nals) {
    out.u32(nal.size());
    out.bytes(nal);
  }
  return bytes;
}

// Of the frame type nothing is to be made here; as a command, no cache of key pictures takes it for
// one.
Bytes video_metadata(BodyForm form, ByteView metadata) {
  return ex_body(video(kCommandFrame), kVideoMetadata, form, metadata);
}

std::optional<Bytes> video_end(BodyForm form) {
  if (is_four_cc(form.codec)) return ex_body(video(kKeyPicture), kSequenceEnd, form, {});
  if (form.codec != kAvcId) return {};
  Bytes bytes;
  ByteWriter out(bytes);
  write_avc_head(kKeyPicture, kClassicEnd, 0, out);
  return bytes;
}

std::optional<Bytes> audio_configuration(BodyForm form, ByteView configuration) {
  constexpr std::size_t kStreamInfo = 34;
  Bytes bytes;
  ByteWriter out(bytes);
  if (form.codec == kAacId) {
    out.u8(sound_byte(form.codec, {}));
    out.u8(kClassicConfiguration);
  } else if (form.codec == kOpus || form.codec == kAac || form.codec == kFlac) {
    write_ex_head(kSound, kSequenceStart, form, 0, out);
  } else {
    return {};
  }
  if (form.codec == kFlac && configuration.size() >= kStreamInfo) {
    out.text("fLaC");
    out.u8(0x80);  // the last metadata block, and its kind: STREAMINFO
    out.u24(kStreamInfo);
    configuration = configuration.last(kStreamInfo);
  }
  out.bytes(configuration);
  return bytes;
}

Bytes audio_channels(BodyForm form, ByteView channels) {
  return ex_body(kSound, kMultichannelConfig, form, channels);
}

Bytes audio_frame(BodyForm form, SoundFormat format, ByteView frame, std::uint32_t nanoseconds) {
  Bytes bytes;
  bytes.reserve(frame.size() + kMostHead);
  ByteWriter out(bytes);
  if (is_four_cc(form.codec))
    write_ex_head(kSound, kCodedFrames, form, nanoseconds, out);
  else
    out.u8(sound_byte(form.codec, format));
  if (form.codec == kAacId) out.u8(kClassicFrame);
  out.bytes(frame);
  return bytes;
}

}  // namespace weir::flv
