#include "probe/init_facts.h"

#include <algorithm>
#include <string_view>

namespace weir::probe {
namespace {

constexpr std::size_t kMostTracks = 100;
constexpr std::size_t kMostBoxes = 1000;
// Of the sample entries of pictures and of sound, before the boxes in them.
constexpr std::size_t kVideoEntry = 78, kSoundEntry = 28;

std::int64_t number(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8 | (at + i < bytes.size() ? bytes[at + i] : 0);
  return static_cast<std::int64_t>(value & INT64_MAX);
}

// Calls `visit(type, payload)` for the boxes side by side in `bytes`.
template <typename Visit>
void each_box(ByteView bytes, Visit visit) {
  for (std::size_t count = 0; bytes.size() >= 8 && count < kMostBoxes; ++count) {
    const auto size = static_cast<std::size_t>(number(bytes, 0, 4));
    if (size < 8 || size > bytes.size()) return;
    visit(as_text(bytes.subspan(4, 4)), bytes.subspan(8, size - 8));
    bytes = bytes.subspan(size);
  }
}

/// The payload of the first box on a path; empty when there is none.
ByteView find(ByteView bytes, std::initializer_list<std::string_view> path) {
  for (const auto wanted : path) {
    ByteView found;
    each_box(bytes, [&](std::string_view type, ByteView payload) {
      if (type == wanted && found.empty()) found = payload;
    });
    bytes = found;
  }
  return bytes;
}

// mvhd and tkhd: versions 0 and 1 have numbers of another length in front.
std::int64_t duration_of(ByteView full_box, std::size_t between) {
  const bool large = !full_box.empty() && full_box[0] == 1;
  const std::size_t stamps = large ? 16 : 8;
  return number(full_box, 4 + stamps + between, large ? 8 : 4);
}

void read_protection(ByteView sinf, InitTrack& track) {
  const ByteView tenc = find(sinf, {"schi", "tenc"});
  if (tenc.size() < 6) return;
  track.crypt_blocks = tenc[0] == 0 ? 0 : tenc[5] >> 4;
  track.skip_blocks = tenc[0] == 0 ? 0 : tenc[5] & 15;
}

// ISO/IEC 14496-15 section 8.3.3.1.2: arrays of units of one type. Prefix SEI messages 137 and 144
// (ITU-T H.265 annex D) are the mastering display and the light level.
bool tells_light(ByteView hvcc) {
  constexpr int kPrefixSei = 39, kMastering = 137, kLight = 144;
  bool mastering = false, light = false;
  std::size_t at = 23;
  for (int arrays = static_cast<int>(number(hvcc, 22, 1)); arrays > 0; --arrays) {
    const auto type = number(hvcc, at, 1) & 63;
    auto units = number(hvcc, at + 1, 2);
    for (at += 3; units > 0 && at + 2 <= hvcc.size(); --units) {
      const auto message = number(hvcc, at + 4, 1);  // behind its length and the header of the unit
      mastering = mastering || (type == kPrefixSei && message == kMastering);
      light = light || (type == kPrefixSei && message == kLight);
      at += 2 + static_cast<std::size_t>(number(hvcc, at, 2));
    }
  }
  return mastering && light;
}

void read_entry(ByteView stsd, InitTrack& track) {
  if (stsd.size() < 16) return;
  const ByteView entry = stsd.subspan(8);
  track.entry = as_text(entry.subspan(4, 4));
  const std::size_t fields = track.handler == "vide" ? kVideoEntry : kSoundEntry;
  const auto size = std::min<std::size_t>(std::size_t(number(entry, 0, 4)), entry.size());
  if (size < 8 + fields) return;
  each_box(entry.subspan(8 + fields, size - 8 - fields),
           [&](std::string_view type, ByteView payload) {
             if (track.children.size() < kMostBoxes) track.children.emplace(type);
             if (type == "sinf") read_protection(payload, track);
             if (type == "hvcC" && tells_light(payload)) track.mastering_light = true;
             const ByteView stri = type == "vexu" ? find(payload, {"eyes", "stri"}) : ByteView();
             if (stri.size() >= 5) track.stereo = (stri[4] & 3) == 3;
           });
  if (track.children.count("mdcv") > 0 && track.children.count("clli") > 0)
    track.mastering_light = true;
}

InitTrack read_track(ByteView trak) {
  InitTrack track;
  track.duration = duration_of(find(trak, {"tkhd"}), 8);
  const ByteView handler = find(trak, {"mdia", "hdlr"});
  if (handler.size() >= 12) track.handler = as_text(handler.subspan(8, 4));
  track.loudness = !find(trak, {"udta", "ludt"}).empty();
  read_entry(find(trak, {"mdia", "minf", "stbl", "stsd"}), track);
  return track;
}

void read_brands(ByteView ftyp, InitFacts& out) {
  for (std::size_t at = 0; at + 4 <= ftyp.size() && out.brands.size() < kMostBoxes; at += 4)
    if (at != 4) out.brands.emplace(as_text(ftyp.subspan(at, 4)));
}

}  // namespace

InitFacts read_init(ByteView init) {
  InitFacts out;
  each_box(init, [&](std::string_view type, ByteView payload) {
    if (type == "ftyp") read_brands(payload, out);
    if (type != "moov") return;
    out.has_movie = true;
    const bool loudness = !find(payload, {"udta", "ludt"}).empty();
    out.duration = duration_of(find(payload, {"mvhd"}), 4);
    each_box(payload, [&](std::string_view kind, ByteView box) {
      if (kind == "mvex") out.extended = true;
      if (kind != "trak" || out.tracks.size() >= kMostTracks) return;
      out.tracks.push_back(read_track(box));
      out.tracks.back().loudness = out.tracks.back().loudness || loudness;
    });
  });
  return out;
}

}  // namespace weir::probe
