// The rules of draft-pantos-hls-rfc8216bis on media and on playlists in general.
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
    {"draft-VERSION", kMust, true, kAll, "EXT-X-VERSION is high enough for what the playlist uses",
     "the tags and attributes of the playlist against the versions they came with, from 2 (IV) to "
     "13 (INSTREAM-ID of any type)."},
    {"draft-ONCE", kMust, true, kAll, "tags for the whole playlist stand there once",
     "EXT-X-START, EXT-X-ENDLIST, EXT-X-I-FRAMES-ONLY, EXT-X-INDEPENDENT-SEGMENTS, EXT-X-PART-INF, "
     "EXT-X-SERVER-CONTROL, EXT-X-SKIP and EXT-X-CONTENT-STEERING; other tags are with "
     "draft-SYNTAX."},
    {"draft-KIND", kMust, true, kAll, "no tag of the other kind of playlist",
     "tags of media playlists in multivariant ones and the other way round; EXT-X-STREAM-INF, "
     "EXT-X-MEDIA, EXTINF and EXT-X-TARGETDURATION are with draft-SYNTAX."},
    {"draft-URI", kMust, true, kAll, "URIs are made of the characters RFC 3986 allows",
     "each line that is a URI and each attribute URI."},
    {"draft-QUOTES", kMust, true, kAll,
     "attributes are quoted where the draft has a quoted string, and only there",
     "the attributes of the draft by a table."},
    {"draft-VALUE", kMust, true, kAll, "numbers are numbers, and yes is YES",
     "the attributes of the draft by a table."},
    {"draft-DEFINE", kMust, true, kAll,
     "EXT-X-DEFINE has one of NAME with VALUE, IMPORT and QUERYPARAM, and IMPORT in media "
     "playlists only",
     "the attributes."},
    {"draft-DEFINE-TWICE", kMust, true, kAll, "a variable is defined once",
     "the names EXT-X-DEFINE gives in one playlist."},
    {"draft-START", kMust, true, kAll, "EXT-X-START has TIME-OFFSET, a number", "the attribute."},
    {"draft-START-RANGE", kShould, true, kAll, "EXT-X-START lies within the playlist",
     "TIME-OFFSET against the sum of EXTINF."},
    {"draft-ALLOW-CACHE", kShould, true, kAll, "EXT-X-ALLOW-CACHE is a thing of the past",
     "the tag."},
    {"draft-PROGRAM-ID", kShould, true, kAll, "PROGRAM-ID is a thing of the past",
     "the attribute."},
    {"draft-KEY-METHOD", kMust, true, kAll, "METHOD of a key is one of the draft",
     "the attribute of EXT-X-KEY and EXT-X-SESSION-KEY."},
    {"draft-KEY-URI", kMust, true, kAll, "a key has its URI, and METHOD=NONE nothing beside",
     "the attributes of EXT-X-KEY."},
    {"draft-KEY-IV", kMust, true, kAll, "IV is 128 bits in hexadecimal", "the attribute."},
    {"draft-KEYFORMATVERSIONS", kMust, true, kAll,
     "KEYFORMATVERSIONS is whole numbers with slashes between", "the attribute."},
    {"draft-SESSION-KEY", kMust, true, kAll,
     "EXT-X-SESSION-KEY has a METHOD other than NONE and a URI", "the attributes."},
    {"draft-SESSION-KEY-TWICE", kMust, true, kAll, "session keys differ",
     "METHOD, URI, IV, KEYFORMAT and KEYFORMATVERSIONS of each EXT-X-SESSION-KEY."},
    {"draft-MEDIA-SEQUENCE", kMust, true, kAll, "EXT-X-MEDIA-SEQUENCE comes before the segments",
     "the order of the lines."},
    {"draft-DISCONTINUITY-SEQUENCE", kMust, true, kAll,
     "EXT-X-DISCONTINUITY-SEQUENCE comes before segments and discontinuities",
     "the order of the lines."},
    {"draft-DATE", kMust, true, kAll, "EXT-X-PROGRAM-DATE-TIME is a date with a time",
     "the value as ISO 8601."},
    {"draft-DATE-ZONE", kShould, true, kAll,
     "EXT-X-PROGRAM-DATE-TIME tells its time zone, and milliseconds", "the value."},
    {"draft-DATE-DRIFT", kShould, true, kAll, "dates go on as EXTINF says",
     "from one dated segment to the next without a discontinuity between; allowed is half a "
     "second."},
    {"draft-DATE-ALL", kMust, true, kAll, "all renditions have dates, or none",
     "EXT-X-PROGRAM-DATE-TIME in the playlists of picture and sound."},
    {"draft-ENDLIST", kShould, true, kAll, "a VOD playlist ends with EXT-X-ENDLIST",
     "the tag, where EXT-X-PLAYLIST-TYPE is VOD."},
    {"draft-WINDOW", kMust, true, kAll, "a live playlist is at least three target durations long",
     "the sum of EXTINF, where segments were removed."},
};

}  // namespace

std::span<const Rule> draft_rules() {
  return kRules;
}

}  // namespace weir::probe
