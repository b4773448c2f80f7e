#include <algorithm>
#include <span>
#include <vector>

#include "hls/box_writer.h"
#include "hls/cmaf.h"
#include "media/av1.h"
#include "media/h26x.h"

namespace weir::hls {
namespace {

constexpr std::uint32_t kSync = 0x02000000;     // depends on no other sample
constexpr std::uint32_t kNonSync = 0x01010000;  // depends on others
constexpr std::size_t kMdatHeader = 8;

struct Sample {
  Bytes bytes;
  Subsamples subsamples;    // when encrypted
  std::int64_t decode = 0;  // ticks of the timescale
  std::int64_t presentation = 0;
  std::uint32_t duration = 0;
  std::uint32_t flags = kSync;
};

Bytes sample_bytes(AVCodecID codec, ByteView packet) {
  if (codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC)
    return media::to_length_prefixed(codec, packet);
  if (codec == AV_CODEC_ID_AV1) return media::without_temporal_delimiters(packet);
  return {packet.begin(), packet.end()};
}

std::int64_t multiplier(AVRational time_base) {
  return std::int64_t{time_base.num} * cmaf_timescale(time_base) / time_base.den;
}

void set_durations(std::vector<Sample>& samples, std::int64_t end) {
  for (auto i = samples.rbegin(); i != samples.rend(); ++i) {
    i->duration = static_cast<std::uint32_t>(std::max<std::int64_t>(0, end - i->decode));
    end = i->decode;
  }
}

using Packets = std::span<const media::Packet>;

std::vector<Sample> make_samples(const media::Track& track, Packets packets, media::Time end,
                                 Cbcs* encryption) {
  const std::int64_t scale = multiplier(track.time_base);
  std::vector<Sample> samples;
  samples.reserve(packets.size());
  for (const auto& packet : packets) {
    Sample sample;
    sample.bytes = sample_bytes(track.codec(), packet.bytes());
    if (encryption != nullptr) {
      if (packet.key()) encryption->learn(packet.bytes());
      sample.subsamples = encryption->encrypt(sample.bytes);
    }
    sample.decode = packet.dts().ticks * scale;
    sample.presentation = packet.pts().ticks * scale;
    sample.flags = track.audio() || packet.key() ? kSync : kNonSync;
    samples.push_back(std::move(sample));
  }
  set_durations(samples, end.ticks * scale);
  return samples;
}

void write_styp(ByteWriter& out) {
  const Box box(out, "styp");
  out.text("cmfs");
  out.u32(0);
  for (const auto brand : {"cmfs", "cmff", "msdh"}) out.text(brand);
}

// Which fields of a sample are the same for the whole run and therefore said once.
struct Common {
  bool duration = true;
  bool flags = true;
  bool in_order = true;  // presented in decoding order: no composition offsets
};

Common find_common(const std::vector<Sample>& samples) {
  Common common;
  for (const auto& sample : samples) {
    common.duration = common.duration && sample.duration == samples.front().duration;
    common.flags = common.flags && sample.flags == samples.front().flags;
    common.in_order = common.in_order && sample.presentation == sample.decode;
  }
  return common;
}

void write_tfhd(ByteWriter& out, const Common& common, const Sample& first) {
  constexpr std::uint32_t kDefaultBaseIsMoof = 0x020000;
  constexpr std::uint32_t kDuration = 0x08, kFlags = 0x20;
  const Box box(
      out, "tfhd", 0,
      kDefaultBaseIsMoof | (common.duration ? kDuration : 0) | (common.flags ? kFlags : 0));
  out.u32(1);  // track
  if (common.duration) out.u32(first.duration);
  if (common.flags) out.u32(first.flags);
}

/// Returns where the data offset is, to be patched when the size of moof is known.
std::size_t write_trun(ByteWriter& out, const Common& common, const std::vector<Sample>& samples) {
  constexpr std::uint32_t kOffset = 0x001, kDuration = 0x100, kSize = 0x200, kFlags = 0x400,
                          kComposition = 0x800;
  const Box box(out, "trun", 1,
                kOffset | kSize | (common.duration ? 0 : kDuration) | (common.flags ? 0 : kFlags) |
                    (common.in_order ? 0 : kComposition));
  out.u32(samples.size());
  const std::size_t offset_at = out.size();
  out.u32(0);
  for (const auto& sample : samples) {
    if (!common.duration) out.u32(sample.duration);
    out.u32(sample.bytes.size());
    if (!common.flags) out.u32(sample.flags);
    if (!common.in_order) out.u32(static_cast<std::uint32_t>(sample.presentation - sample.decode));
  }
  return offset_at;
}

void write_encryption(ByteWriter& out, std::size_t moof, const std::vector<Sample>& samples) {
  std::vector<Subsamples> all;
  for (const auto& sample : samples) all.push_back(sample.subsamples);
  write_sample_encryption(out, moof, all);
}

void write_moof(ByteWriter& out, const std::vector<Sample>& samples, std::uint32_t sequence,
                bool encrypted) {
  const std::size_t start = out.size();
  std::size_t offset_at = 0;
  {
    const Box moof(out, "moof");
    {
      const Box mfhd(out, "mfhd", 0, 0);
      out.u32(sequence);
    }
    const Box traf(out, "traf");
    const Common common = find_common(samples);
    write_tfhd(out, common, samples.front());
    {
      const Box tfdt(out, "tfdt", 1, 0);
      out.u64(static_cast<std::uint64_t>(samples.front().decode));
    }
    offset_at = write_trun(out, common, samples);
    if (encrypted) write_encryption(out, start, samples);
  }
  out.patch_u32(offset_at, out.size() - start + kMdatHeader);
}

void write_mdat(ByteWriter& out, const std::vector<Sample>& samples) {
  const Box mdat(out, "mdat");
  for (const auto& sample : samples) out.bytes(sample.bytes);
}

/// Gives the part of it up to the end of its first sample.
ByteRange write_fragment(ByteWriter& out, const std::vector<Sample>& samples,
                         std::uint32_t sequence, bool encrypted) {
  const std::size_t start = out.size();
  write_moof(out, samples, sequence, encrypted);
  const std::size_t first = out.size() - start + kMdatHeader + samples.front().bytes.size();
  write_mdat(out, samples);
  return {static_cast<std::int64_t>(start), static_cast<std::int64_t>(first)};
}

// How many packets from the front belong to one fragment: up to the next key picture that is told.
std::size_t fragment_size(const media::Track& track, Packets packets) {
  if (!track.video()) return packets.size();
  const auto far = [&](const media::Packet& packet) {
    return packet.key() && is_told_after(packets.front().pts(), packet.pts());
  };
  return static_cast<std::size_t>(std::find_if(packets.begin() + 1, packets.end(), far) -
                                  packets.begin());
}

struct Course {
  std::uint32_t& sequence;
  Cbcs* encryption;
};

void write_fragments(const media::Track& track, Packets packets, media::Time end, Course course,
                     SegmentBytes& to) {
  ByteWriter out(to.media);
  while (!packets.empty()) {
    const Packets own = packets.first(fragment_size(track, packets));
    packets = packets.subspan(own.size());
    const media::Time own_end = packets.empty() ? end : packets.front().dts();
    const auto samples = make_samples(track, own, own_end, course.encryption);
    const ByteRange first =
        write_fragment(out, samples, ++course.sequence, course.encryption != nullptr);
    if (track.video() && own.front().key()) to.keys.push_back({first, own.front().pts()});
  }
}

}  // namespace

SegmentBytes cmaf_media(const media::Track& track, const Segment& segment, std::uint32_t& sequence,
                        Cbcs* encryption) {
  SegmentBytes out;
  if (segment.packets.empty()) return out;
  ByteWriter writer(out.media);
  write_styp(writer);
  write_fragments(track, segment.packets, segment.decode_end, {sequence, encryption}, out);
  return out;
}

SegmentBytes cmaf_chunk(const media::Track& track, const Part& part, bool begins,
                        std::uint32_t& sequence, Cbcs* encryption) {
  SegmentBytes out;
  if (part.packets.empty()) return out;
  ByteWriter writer(out.media);
  if (begins) write_styp(writer);
  write_fragments(track, part.packets, part.decode_end, {sequence, encryption}, out);
  return out;
}

}  // namespace weir::hls
