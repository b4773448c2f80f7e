// Fuzzes what probe reads of MP4, MPEG-TS, FLV and coded pictures with parsers of its own. The
// first byte says which, the second in pieces of how many bytes the rest is fed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "probe/check_flv.h"
#include "probe/edit_list.h"
#include "probe/fragment_scan.h"
#include "probe/init_facts.h"
#include "probe/ts_scan.h"
#include "probe/unit_reader.h"

namespace {

using weir::ByteView;

void feed(ByteView bytes, std::size_t step, const auto& take) {
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(step, bytes.size()));
    bytes = bytes.subspan(piece.size());
    if (!take(piece)) return;
  }
}

void check_edits(ByteView bytes) {
  for (const auto& track : weir::probe::read_edit_lists(bytes)) {
    if (track.edits.size() * 12 > bytes.size() + 12) std::abort();
    for (const auto& edit : track.edits)
      if (edit.media_us < -1 || edit.duration_us < 0) std::abort();
  }
}

void check_fragments(ByteView bytes, std::size_t step) {
  weir::probe::FragmentScan scan;
  feed(bytes, step, [&](ByteView piece) {
    scan.feed(piece);
    return true;
  });
  const auto size = static_cast<std::int64_t>(bytes.size());
  for (const std::int64_t at : {std::int64_t{0}, size / 2, size}) {
    (void)scan.first_offset(1, at);
    if (scan.fragment(at) > bytes.size()) std::abort();
  }
}

void check_ts(ByteView bytes, std::size_t step) {
  weir::probe::TsScan scan;
  feed(bytes, step, [&](ByteView piece) {
    scan.feed(piece);
    return true;
  });
  const auto facts = scan.facts();
  if (facts && facts->lost > static_cast<std::int64_t>(bytes.size() / 188)) std::abort();
}

void check_flv(ByteView bytes, std::size_t step) {
  weir::probe::FlvCheck check("fuzz");
  feed(bytes, step, [&](ByteView piece) { return check.feed(piece).has_value(); });
  (void)check.finish();
}

void check_init(ByteView bytes) {
  const auto facts = weir::probe::read_init(bytes);
  if (facts.tracks.size() > bytes.size() / 8) std::abort();
}

// The first `params` bytes are parameter sets, the rest units of 64 bytes at most.
void check_units(AVCodecID codec, ByteView bytes, std::size_t params) {
  const auto sets = bytes.first(std::min(params, bytes.size()));
  const auto reader = weir::probe::UnitReader::open(codec, sets);
  if (!reader) return;
  weir::probe::PictureOrder order(reader->order_bits());
  for (auto rest = bytes.subspan(sets.size()); !rest.empty();) {
    const auto unit = rest.first(std::min<std::size_t>(64, rest.size()));
    if (const auto head = reader->head(unit)) (void)order.next(*head);
    rest = rest.subspan(std::min<std::size_t>(unit.size(), 1 + unit.size() / 2));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView bytes(data + 2, size - 2);
  const std::size_t step = data[1] + 1u;
  switch (data[0] & 7u) {
    case 0:
      check_edits(bytes);
      break;
    case 1:
      check_fragments(bytes, step);
      break;
    case 2:
      check_ts(bytes, step);
      break;
    case 3:
      check_flv(bytes, step);
      break;
    case 4:
    case 5:
      check_init(bytes);
      break;
    case 6:
      check_units(AV_CODEC_ID_H264, bytes, step);
      break;
    default:
      check_units(AV_CODEC_ID_HEVC, bytes, step);
  }
  return 0;
}
