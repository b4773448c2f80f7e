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
constexpr std::size_t kLength = 4;  // of the length before a NAL unit

struct Sample {
  std::vector<ByteView> nals;  // of pictures that have them, each to be stored behind its length
  ByteView bytes;              // else
  std::size_t size = 0;
  Subsamples subsamples;    // when encrypted
  std::int64_t decode = 0;  // ticks of the timescale
  std::int64_t presentation = 0;
  std::uint32_t duration = 0;
  std::uint32_t flags = kSync;
};

bool has_nals(AVCodecID codec) {
  return codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC;
}

/// What a sample is made of, wherever possible where it lies in the packet.
class Content {
 public:
  /// What has to be made anew is kept in `to`.
  Content(AVCodecID codec, Cbcs* encryption, Pieces& to)
      : codec_(codec), encryption_(encryption), to_(to) {}

  void fill(Sample& sample, const media::Packet& packet) {
    if (encryption_ != nullptr) return fill_encrypted(sample, packet);
    if (!has_nals(codec_)) return fill(sample, plain(packet));
    sample.nals = media::sample_nals(codec_, packet.bytes());
    for (const ByteView nal : sample.nals) sample.size += kLength + nal.size();
  }

 private:
  static void fill(Sample& sample, ByteView bytes) {
    sample.bytes = bytes;
    sample.size = bytes.size();
  }
  ByteView plain(const media::Packet& packet) {
    if (codec_ != AV_CODEC_ID_AV1) return packet.bytes();
    return to_.keep(media::without_temporal_delimiters(packet.bytes()));
  }
  void fill_encrypted(Sample& sample, const media::Packet& packet) {
    if (packet.key()) encryption_->learn(packet.bytes());
    const ByteView clear = packet.bytes();
    const auto bytes = to_.keep(has_nals(codec_) ? media::to_length_prefixed(codec_, clear)
                                                 : Bytes(clear.begin(), clear.end()));
    sample.subsamples = encryption_->encrypt(bytes);
    fill(sample, bytes);
  }

  const AVCodecID codec_;
  Cbcs* encryption_;
  Pieces& to_;
};

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
                                 Content content) {
  const std::int64_t scale = multiplier(track.time_base);
  std::vector<Sample> samples;
  samples.reserve(packets.size());
  for (const auto& packet : packets) {
    Sample sample;
    content.fill(sample, packet);
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

Bytes styp() {
  Bytes bytes;
  ByteWriter out(bytes);
  write_styp(out);
  return bytes;
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
    out.u32(sample.size);
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

std::size_t content_size(const std::vector<Sample>& samples) {
  std::size_t size = 0;
  for (const auto& sample : samples) size += sample.size;
  return size;
}

Bytes lengths(const std::vector<Sample>& samples) {
  Bytes bytes;
  ByteWriter out(bytes);
  for (const auto& sample : samples)
    for (const ByteView nal : sample.nals) out.u32(nal.size());
  return bytes;
}

void add_content(Pieces& to, const std::vector<Sample>& samples) {
  ByteView before = to.keep(lengths(samples));
  for (const auto& sample : samples) {
    to.borrow(sample.bytes);
    for (const ByteView nal : sample.nals) {
      to.borrow(before.first(kLength));
      to.borrow(nal);
      before = before.subspan(kLength);
    }
  }
}

/// Gives the part of it up to the end of its first sample.
ByteRange add_fragment(Pieces& to, const std::vector<Sample>& samples, std::uint32_t sequence,
                       bool encrypted) {
  Bytes head;
  ByteWriter out(head);
  write_moof(out, samples, sequence, encrypted);
  out.u32(kMdatHeader + content_size(samples));
  out.text("mdat");
  const std::size_t first = head.size() + samples.front().size;
  const std::size_t start = to.size();
  to.add(std::move(head));
  add_content(to, samples);
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

void add_fragments(const media::Track& track, Packets packets, media::Time end, Course course,
                   SegmentBytes& to) {
  const Content content(track.codec(), course.encryption, to.media);
  while (!packets.empty()) {
    const Packets own = packets.first(fragment_size(track, packets));
    packets = packets.subspan(own.size());
    const media::Time own_end = packets.empty() ? end : packets.front().dts();
    const auto samples = make_samples(track, own, own_end, content);
    const ByteRange first =
        add_fragment(to.media, samples, ++course.sequence, course.encryption != nullptr);
    if (track.video() && own.front().key()) to.keys.push_back({first, own.front().pts()});
  }
}

}  // namespace

SegmentBytes cmaf_media(const media::Track& track, const Segment& segment, std::uint32_t& sequence,
                        Cbcs* encryption) {
  SegmentBytes out;
  if (segment.packets.empty()) return out;
  out.media.add(styp());
  add_fragments(track, segment.packets, segment.decode_end, {sequence, encryption}, out);
  return out;
}

SegmentBytes cmaf_chunk(const media::Track& track, const Part& part, bool begins,
                        std::uint32_t& sequence, Cbcs* encryption) {
  SegmentBytes out;
  if (part.packets.empty()) return out;
  if (begins) out.media.add(styp());
  add_fragments(track, part.packets, part.decode_end, {sequence, encryption}, out);
  return out;
}

}  // namespace weir::hls
