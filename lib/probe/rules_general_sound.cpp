// Rules 2 to 5 of Apple's HLS Authoring Specification: sound, insertions, captions, subtitles.
#include "probe/rule_tables.h"

namespace weir::probe {
namespace {

using enum Severity;

constexpr Rule kRules[] = {
    {"general-2.1", kShould, true, kApple, "sound alone is packed audio or fMP4",
     "the first segment of renditions without pictures."},
    {"general-2.2", kMust, true, kApple, "sound is of a codec devices play",
     "CODECS: AAC, AC-3, E-AC-3, APAC, ALAC, FLAC or MP3."},
    {"general-2.3", kMust, true, kApple, "there is AAC",
     "CODECS of the variants, where there is sound."},
    {"general-2.4", kShould, true, kAll, "HE-AAC is not above 64 kb/s",
     "BANDWIDTH of variants that are HE-AAC alone; allowed are 10 % more for the container."},
    {"general-2.5", kMust, false, kAll, "multichannel sound is of a codec of the list",
     "the same list as in general-2.2."},
    {"general-2.6", kMust, true, kApple, "AC-3 is there beside E-AC-3", "CODECS of the variants."},
    {"general-2.7", kInfo, false, kAll, "several rates of sound", "a permission."},
    {"general-2.9", kShould, false, kAll, "rates of sound as recommended",
     "a suggestion; the content decides."},
    {"general-2.10", kInfo, false, kAll, "the layout may change", "a permission."},
    {"general-2.11", kMust, true, kAll, "the layout changes at discontinuities only",
     "channel_configuration of AAC in transport streams and packed audio; in fMP4 it changes with "
     "EXT-X-MAP only."},
    {"general-2.12", kMust, false, kAll, "descriptions of the picture are marked as such",
     "needs a listener."},
    {"general-2.13", kMust, true, kAll, "descriptions of the picture have AUTOSELECT=YES",
     "CHARACTERISTICS and AUTOSELECT."},
    {"general-2.14", kShould, false, kAll, "descriptions of the picture are named so",
     "needs a reader."},
    {"general-2.15", kMust, false, kAll, "alternative sound spans the whole programme",
     "decided with general-8.3."},
    {"general-2.17", kMust, true, kAll, "one stream of sound in a segment",
     "the streams of sound of each segment."},
    {"general-2.18", kShould, false, kAll, "there is loudness or dynamic range data",
     "decided with general-2.19 for fMP4; elsewhere it is within the frames."},
    {"general-2.19", kShould, true, kApple, "fMP4 has a ludt box",
     "udta of the sound tracks of initialization sections, or of the movie; APAC needs none."},
    {"general-2.20", kShould, false, kAll, "dialnorm is set without ludt",
     "the fields of AC-3 frames are not looked into."},
    {"general-2.21", kShould, false, kAll, "AAC tells its program reference level",
     "the fields of AAC frames are not looked into."},
    {"general-2.22", kMust, false, kAll, "xHE-AAC has its loudness set", "no decoder for it here."},
    {"general-2.23", kMust, false, kAll, "the loudness told is true", "nothing is decoded."},
    {"general-2.24", kMust, true, kAll, "HE-AAC in fMP4 signals SBR explicitly",
     "the AudioSpecificConfig of sound that CODECS calls mp4a.40.5 or mp4a.40.29."},
    {"general-2.25", kMust, true, kAll, "xHE-AAC, ALAC, FLAC and APAC come in fMP4",
     "CODECS and EXT-X-MAP."},
    {"general-2.26", kShould, false, kAll, "multichannel AAC beside other multichannel sound",
     "the layout of each member of a group would have to be told apart from its codec."},
    {"general-2.27", kMust, false, kAll, "descriptions of the picture have LANGUAGE",
     "decided with general-8.10."},
    {"general-2.30", kMust, false, kAll, "APAC has loudness and dynamic range data",
     "no decoder for it here."},
    {"general-2.31", kShould, true, kApple, "AAC is there beside APAC", "CODECS of the variants."},
    {"general-3.2", kShould, true, kAll, "inserted media has the same codecs",
     "CODECS of the variants of an interstitial's assets, without profiles, against the "
     "programme's."},
    {"general-3.3", kShould, true, kAll, "inserted media has the same aspect ratio",
     "RESOLUTION of the first variant of each that has one; allowed are 2 %."},
    {"general-3.4", kShould, true, kAll, "inserted media is at or below the rate of the variant",
     "the lowest BANDWIDTH of an asset against the lowest of the programme: who plays that has "
     "nothing below."},
    {"general-4.1", kShould, true, kApple, "there are captions or subtitles",
     "EXT-X-MEDIA of CLOSED-CAPTIONS and SUBTITLES."},
    {"general-4.3", kMust, true, kAll, "captions are within the segments of the picture",
     "CEA-608 channels and CEA-708 services in the pictures of variants whose group declares them, "
     "when every segment was read."},
    {"general-4.4", kMust, true, kAll, "captions are declared",
     "CEA-608 channels and CEA-708 services in the pictures against INSTREAM-ID of the variant's "
     "group; LANGUAGE is decided with general-8.10."},
    {"general-4.5", kMust, true, kAll, "subtitles for the deaf carry both characteristics",
     "CHARACTERISTICS with one of public.accessibility.transcribes-spoken-dialog and "
     "public.accessibility.describes-music-and-sound."},
    {"general-4.6", kMust, true, kAll, "subtitles for the deaf have AUTOSELECT=YES",
     "CHARACTERISTICS and AUTOSELECT."},
    {"general-4.7", kMust, false, kAll, "subtitles have LANGUAGE", "decided with general-8.10."},
    {"general-5.2", kMust, false, kAll, "subtitles are WebVTT or IMSC1",
     "decided with general-5.3 and general-5.10."},
    {"general-5.3", kMust, true, kAll, "WebVTT segments have X-TIMESTAMP-MAP",
     "the lines above the first empty one; subtitles in fMP4 are not looked into."},
    {"general-5.4", kMust, true, kAll, "IMSC1 comes in fMP4",
     "stpp in CODECS, and EXT-X-MAP of the subtitles."},
    {"general-5.5", kMust, true, kAll, "subtitles span the whole programme",
     "the sum of EXTINF against the first variant, of ended playlists; allowed is a target "
     "duration less."},
    {"general-5.6", kMust, true, kAll, "live: subtitles have the same target duration",
     "EXT-X-TARGETDURATION against the first variant."},
    {"general-5.8", kMust, false, kAll, "regular subtitles have the forced lines too",
     "needs a reader."},
    {"general-5.9", kShould, false, kAll, "forced subtitles rather than text in the picture",
     "needs a viewer."},
    {"general-5.10", kShould, true, kAll, "CODECS names the kind of subtitles in fMP4",
     "stpp or wvtt in CODECS, where the subtitles have EXT-X-MAP."},
    {"general-5.11", kShould, true, kAll, "forced subtitles have AUTOSELECT=YES",
     "the attributes."},
};

}  // namespace

std::span<const Rule> general_sound_rules() {
  return kRules;
}

}  // namespace weir::probe
