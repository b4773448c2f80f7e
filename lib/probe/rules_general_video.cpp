// Rules 1 of Apple's HLS Authoring Specification: pictures.
#include "probe/rule_tables.h"

namespace weir::probe {
namespace {

using enum Severity;

constexpr Rule kRules[] = {
    {"general-1.1", kMust, true, kApple, "pictures are AVC, HEVC, Dolby Vision or AV1",
     "CODECS, else the bitstream."},
    {"general-1.2", kMust, false, kAll, "AVC comes in fMP4 or transport streams",
     "nothing else is opened: draft-READ finds it."},
    {"general-1.3a", kShould, true, kApple, "some AVC variant is High 4.1 or less",
     "profile and level in CODECS, else in the bitstream."},
    {"general-1.3b", kMust, true, kWeb | kIos | kVisionos | kAirplay, "AVC is not above High 5.2",
     "profile and level in CODECS, else in the bitstream."},
    {"general-1.4", kShould, true, kApple, "AVC is High profile rather than Main or Baseline",
     "the profile in CODECS, else in the bitstream."},
    {"general-1.5", kMust, true, kAll, "HEVC comes in fMP4", "whether EXT-X-MAP applies."},
    {"general-1.6a", kShould, true, kApple,
     "some HEVC variant is Main 10, level 4.0, Main tier or less", "CODECS, else the bitstream."},
    {"general-1.6b", kMust, true, kAll, "HEVC is not above Main 10, level 5.1, High tier",
     "CODECS, else the bitstream."},
    {"general-1.7", kMust, false, kAll, "HDR in HEVC is HDR10, HLG or Dolby Vision",
     "needs the supplemental enhancement information of the pictures."},
    {"general-1.8", kShould, true, kAll, "static HDR10 metadata is in the sample entry",
     "SEI messages in hvcC, or mdcv and clli, of HEVC whose transfer is PQ and that is not Dolby "
     "Vision."},
    {"general-1.9", kMust, true, kAll, "Dolby Vision of profile 5 is level 7 or lower",
     "CODECS, else the bitstream."},
    {"general-1.10", kShould, true, kAll, "parameter sets are in the sample entry",
     "CODECS: avc1, hvc1 and dvh1 rather than avc3, hev1 and dvhe."},
    {"general-1.11", kShould, false, kAll, "the level is no higher than size and rate need",
     "it depends on reference pictures and bit rate limits that are not measured."},
    {"general-1.12", kShould, true, kApple, "there is AVC", "CODECS of the variants."},
    {"general-1.13", kShould, true, kAll, "there is an IDR picture every 2 s",
     "the mean distance between IDR pictures, so that one may be moved for a splice; allowed is a "
     "picture more."},
    {"general-1.14", kMust, true, kAll, "pictures are not interlaced",
     "the field order the first segment tells."},
    {"general-1.15", kShould, false, kAll, "30i material becomes 60p", "needs the source."},
    {"general-1.16", kShould, false, kAll, "live NTSC is 60 or 59.94 pictures a second",
     "needs the source."},
    {"general-1.17", kShould, false, kAll, "live PAL is 50 pictures a second", "needs the source."},
    {"general-1.18", kShould, true, kApple,
     "VOD has a usual frame rate: 23.976, 24, 25, 29.97, 30, 50, 59.94 or 60",
     "FRAME-RATE, else the stamps; allowed are 0.02."},
    {"general-1.19", kMust, true, kAll, "no more than 60 pictures a second",
     "FRAME-RATE, else the stamps."},
    {"general-1.20", kShould, true, kApple & ~kTvos,
     "HDR is there at 30 pictures a second or less too",
     "VIDEO-RANGE and FRAME-RATE of the variants."},
    {"general-1.21", kShould, true, kAll, "one colour space",
     "primaries and matrix of all variants of one range against those of the first, where they are "
     "told."},
    {"general-1.22", kShould, false, kAll, "VOD keeps the colour space of the source",
     "needs the source."},
    {"general-1.23", kShould, false, kAll, "each family of codecs spans all bit rates",
     "what all bit rates are is the publisher's choice."},
    {"general-1.24", kMust, true, kApple, "there is SDR", "VIDEO-RANGE of the variants."},
    {"general-1.25", kShould, false, kAll, "bit rates as suggested",
     "a suggestion; the content decides."},
    {"general-1.26", kMust, true, kAll, "VOD: measured average within 10 % of AVERAGE-BANDWIDTH",
     "all bytes over all EXTINF, plus that of the worst sound rendition and the worst "
     "subtitles. Ended playlists only."},
    {"general-1.27", kMust, true, kAll, "VOD: measured peak within 10 % of BANDWIDTH",
     "the peak as for draft-BANDWIDTH. Ended playlists only."},
    {"general-1.28", kMust, false, kAll,
     "live: the average over an hour is under 110 % of what is declared",
     "needs the playlist for an hour."},
    {"general-1.29", kMust, false, kAll, "live: the peak is under 125 % of what is declared",
     "--watch fetches the media of one variant at a time; what is there is held to "
     "draft-BANDWIDTH."},
    {"general-1.30", kShould, true, kApple, "VOD: the peak is at most twice the average",
     "the segments, as for draft-BANDWIDTH."},
    {"general-1.31", kInfo, false, kAll, "variants may differ in rate", "a permission."},
    {"general-1.32", kShould, true, kApple, "the first variant is the one of about 2 Mb/s",
     "BANDWIDTH: no variant for the same devices is nearer."},
    {"general-1.33", kShould, true, kAll, "all pictures have the same aspect ratio",
     "RESOLUTION; allowed are 2 %."},
    {"general-1.34", kShould, true, kApple, "some UHD variant is at or below 15 Mb/s",
     "RESOLUTION and BANDWIDTH, where there is UHD."},
    {"general-1.35", kShould, true, kAll, "HDR10 has mastering and light levels",
     "SEI messages of the first segment of PQ that is not Dolby Vision."},
    {"general-1.36", kMust, false, kAll, "MV-HEVC is for stereo", "layers are not looked into."},
    {"general-1.37", kMust, true, kAll, "AV1 is level 6.2 or lower", "CODECS, else the bitstream."},
    {"general-1.38", kMust, false, kAll, "APMP is mono in HEVC", "layers are not looked into."},
};

}  // namespace

std::span<const Rule> general_video_rules() {
  return kRules;
}

}  // namespace weir::probe
