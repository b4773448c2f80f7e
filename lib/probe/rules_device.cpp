// The amendments of Apple's HLS Authoring Specification for one kind of device.
#include "probe/rule_tables.h"

namespace weir::probe {
namespace {

using enum Severity;

constexpr Rule kRules[] = {
    {"ios-1.9", kMust, false, kIos, "Dolby Vision may be of level 9, some of profile 5 up to 7",
     "which of its forms a stream has is not looked into."},
    {"ios-1.32b", kShould, false, kIos,
     "over a cellular network the first variant is of about 730 kb/s", "the network is not known."},
    {"ios-9.21", kMust, true, kIos, "a variant is at or below 192 kb/s, for cellular networks",
     "BANDWIDTH of the variants."},
    {"ios-9.22", kShould, false, kIos, "that variant has AVC in transport streams",
     "fMP4 serves as well since long."},
    {"macos-1.3b", kMust, true, kMacos, "AVC is not above High 5.0",
     "profile and level in CODECS, else in the bitstream."},
    {"tvos-1.3b", kMust, true, kTvos, "AVC is not above High 5.1",
     "profile and level in CODECS, else in the bitstream."},
    {"tvos-1.20", kMust, true, kTvos, "HDR is there at 30 pictures a second or less",
     "VIDEO-RANGE and FRAME-RATE of the variants."},
    {"tvos-8.12", kShould, true, kTvos, "a live playlist has two hours",
     "the sum of EXTINF, where segments were removed."},
    {"tvos-9.20", kMust, true, kTvos, "no variant is sound alone",
     "CODECS and RESOLUTION of the variants."},
    {"visionos-6.18", kShould, false, kVisionos, "I-frames of stereo are mono",
     "layers are not looked into."},
    {"visionos-6.19", kShould, false, kVisionos, "I-frames are 160 pixels high",
     "a size of stereo content, and layers are not looked into."},
    {"airplay-1.23", kMust, false, kAirplay, "each family of codecs spans all bit rates",
     "what all bit rates are is the publisher's choice."},
    {"airplay-2.10", kShould, true, kAirplay, "the layout does not change",
     "channel_configuration of AAC in transport streams and packed audio, from segment to "
     "segment."},
    {"airplay-5.2", kMust, true, kAirplay, "subtitles are WebVTT",
     "EXT-X-MAP in the playlists of subtitles."},
    {"airplay-6.13", kMust, true, kAirplay, "I-frames are of the codec of the variants, or JPEG",
     "CODECS of I-frame variants and variants."},
    {"airplay-8.16", kShould, true, kAirplay, "the codec does not change",
     "the codecs of the first segment against those of the segments behind discontinuities."},
    {"airplay-8.22", kMust, false, kAirplay, "all variants have the same segment boundaries",
     "decided with general-8.22."},
    {"airplay-8.25", kShould, false, kAirplay, "frame rates are multiples of each other",
     "permitted factors depend on the source."},
    {"airplay-senc", kMust, true, kAirplay, "encrypted fMP4 has senc, or saiz and saio",
     "the track fragments of the first segment under SAMPLE-AES; its boxes are clear."},
};

}  // namespace

std::span<const Rule> device_rules() {
  return kRules;
}

}  // namespace weir::probe
