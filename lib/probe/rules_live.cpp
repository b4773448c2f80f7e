// The rules of draft-pantos-hls-rfc8216bis that need a live playlist more than once: --watch
// decides them.
#include "probe/rule_tables.h"

namespace weir::probe {
namespace {

using enum Severity;

constexpr Rule kRules[] = {
    {"draft-RELOAD-TARGET", kMust, true, kAll, "EXT-X-TARGETDURATION and PART-TARGET stay",
     "--watch: from one reload to the next."},
    {"draft-RELOAD-TYPE", kMust, true, kAll,
     "EXT-X-PLAYLIST-TYPE stays, and with one nothing is removed",
     "--watch: from one reload to the next."},
    {"draft-RELOAD-END", kMust, true, kAll, "nothing comes behind EXT-X-ENDLIST, and it stays",
     "--watch: from one reload to the next."},
    {"draft-RELOAD-SEQUENCE", kMust, true, kAll,
     "EXT-X-MEDIA-SEQUENCE never goes back, and goes on by the segments removed",
     "--watch: a segment that is listed again has the same number; within three target durations "
     "no number is left out."},
    {"draft-RELOAD-DISCONTINUITY", kMust, true, kAll,
     "EXT-X-DISCONTINUITY-SEQUENCE goes on by the discontinuities removed",
     "--watch: as many discontinuities are in front of a segment that is listed again, counted and "
     "listed ones together."},
    {"draft-RELOAD-CHANGE", kMust, true, kAll,
     "what is listed stays as it was, until it is removed from the front",
     "--watch: URI, byte range, EXTINF, key, initialization section, gap, discontinuity and parts "
     "of what is listed again; nothing is removed at the end."},
    {"draft-RELOAD-DATE", kShould, true, kAll, "the date of a segment stays",
     "--watch: of a segment that is listed again, told or counted from the ones in front of it. "
     "Allowed is a tenth of a second."},
    {"draft-RELOAD-LATE", kShould, true, kAll,
     "a live playlist has something new within 1.5 target durations",
     "--watch: from the first answer with the last segment or part to the last request that "
     "brought nothing newer. What may have come between two requests is not counted."},
    {"draft-GAP", kMust, true, kAll, "missing segments are marked by EXT-X-GAP",
     "--watch: new segments and parts of all renditions are asked for with HEAD. Without it, "
     "draft-READ finds what is missing."},
    {"draft-REMOVED", kMust, true, kAll,
     "removed segments remain for their duration and that of the playlist",
     "--watch: HEAD, a second before that time is over, or at the end of the watch."},
    {"draft-PART-REMOVED", kMust, true, kAll,
     "parts remain for three target durations after they were listed",
     "--watch: as draft-REMOVED."},
    {"draft-PRELOAD-HINT-KEPT", kMust, true, kAll, "what is hinted at is the next part",
     "--watch: the first part that is new, unless it is a gap or a discontinuity comes first."},
    {"draft-RENDITION-REPORT-TRUE", kMust, true, kAll,
     "EXT-X-RENDITION-REPORT tells how far the rendition is",
     "--watch: against the playlist of that rendition, where it is asked for after the report was "
     "read, and against where it was a target duration before."},
    {"draft-DELTA", kMust, true, kAll, "a delta update is the playlist less what was skipped",
     "--watch: what is skipped was there before, and ends CAN-SKIP-UNTIL before the end; every "
     "eighth time the whole playlist is compared with what the updates gave."},
    {"draft-BLOCKING-HOLD", kMust, true, kAll,
     "a blocking request is answered with what it asks for", "--watch: _HLS_msn and _HLS_part."},
    {"draft-BLOCKING-503", kShould, true, kAll,
     "a request is held for three target durations at most, and then answered with 503",
     "--watch: the time until the answer; allowed is a second more."},
    {"draft-BLOCKING-PART", kMust, true, kAll, "_HLS_part without _HLS_msn is refused with 400",
     "--watch: such a request, once."},
    {"draft-BLOCKING-AHEAD", kShould, true, kAll,
     "a request for what is far ahead is refused with 400",
     "--watch: a request for the hundredth segment from now, once."},
};

}  // namespace

std::span<const Rule> live_rules() {
  return kRules;
}

}  // namespace weir::probe
