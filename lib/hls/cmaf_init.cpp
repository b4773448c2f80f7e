#include "hls/box_writer.h"
#include "hls/cmaf.h"
#include "hls/language.h"
#include "hls/sample_entry.h"
#include "hls/stream_facts.h"

namespace weir::hls {
namespace {

constexpr std::uint32_t kTrackId = 1;

void write_ftyp(ByteWriter& out, const media::Track& track) {
  const Box box(out, "ftyp");
  out.text("cmfc");
  out.u32(0);
  out.text("cmfc");
  out.text("iso6");
  if (!track.dolby_vision) return;
  out.text("dby1");
  const auto facts = stream_facts(track);
  out.text(media::compatible_brand(*track.dolby_vision, facts ? facts->colour.transfer : 2));
}

void write_matrix(ByteWriter& out) {
  for (const std::uint32_t value : {0x10000u, 0u, 0u, 0u, 0x10000u, 0u, 0u, 0u, 0x40000000u})
    out.u32(value);
}

void write_mvhd(ByteWriter& out, std::uint32_t timescale) {
  const Box box(out, "mvhd", 0, 0);
  out.zeros(8);  // no dates: the same input gives the same bytes
  out.u32(timescale);
  out.u32(0);  // duration is in the fragments
  out.u32(0x10000);
  out.u16(0x100);
  out.zeros(10);
  write_matrix(out);
  out.zeros(24);
  out.u32(kTrackId + 1);
}

std::uint64_t shown_width(const AVCodecParameters& par) {
  const AVRational shape = par.sample_aspect_ratio;
  if (shape.num <= 0 || shape.den <= 0) return static_cast<std::uint64_t>(par.width) << 16;
  return static_cast<std::uint64_t>(
      av_rescale(std::int64_t{par.width} << 16, shape.num, shape.den));
}

void write_tkhd(ByteWriter& out, const media::Track& track) {
  constexpr std::uint32_t kEnabledInMovie = 3;
  const Box box(out, "tkhd", 0, kEnabledInMovie);
  out.zeros(8);
  out.u32(kTrackId);
  out.zeros(4);
  out.u32(0);  // duration
  out.zeros(12);
  out.u16(track.audio() ? 0x100 : 0);
  out.u16(0);
  write_matrix(out);
  out.u32(track.video() ? shown_width(*track.par) : 0);
  out.u32(track.video() ? static_cast<std::uint64_t>(track.par->height) << 16 : 0);
}

void write_mdhd(ByteWriter& out, const media::Track& track) {
  const Box box(out, "mdhd", 0, 0);
  out.zeros(8);
  out.u32(cmaf_timescale(track.time_base));
  out.u32(0);
  const std::string code = language_code3(track.language);
  std::uint64_t packed = 0;
  for (const char c : code) packed = packed << 5 | static_cast<std::uint64_t>(c - 0x60);
  out.u16(packed);
  out.u16(0);
}

void write_hdlr(ByteWriter& out, bool video) {
  const Box box(out, "hdlr", 0, 0);
  out.zeros(4);
  out.text(video ? "vide" : "soun");
  out.zeros(12);
  out.text(video ? "video" : "sound");
  out.u8(0);
}

void write_elng(ByteWriter& out, const media::Track& track) {
  if (track.language.empty()) return;
  const Box box(out, "elng", 0, 0);
  out.text(language_tag(track.language));
  out.u8(0);
}

void write_media_header(ByteWriter& out, bool video) {
  const Box box(out, video ? "vmhd" : "smhd", 0, video ? 1 : 0);
  out.zeros(video ? 8 : 4);
}

void write_dinf(ByteWriter& out) {
  constexpr std::uint32_t kInThisFile = 1;
  const Box dinf(out, "dinf");
  const Box dref(out, "dref", 0, 0);
  out.u32(1);
  const Box url(out, "url ", 0, kInThisFile);
}

void write_empty_table(ByteWriter& out, std::string_view type, std::size_t content) {
  const Box box(out, type, 0, 0);
  out.zeros(content);
}

Result<void> write_stbl(ByteWriter& out, const media::Track& track, ByteView first_sample,
                        const std::optional<ContentKey>& key) {
  Bytes entry;
  ByteWriter entry_out(entry);
  WEIR_TRY(write_sample_entry(entry_out, track, first_sample));
  if (key) protect_sample_entry(entry, track.video(), *key);
  const Box stbl(out, "stbl");
  {
    const Box stsd(out, "stsd", 0, 0);
    out.u32(1);
    out.bytes(entry);
  }
  write_empty_table(out, "stts", 4);
  write_empty_table(out, "stsc", 4);
  write_empty_table(out, "stsz", 8);
  write_empty_table(out, "stco", 4);
  return {};
}

Result<void> write_mdia(ByteWriter& out, const media::Track& track, ByteView first_sample,
                        const std::optional<ContentKey>& key) {
  const Box mdia(out, "mdia");
  write_mdhd(out, track);
  write_hdlr(out, track.video());
  write_elng(out, track);
  const Box minf(out, "minf");
  write_media_header(out, track.video());
  write_dinf(out);
  return write_stbl(out, track, first_sample, key);
}

void write_mvex(ByteWriter& out) {
  const Box mvex(out, "mvex");
  const Box trex(out, "trex", 0, 0);
  out.u32(kTrackId);
  out.u32(1);  // the one sample entry
  out.zeros(12);
}

}  // namespace

std::uint32_t cmaf_timescale(AVRational time_base) {
  int num = 0, den = 0;
  av_reduce(&num, &den, time_base.num, time_base.den, INT32_MAX);
  return static_cast<std::uint32_t>(den);
}

Result<Bytes> cmaf_init(const media::Track& track, ByteView first_sample,
                        const std::optional<ContentKey>& key) {
  Bytes bytes;
  ByteWriter out(bytes);
  write_ftyp(out, track);
  {
    const Box moov(out, "moov");
    write_mvhd(out, cmaf_timescale(track.time_base));
    {
      const Box trak(out, "trak");
      write_tkhd(out, track);
      WEIR_TRY(write_mdia(out, track, first_sample, key));
    }
    write_mvex(out);
  }
  return bytes;
}

}  // namespace weir::hls
