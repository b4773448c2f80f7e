// This project's own rules.
#include "probe/rule_tables.h"

namespace weir::probe {
namespace {

using enum Severity;

constexpr Rule kRules[] = {
    {"weir-IDR", kShould, true, kAll, "IDR pictures lie at the same times in all variants",
     "stamps of all IDR pictures against the first video variant. Allowed is half a "
     "picture."},
    {"weir-ENCRYPTED", kInfo, true, kAll, "encrypted segments are not looked into",
     "EXT-X-KEY other than NONE."},
    {"weir-OFFSET", kInfo, true, kAll, "where sound starts against the picture",
     "first stamps, less the priming where it is known."},
    {"weir-TRUST", kMust, true, kAll, "the certificates of servers are trusted",
     "by what this system trusts; SSL_CERT_FILE names others."},
    {"weir-DTS", kMust, true, kAll, "packets are decoded in the order of their stamps",
     "the decoding times of each track."},
    {"weir-GAP", kShould, true, kAll, "stamps leave no gap, overlap or jump", "see above."},
    {"weir-END", kMust, true, kAll, "a pipe stream ends with its end mark",
     "the end mark of a pipe stream."},
    {"weir-DAMAGE", kMust, true, kAll, "the input can be read to its end",
     "whether the reader reports a break; of an FLV file, a tag that is cut off or not "
     "followed by its size."},
    {"weir-FLV-INDEX", kMust, true, kAll,
     "FLV: every entry of the index leads to a key frame of its time",
     "the filepositions and times of keyframes in onMetaData against the tags; a "
     "configuration or colours right in front of a key frame count as the frame."},
    {"weir-FLV-CONFIGURATION", kMust, true, kAll, "FLV: frames come behind their configuration",
     "tags of H.264, HEVC, AAC, Opus and FLAC."},
    {"weir-FLV-FLAGS", kShould, true, kAll, "FLV: the file header announces what there is",
     "its two flags against the tags."},
    {"weir-FLV-TIME", kShould, true, kAll, "FLV: the stamps of a track do not go back",
     "the stamps of the tags, each track by itself."},
    {"weir-FLV-SIZE", kShould, true, kAll, "FLV: onMetaData knows the size of the file",
     "its filesize, where it is not 0."},
    {"weir-RTMP-CHUNKS", kShould, true, kAll, "RTMP: chunks are as specified",
     "--watch: what a second connection has to mend in its first tags."},
    {"weir-RTMP-CHUNK-SIZE", kShould, true, kAll, "RTMP: chunks are of 1024 bytes or more",
     "--watch: the size the server told before the first tags; 128 when it told none."},
    {"weir-RTMP-WINDOW", kShould, true, kAll, "RTMP: the server tells its acknowledgement window",
     "--watch: Window Acknowledgement Size among what comes before the first tags."},
    {"weir-RTMP-HANDSHAKE", kShould, true, kAll, "RTMP: the handshake sends back what it was given",
     "--watch: the third packet of the server."},
    {"weir-VIEWER-START", kMust, true, kAll, "a viewer sees something", "--watch: playing begins."},
    {"weir-VIEWER-DECODE", kMust, true, kAll, "what a viewer gets can be decoded",
     "--watch: packets and frames that libavcodec finds damaged, and segments that cannot be "
     "read."},
    {"weir-VIEWER-STALL", kShould, true, kAll, "playing does not stall",
     "--watch: the buffer of a player that does not catch up; see the description of the option."},
    {"weir-VIEWER-CONTINUITY", kShould, true, kAll,
     "what a viewer gets has no gap, overlap or jump that was not announced",
     "--watch: the stamps of picture and sound, over switches of the rendition too."},
    {"weir-VIEWER-SYNC", kShould, true, kAll,
     "sound is at most 40 ms before the picture and 60 ms behind it",
     "--watch: sound counted by its samples against its stamps, as EBU R37 allows."},
    {"weir-UNKNOWN-TAG", kInfo, true, kAll, "tags the draft does not know",
     "lines that begin with #EXT and are no tag of the draft; players pass over them."},
};

}  // namespace

std::span<const Rule> weir_rules() {
  return kRules;
}

}  // namespace weir::probe
