// Which sounds are encodings of the same, and how they are offered.
#include "publish/hls_sound_groups.h"

#include <gmock/gmock.h>

namespace weir::publish {
namespace {

using ::testing::ElementsAre;

RenditionEntry sound(const char* name, const char* language, AVCodecID codec, int channels,
                     const char* codecs) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_id = codec;
  RenditionEntry out;
  out.track.kind = media::Kind::kAudio;
  out.track.par = media::copy_parameters(*par);
  out.track.rendition = name;
  out.track.language = language;
  out.facts.codecs = codecs;
  out.facts.channels = channels;
  out.uri = name;
  avcodec_parameters_free(&par);
  return out;
}
RenditionEntry aac(const char* name, const char* language, int channels = 2) {
  return sound(name, language, AV_CODEC_ID_AAC, channels, "mp4a.40.2");
}
RenditionEntry eac3(const char* name, const char* language) {
  return sound(name, language, AV_CODEC_ID_EAC3, 6, "ec-3");
}

// "group: name=uri …", the default with a star, what is not chosen from by itself in brackets.
std::vector<std::string> told(const std::vector<RenditionEntry>& all) {
  std::vector<std::string> out;
  for (const auto& group : sound_groups(all)) {
    std::string text = group.id + ":";
    for (const auto& m : group.members) {
      const auto one = fmt::format("{}{}={}", m.name, m.is_default ? "*" : "", m.entry->uri);
      text += m.autoselect || m.is_default ? " " + one : " [" + one + "]";
    }
    out.push_back(text);
  }
  return out;
}

TEST(SoundGroups, EncodingsOfTheSameSoundShareANameAcrossGroups) {
  EXPECT_THAT(told({aac("stereo", "en"), eac3("surround", "en")}),
              ElementsAre("aac: en*=stereo", "eac3: en*=surround"));
  EXPECT_THAT(told({aac("stereo", "en"), aac("surround", "en", 6)}),
              ElementsAre("aac: en*=stereo", "aac-2: en*=surround"));
}

TEST(SoundGroups, RatesOfALadderAreGroupsAndTracksOfAFileAreChoices) {
  EXPECT_THAT(told({aac("audio", "en"), aac("audio-low", "en")}),
              ElementsAre("aac: en*=audio", "aac-2: en*=audio-low"));
  EXPECT_THAT(told({aac("", "en"), aac("", "en")}), ElementsAre("audio: en*= [en 2=]"));
}

TEST(SoundGroups, EveryGroupOffersEveryLanguage) {
  EXPECT_THAT(told({aac("de", "de"), aac("en", "en"), eac3("en-51", "en")}),
              ElementsAre("aac: de*=de en=en", "eac3: de*=de en=en-51"));
}

TEST(SoundGroups, WhatFewPlayersPlayStandsInNoGroupForAll) {
  EXPECT_THAT(told({aac("de", "de"), eac3("en", "en")}),
              ElementsAre("aac: de*=de", "eac3: de*=de en=en"));
  EXPECT_THAT(told({aac("de", "de"), aac("en", "en", 6)}), ElementsAre("audio: de*=de en=en"));
}

TEST(SoundGroups, ADescriptionIsNotTheDefaultUnlessItWasChosen) {
  auto described = aac("ad", "en");
  described.choice.characteristics = {"public.accessibility.describes-video"};
  described.choice.label = "English, described";
  EXPECT_THAT(told({described, aac("en", "en")}),
              ElementsAre("audio: English, described=ad en*=en"));
  described.choice.is_default = true;
  EXPECT_THAT(told({described, aac("en", "en")}),
              ElementsAre("audio: English, described*=ad en=en"));
}

TEST(SoundGroups, WhatWasSaidStandsAboveTheRules) {
  auto first = aac("en", "en"), second = aac("de", "de");
  first.choice.is_default = false;
  first.choice.autoselect = false;
  EXPECT_THAT(told({first, second}), ElementsAre("audio: [en=en] de*=de"));
}

TEST(SoundGroups, NoSoundIsNoGroup) {
  EXPECT_TRUE(sound_groups({}).empty());
}

}  // namespace
}  // namespace weir::publish
