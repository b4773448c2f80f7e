// The rules of draft-pantos-hls-rfc8216bis.
#include "probe/rule_tables.h"

namespace weir::probe {
namespace {

using enum Severity;

constexpr Rule kRules[] = {
    {"draft-READ", kMust, true, kAll, "every playlist and segment can be read",
     "each playlist, initialization section, segment and byte range is fetched; segments "
     "are opened as media and read to their end."},
    {"draft-SYNTAX", kMust, true, kAll, "playlists follow the grammar",
     "each line: encoding, attribute lists, numbers, tags that come twice, in the wrong "
     "kind of playlist or not at all. Date ranges too: ID and START-DATE, dates and "
     "durations that agree, END-ON-NEXT with CLASS and without an end, the same attributes "
     "wherever an ID comes again, and dated segments beside them."},
    {"draft-TARGETDURATION", kMust, true, kAll,
     "no EXTINF, rounded, is longer than EXT-X-TARGETDURATION",
     "EXTINF, rounded to whole seconds."},
    {"draft-EXTINF", kMust, true, kAll, "each EXTINF is as long as its media, within a frame",
     "from the first stamp of the segment to the first of the next, or to its own end "
     "before a discontinuity. Allowed is one picture; half a second for whole numbers "
     "below version 3."},
    {"draft-BANDWIDTH", kMust, true, kAll, "no run of segments needs more than BANDWIDTH",
     "the largest bit rate of any run of segments that lasts between 0.5 and 1.5 target "
     "durations, plus that of the worst sound rendition of the group."},
    {"draft-CODECS", kMust, true, kAll, "CODECS names what the bitstream holds",
     "the entries of the variant and of its sound group, from their bitstreams."},
    {"draft-RESOLUTION", kMust, true, kAll, "RESOLUTION is the size of the picture",
     "the cropped size of the picture."},
    {"draft-FRAME-RATE", kMust, true, kAll, "FRAME-RATE is the rate of the pictures",
     "pictures a second from the stamps, where they are evenly spaced. Allowed are 0.02."},
    {"draft-AUDIO", kMust, true, kAll, "the AUDIO group of a variant exists",
     "the groups of EXT-X-MEDIA."},
    {"draft-SUBTITLES", kMust, true, kAll, "the SUBTITLES group of a variant exists",
     "the groups of EXT-X-MEDIA."},
    {"draft-CLOSED-CAPTIONS", kMust, true, kAll,
     "the CLOSED-CAPTIONS group of a variant exists, or all variants have NONE",
     "the attribute, and the groups of EXT-X-MEDIA."},
};

}  // namespace

std::span<const Rule> draft_rules() {
  return kRules;
}

}  // namespace weir::probe
