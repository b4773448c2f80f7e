#include "hls/sample_aes.h"

#include <algorithm>
#include <string_view>

#include "hls/dolby.h"
#include "media/aac.h"
#include "media/bit_reader.h"
#include "media/h26x.h"

namespace weir::hls {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kClearSlice = 48;       // slices up to this size stay clear
constexpr std::size_t kClearSliceHead = 32;   // the NAL unit's header and 31 bytes
constexpr std::size_t kSkipped = 9 * kBlock;  // after each encrypted block
constexpr std::size_t kClearFrameHead = 16;   // of sound, behind the ADTS header
constexpr std::size_t kAc3SetupBytes = 10;

bool is_slice(ByteView nal) {
  const int type = nal[0] & 0x1f;
  return type == 1 || type == 5;
}

ByteView extradata(const media::Track& track) {
  return {track.par->extradata, static_cast<std::size_t>(track.par->extradata_size)};
}

// Where a frame of E-AC-3 ends: a packet holds one of each substream.
std::size_t eac3_frame_size(ByteView bytes) {
  if (bytes.size() < 4) return bytes.size();
  const std::size_t words = (static_cast<std::size_t>(bytes[2] & 7) << 8 | bytes[3]) + 1;
  return std::min(2 * words, bytes.size());
}

void write_descriptor(ByteWriter& out, int tag, ByteView content) {
  out.u8(static_cast<std::uint64_t>(tag));
  out.u8(content.size());
  out.bytes(content);
}

void write_private_data_indicator(ByteWriter& out, std::string_view what) {
  write_descriptor(out, 0x0f, as_bytes(what));
}

// What a decoder is set up with, for it cannot look into the frames.
void write_audio_setup(ByteWriter& out, std::string_view type, ByteView setup) {
  Bytes content;
  ByteWriter writer(content);
  writer.text("apad");
  writer.text(type);
  writer.u16(0);  // priming: the playlist's timeline tells it
  writer.u8(1);   // version
  writer.u8(setup.size());
  writer.bytes(setup);
  write_descriptor(out, 0x05, content);
}

std::string_view aac_type(ByteView config) {
  const auto info = media::parse_audio_specific_config(config);
  if (!info || info->object_type == 2) return "zaac";
  return info->object_type == 29 ? "zacp" : "zach";
}

}  // namespace

bool sample_aes_carries(AVCodecID codec) {
  return codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_AAC || codec == AV_CODEC_ID_AC3 ||
         codec == AV_CODEC_ID_EAC3;
}

Result<SampleAes> SampleAes::open(const media::Track& track, const ContentKey& key) {
  if (!sample_aes_carries(track.codec()))
    return fail(Code::kUnsupported, "sample-aes has no form for {}", track.codec_name());
  SampleAes out(track, key);
  if (track.codec() == AV_CODEC_ID_AAC) {
    WEIR_TRY_ASSIGN(out.adts_, media::Adts::open(extradata(track)));
    if (extradata(track).size() > 200)
      return fail(Code::kBadInput, "the AudioSpecificConfig is too long for sample-aes");
  }
  return out;
}

Result<Bytes> SampleAes::encrypt(ByteView packet) {
  switch (track_.codec()) {
    case AV_CODEC_ID_H264:
      return encrypt_pictures(packet);
    case AV_CODEC_ID_AAC:
      return encrypt_aac(packet);
    default:
      return encrypt_dolby(packet);
  }
}

Bytes SampleAes::encrypt_pictures(ByteView annex_b) {
  Bytes out;
  out.reserve(annex_b.size() + annex_b.size() / 64);
  ByteWriter writer(out);
  for (const ByteView nal : media::split_annex_b(annex_b)) {
    writer.u32(1);
    if (!is_slice(nal) || nal.size() <= kClearSlice) {
      writer.bytes(nal);
      continue;
    }
    Bytes slice(nal.begin(), nal.end());
    encrypt_slice(slice);
    writer.bytes(media::with_emulation_prevention(slice));
  }
  return out;
}

// The last block of a slice is never encrypted, so it still ends with its stop bit.
void SampleAes::encrypt_slice(Bytes& nal) {
  cipher_.start(iv_);
  auto rest = std::span(nal).subspan(kClearSliceHead);
  while (rest.size() > kBlock) {
    cipher_.encrypt(rest.first(kBlock));
    rest = rest.subspan(std::min(kBlock + kSkipped, rest.size()));
  }
}

void SampleAes::encrypt_frame(std::span<std::uint8_t> frame) {
  if (frame.size() < kClearFrameHead + kBlock) return;
  cipher_.start(iv_);
  cipher_.encrypt(frame.subspan(kClearFrameHead));
}

Result<Bytes> SampleAes::encrypt_aac(ByteView raw) {
  WEIR_TRY_ASSIGN(const media::AdtsHeader header, adts_->header(raw.size()));
  Bytes out;
  out.reserve(header.size() + raw.size());
  ByteWriter writer(out);
  writer.bytes(header);
  writer.bytes(raw);
  encrypt_frame(std::span(out).subspan(header.size()));
  return out;
}

Bytes SampleAes::encrypt_dolby(ByteView frames) {
  Bytes out(frames.begin(), frames.end());
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t size = track_.codec() == AV_CODEC_ID_EAC3
                                 ? eac3_frame_size(ByteView(out).subspan(at))
                                 : out.size();
    encrypt_frame(std::span(out).subspan(at, size));
    at += size;
  }
  return out;
}

Result<TsStream> SampleAes::announcement(ByteView first) const {
  TsStream out;
  ByteWriter writer(out.descriptors);
  switch (track_.codec()) {
    case AV_CODEC_ID_H264:
      out.type = 0xdb;
      write_private_data_indicator(writer, "zavc");
      return out;
    case AV_CODEC_ID_AAC:
      out.type = 0xcf;
      write_private_data_indicator(writer, "aacd");
      write_audio_setup(writer, aac_type(extradata(track_)), extradata(track_));
      return out;
    case AV_CODEC_ID_AC3:
      out.type = 0xc1;
      write_private_data_indicator(writer, "ac3d");
      write_audio_setup(writer, "zac3", first.first(std::min(first.size(), kAc3SetupBytes)));
      return out;
    default:
      break;
  }
  WEIR_TRY_ASSIGN(const Bytes record, eac3_configuration(first, track_.bitrate));
  out.type = 0xc2;
  write_private_data_indicator(writer, "ec3d");
  write_audio_setup(writer, "zec3", record);
  return out;
}

}  // namespace weir::hls
