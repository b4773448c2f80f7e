// Rules 10 to 16 of Apple's HLS Authoring Specification: delivery, protection, low latency.
#include "probe/rule_tables.h"

namespace weir::probe {
namespace {

using enum Severity;

constexpr Rule kRules[] = {
    {"general-10.1", kMust, true, kAll, "playlists come compressed by gzip",
     "Content-Encoding of the answer to a client that accepts gzip."},
    {"general-10.2", kShould, false, kAll, "there are copies to fall back on",
     "the same playlist at two servers looks like two variants."},
    {"general-10.3", kShould, false, kAll, "not from a server on the device", "needs the player."},
    {"general-10.4", kShould, true, kAll, "the MIME types are right",
     "Content-Type of playlists, and of the first segment and initialization section of each, by "
     "the ending of their names."},
    {"general-11.1", kShould, true, kAll, "the multivariant playlist comes over TLS", "its URL."},
    {"general-11.2", kShould, true, kAll, "media playlists come over TLS", "their URLs."},
    {"general-11.3", kShould, true, kAll, "segments come over TLS",
     "their URIs, where they name http themselves."},
    {"general-11.4", kShould, false, kAll, "clear URLs reveal nothing", "needs a reader."},
    {"general-12.1", kMust, true, kAll, "TLS is 1.2 or later with forward secrecy",
     "what each host agrees on with a client that would take anything."},
    {"general-12.2", kMust, true, kAll, "neither RC4 nor SHA-1",
     "the cipher that is agreed on, and the signatures of the certificates but those that sign "
     "themselves."},
    {"general-12.3", kMust, true, kAll, "keys have 2048 bits of RSA or 256 of EC",
     "the certificates each host sends."},
    {"general-12.4", kShould, false, kAll, "URLs of segments change",
     "needs the playlist more than once."},
    {"general-13.1", kShould, false, kAll, "protection is FairPlay", "a choice of the publisher."},
    {"general-13.2", kMust, true, kAll, "FairPlay comes with SAMPLE-AES",
     "METHOD where KEYFORMAT is com.apple.streamingkeydelivery."},
    {"general-13.3", kMust, true, kAll, "FairPlay has its key format",
     "KEYFORMAT where the URI is of the scheme skd."},
    {"general-13.4", kShould, true, kAll, "FairPlay has no IV",
     "the attribute where KEYFORMAT is com.apple.streamingkeydelivery."},
    {"general-13.5", kShould, true, kAll, "HD with FairPlay has HDCP-LEVEL",
     "RESOLUTION and HDCP-LEVEL of variants with its key; from 720 lines on."},
    {"general-13.6", kShould, true, kAll, "above HD, FairPlay has HDCP-LEVEL=TYPE-1",
     "RESOLUTION and HDCP-LEVEL of variants with its key; above 1080 lines."},
    {"general-13.7", kMust, true, kAll, "encrypted pictures have a 1:9 pattern",
     "the pattern in tenc of initialization sections; segments need not be decrypted for that."},
    {"general-13.9", kMust, false, kAll, "no content-sensitive encryption",
     "encrypted segments are not looked into."},
    {"general-13.11", kMust, true, kAll, "no SAMPLE-AES-CTR", "METHOD."},
    {"general-14.1", kMust, true, kAll, "low latency keeps the server profile of the draft",
     "CAN-BLOCK-RELOAD=YES, EXT-X-PROGRAM-DATE-TIME and EXT-X-PRELOAD-HINT in playlists with parts "
     "that go on."},
    {"general-14.2", kMust, false, kAll, "PART-TARGET is no shorter than a round trip",
     "needs the viewers."},
    {"general-14.3", kMust, true, kAll, "PART-HOLD-BACK is at least three times PART-TARGET",
     "the attribute; below twice it is with draft-PART-HOLD-BACK."},
    {"general-14.4", kShould, true, kAll,
     "low latency has delta updates when the playlist exceeds two minutes",
     "CAN-SKIP-UNTIL and the sum of EXTINF."},
    {"general-14.5", kShould, true, kAll, "delta updates can skip date ranges where there are any",
     "CAN-SKIP-DATERANGES, CAN-SKIP-UNTIL and EXT-X-DATERANGE."},
    {"general-15.1", kMust, false, kAll, "for SharePlay, all viewers have one time line",
     "needs two viewers."},
    {"general-16.1", kMust, true, kAll, "spatial video has REQ-VIDEO-LAYOUT",
     "vexu boxes of initialization sections that tell of both eyes, and the attribute."},
    {"general-16.2", kMust, true, kAll, "spatial video has a vexu box",
     "sample entries with two layers (lhvC) in initialization sections."},
    {"general-16.3", kMust, false, kAll, "switches of the layout are marked",
     "layers are not looked into."},
    {"general-16.4", kShould, false, kAll, "subtitles have their parallax",
     "layers are not looked into."},
    {"general-16.5", kMust, false, kAll, "CH-MONO is listed when parts are mono",
     "layers are not looked into."},
};

}  // namespace

std::span<const Rule> general_delivery_rules() {
  return kRules;
}

}  // namespace weir::probe
