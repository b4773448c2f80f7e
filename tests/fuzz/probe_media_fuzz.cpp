// Fuzzes what probe reads of MP4, MPEG-TS and FLV with parsers of its own. The first byte says
// which, the second in pieces of how many bytes the rest is fed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "probe/check_flv.h"
#include "probe/edit_list.h"
#include "probe/fragment_scan.h"
#include "probe/ts_scan.h"

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView bytes(data + 2, size - 2);
  const std::size_t step = data[1] + 1u;
  switch (data[0] & 3u) {
    case 0:
      check_edits(bytes);
      break;
    case 1:
      check_fragments(bytes, step);
      break;
    case 2:
      check_ts(bytes, step);
      break;
    default:
      check_flv(bytes, step);
  }
  return 0;
}
