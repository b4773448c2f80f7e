#include "probe/fragment_scan.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace weir::probe {
namespace {

// A moof is a few bytes a sample; more than these is no segment a player would take.
constexpr std::int64_t kMaxMoof = 8 << 20;
constexpr std::size_t kMaxFragments = 100'000;

std::uint32_t u32(ByteView bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

std::string_view type_at(ByteView bytes, std::size_t at) {
  return as_text(bytes.subspan(at, 4));
}

// Calls `visit(type, payload)` for the boxes side by side in `bytes`.
template <typename Visit>
void each_box(ByteView bytes, Visit visit) {
  while (bytes.size() >= 8) {
    const std::size_t size = u32(bytes, 0);
    if (size < 8 || size > bytes.size()) return;
    visit(type_at(bytes, 4), bytes.subspan(8, size - 8));
    bytes = bytes.subspan(size);
  }
}

// Flags of tfhd: no base-data-offset-present, but default-base-is-moof.
bool is_relative(std::uint32_t flags) {
  return (flags & 0x1) == 0 && (flags & 0x020000) != 0;
}

// Composition offset of the first sample of a trun; 0 when it carries none.
std::optional<std::int64_t> first_composition_offset(ByteView trun) {
  if (trun.size() < 8 || u32(trun, 4) == 0) return {};
  const std::uint32_t flags = u32(trun, 0) & 0xFFFFFF;
  if ((flags & 0x800) == 0) return 0;
  std::size_t at = 8;
  // data offset, first sample flags; then of the sample: duration, size, flags
  for (const std::uint32_t field : {0x1u, 0x4u, 0x100u, 0x200u, 0x400u})
    if ((flags & field) != 0) at += 4;
  if (trun.size() < at + 4) return {};
  const std::uint32_t value = u32(trun, at);
  // libavformat reads it as signed in either version, and so does everybody else.
  return static_cast<std::int32_t>(value);
}

}  // namespace

void FragmentScan::feed(ByteView bytes) {
  while (!bytes.empty() && !lost_) {
    if (skip_ > 0) {
      const auto part = std::min<std::int64_t>(skip_, std::int64_t(bytes.size()));
      skip_ -= part;
      position_ += part;
      bytes = bytes.subspan(static_cast<std::size_t>(part));
      continue;
    }
    const std::size_t part = std::min(bytes.size(), wanted_ - held_.size());
    held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(part));
    position_ += std::int64_t(part);
    bytes = bytes.subspan(part);
    if (held_.size() < wanted_) return;
    in_moof_ ? take_moof() : take_header();
  }
}

void FragmentScan::take_header() {
  std::uint64_t size = u32(held_, 0);
  if (size == 1 && wanted_ == 8) {  // a 64-bit size follows the type
    wanted_ = 16;
    return;
  }
  if (size == 1) size = std::uint64_t{u32(held_, 8)} << 32 | u32(held_, 12);
  const bool moof = type_at(held_, 4) == "moof";
  const std::uint64_t rest = size - held_.size();
  lost_ = size < held_.size() || rest > std::uint64_t(std::numeric_limits<std::int64_t>::max()) ||
          (moof && (rest > kMaxMoof || rest == 0)) || fragments_.size() >= kMaxFragments;
  in_moof_ = moof;
  wanted_ = moof ? static_cast<std::size_t>(rest) : 8;
  skip_ = moof || lost_ ? 0 : static_cast<std::int64_t>(rest);
  held_.clear();
}

void FragmentScan::take_moof() {
  Fragment fragment{position_, {}};
  each_box(held_, [&](std::string_view type, ByteView traf) {
    if (type != "traf") return;
    std::int64_t track = -1;
    std::optional<std::int64_t> offset;
    bool timed = false, relative = true, senc = false, saiz = false, saio = false;
    each_box(traf, [&](std::string_view kind, ByteView payload) {
      timed = timed || kind == "tfdt";
      senc = senc || kind == "senc";
      saiz = saiz || kind == "saiz";
      saio = saio || kind == "saio";
      if (kind == "tfhd" && payload.size() >= 8) track = u32(payload, 4);
      if (kind == "tfhd" && payload.size() >= 8) relative = is_relative(u32(payload, 0));
      if (kind == "trun" && !offset) offset = first_composition_offset(payload);
    });
    facts_.without_time += timed ? 0 : 1;
    facts_.absolute += relative ? 0 : 1;
    facts_.tracks += 1;
    facts_.unkeyed += senc || (saiz && saio) ? 0 : 1;
    if (track >= 0 && offset) fragment.offsets.push_back({track, *offset});
  });
  fragments_.push_back(std::move(fragment));
  held_.clear();
  in_moof_ = false;
  wanted_ = 8;
}

std::size_t FragmentScan::fragment(std::int64_t position) const {
  const auto after =
      std::upper_bound(fragments_.begin(), fragments_.end(), position,
                       [](std::int64_t at, const Fragment& fragment) { return at < fragment.end; });
  return static_cast<std::size_t>(after - fragments_.begin());
}

std::optional<std::int64_t> FragmentScan::first_offset(std::int64_t track_id,
                                                       std::int64_t position) const {
  const std::size_t index = fragment(position);
  if (index == 0) return {};
  for (const auto& [track, offset] : fragments_[index - 1].offsets)
    if (track == track_id) return offset;
  return {};
}

}  // namespace weir::probe
