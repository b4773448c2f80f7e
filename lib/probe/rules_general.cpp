// The rules of Apple's HLS Authoring Specification that hold on every device.
#include "probe/rule_tables.h"

namespace weir::probe {
namespace {

using enum Severity;

constexpr Rule kRules[] = {
    {"general-1.26", kMust, true, kAll, "VOD: measured average within 10 % of AVERAGE-BANDWIDTH",
     "all bytes over all EXTINF, plus that of the worst sound rendition and the worst "
     "subtitles. Ended playlists only."},
    {"general-1.27", kMust, true, kAll, "VOD: measured peak within 10 % of BANDWIDTH",
     "the peak as for draft-BANDWIDTH. Ended playlists only."},
    {"general-5.3", kMust, true, kAll, "WebVTT segments have X-TIMESTAMP-MAP",
     "the lines above the first empty one; subtitles in fMP4 are not looked into."},
    {"general-7.3", kMust, true, kAll, "stamps go on from segment to segment",
     "from the end of each segment to the first stamp of the next, of picture and of "
     "sound, where no discontinuity is announced. Allowed are 0.6 of a picture and 2 ms of "
     "sound."},
    {"general-7.4", kMust, true, kAll, "every video segment opens with an IDR picture",
     "the first picture of the segment in decoding order."},
    {"general-7.7", kMust, true, kAll, "no segment exceeds the target by more than 0.5 s",
     "EXTINF."},
    {"general-8.1", kMust, true, kAll, "the EXTINF of any run add up to its media, within a frame",
     "the difference of the sum of EXTINF and the length of the media over the worst run, "
     "where each segment alone is within draft-EXTINF."},
    {"general-8.2", kMust, true, kAll, "sound and picture have the same target duration",
     "EXT-X-TARGETDURATION of each rendition."},
    {"general-8.3", kMust, true, kAll, "all renditions have the same duration",
     "the sum of EXTINF. Allowed is a picture between pictures, and a target duration "
     "between picture and sound, which the draft lets one have at an end."},
    {"general-8.6", kMust, true, kAll, "VOD playlists have EXT-X-PLAYLIST-TYPE:VOD",
     "playlists with EXT-X-ENDLIST from which no segment was removed."},
    {"general-8.10", kMust, true, kAll, "every EXT-X-MEDIA but VIDEO has LANGUAGE",
     "the attribute."},
    {"general-8.20", kMust, true, kAll, "fMP4 segments have EXT-X-MAP",
     "the first bytes of segments without EXT-X-MAP."},
    {"general-8.22", kShould, true, kAll, "all variants have the same segment boundaries",
     "number and first stamps of the segments against the first video variant. Allowed is "
     "a picture."},
    {"general-9.1", kMust, true, kAll, "variants have CODECS", "the attribute."},
    {"general-9.2", kMust, true, kAll, "video variants have RESOLUTION", "the attribute."},
    {"general-9.3", kMust, true, kAll, "I-frame variants have CODECS", "the attribute."},
    {"general-9.4", kMust, true, kAll, "I-frame variants have RESOLUTION", "the attribute."},
    {"general-9.11", kShould, true, kAll, "EXT-X-INDEPENDENT-SEGMENTS where segments open with IDR",
     "the tag in the multivariant playlist or in every video playlist."},
    {"general-9.14", kMust, true, kAll, "variants have AVERAGE-BANDWIDTH", "the attribute."},
    {"general-9.15", kMust, true, kAll, "video variants have FRAME-RATE", "the attribute."},
};

}  // namespace

std::span<const Rule> general_rules() {
  return kRules;
}

}  // namespace weir::probe
