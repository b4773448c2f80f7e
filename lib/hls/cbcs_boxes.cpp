#include <algorithm>

#include "hls/box_writer.h"
#include "hls/cbcs.h"

namespace weir::hls {
namespace {

constexpr std::size_t kMostInformation = 0xff;  // bytes of a sample that saiz can tell

void write_track_encryption(ByteWriter& out, bool video, const ContentKey& key) {
  // Version 1 is the one with a pattern.
  const Box box(out, "tenc", video ? 1 : 0, 0);
  out.u8(0);
  out.u8(video ? 0x19 : 0);  // one block encrypted, nine skipped
  out.u8(1);                 // protected
  out.u8(0);                 // no IV of each sample's own
  out.bytes(key.id);
  out.u8(key.iv.size());
  out.bytes(key.iv);
}

void write_protection(ByteWriter& out, ByteView format, bool video, const ContentKey& key) {
  const Box sinf(out, "sinf");
  {
    const Box frma(out, "frma");
    out.bytes(format);
  }
  {
    const Box schm(out, "schm", 0, 0);
    out.text("cbcs");
    out.u32(0x10000);
  }
  const Box schi(out, "schi");
  write_track_encryption(out, video, key);
}

std::size_t information_size(const Subsamples& sample) {
  return 2 + 6 * sample.size();
}

void write_sizes(ByteWriter& out, const std::vector<Subsamples>& samples) {
  const std::size_t first = information_size(samples.front());
  const bool same = std::all_of(samples.begin(), samples.end(),
                                [&](const auto& s) { return information_size(s) == first; });
  const Box saiz(out, "saiz", 0, 0);
  out.u8(same ? first : 0);
  out.u32(samples.size());
  if (same) return;
  for (const auto& sample : samples) out.u8(information_size(sample));
}

void write_offset(ByteWriter& out, std::size_t offset) {
  const Box saio(out, "saio", 0, 0);
  out.u32(1);
  out.u32(offset);
}

/// Returns where the information of the first sample begins.
std::size_t write_information(ByteWriter& out, bool subsamples,
                              const std::vector<Subsamples>& samples) {
  constexpr std::uint32_t kWithSubsamples = 2;
  const Box senc(out, "senc", 0, subsamples ? kWithSubsamples : 0);
  out.u32(samples.size());
  const std::size_t start = out.size();
  if (!subsamples) return start;
  for (const auto& sample : samples) {
    out.u16(sample.size());
    for (const auto& [clear, encrypted] : sample) {
      out.u16(clear);
      out.u32(encrypted);
    }
  }
  return start;
}

}  // namespace

void protect_sample_entry(Bytes& entry, bool video, const ContentKey& key) {
  constexpr std::size_t kTypeAt = 4;
  const auto type = entry.begin() + kTypeAt;
  const Bytes format(type, type + 4);
  const ByteView protected_type = as_bytes(video ? "encv" : "enca");
  std::copy(protected_type.begin(), protected_type.end(), type);
  ByteWriter out(entry);
  write_protection(out, format, video, key);
  out.patch_u32(0, out.size());
}

void write_sample_encryption(ByteWriter& out, std::size_t moof,
                             const std::vector<Subsamples>& samples) {
  const auto empty = [](const Subsamples& s) { return s.empty(); };
  const auto fits = [](const Subsamples& s) { return information_size(s) <= kMostInformation; };
  const bool subsamples = std::none_of(samples.begin(), samples.end(), empty);
  const bool located = subsamples && std::all_of(samples.begin(), samples.end(), fits);
  const std::size_t start = write_information(out, subsamples, samples);
  if (!located) return;
  write_sizes(out, samples);
  write_offset(out, start - moof);
}

}  // namespace weir::hls
