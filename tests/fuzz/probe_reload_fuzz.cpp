// Fuzzes the versions of a live playlist, parted by a byte 0xFF, as a watch takes them one after
// the other: delta updates, comparisons, files to ask for, reports, and what a player fetches next.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "base/bytes.h"
#include "probe/live_reports.h"
#include "probe/live_track.h"
#include "probe/segment_cursor.h"

namespace {

using namespace weir;
using namespace weir::probe;

/// Takes what it is given, some pieces at a time.
void play(std::optional<SegmentCursor>& cursor, const LivePlaylist& list) {
  if (!cursor) cursor = SegmentCursor::begin(list);
  for (int i = 0; i < 8; ++i) {
    const auto next = cursor->next(list);
    (void)cursor->boundary(list);
    if (next.what == NextPiece::What::kGone) cursor = SegmentCursor::begin(list);
    if (next.what != NextPiece::What::kFetch) return;
    (void)SegmentCursor::at(list, next.piece.at.number, next.piece.date_us);
    cursor->pass(next.piece);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = as_text(ByteView(data, size));
  LiveFindings out;
  LiveTrack track("http://host/live.m3u8", out);
  LiveReports reports(out);
  std::optional<SegmentCursor> cursor;
  std::int64_t now = 0;
  while (!rest.empty()) {
    const auto ask = track.next();
    if (!ask) break;
    const std::size_t end = std::min(rest.find('\xFF'), rest.size());
    LiveAnswer answer;
    answer.status = 200;
    answer.text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    answer.asked_us = now = std::max(now, ask->at_us);
    answer.answered_us = now += 1'000'000;
    track.answer(*ask, answer);
    if (track.reload() == nullptr) continue;
    reports.take(track.uri(), *track.reload());
    play(cursor, track.reload()->list);
    while (const auto check = track.checks().take(now))
      judge_check(*check, check->line % 2 == 0 ? 200 : 404, now, {out, track.uri(), now});
  }
  track.finish(now);
  for (const auto& finding : out.take())
    if (finding.rule == nullptr) std::abort();
  return 0;
}
