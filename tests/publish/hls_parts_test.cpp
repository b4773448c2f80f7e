#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "publish/hls_multivariant.h"
#include "publish/hls_names.h"
#include "publish/hls_options.h"
#include "publish/hls_wall_time.h"
#include "support/golden.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using ::testing::_;
using ::testing::ElementsAre;

media::Track track(media::Kind kind, const char* name, AVCodecID codec, int height = 0) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_id = codec;
  par->height = height;
  media::Track out;
  out.kind = kind;
  out.par = media::copy_parameters(*par);
  out.rendition = name;
  avcodec_parameters_free(&par);
  return out;
}
media::Track picture(const char* name, int height) {
  return track(media::Kind::kVideo, name, AV_CODEC_ID_H264, height);
}
media::Track sound(const char* name, AVCodecID codec = AV_CODEC_ID_AAC) {
  return track(media::Kind::kAudio, name, codec);
}

TEST(RenditionFolders, AreSafeAndAllDifferent) {
  EXPECT_THAT(rendition_folders({picture("1080p", 1080), picture("", 720), picture("", 720),
                                 sound(""), sound(""), sound("deutsch 5.1")}),
              ElementsAre("1080p", "720p", "720p-2", "audio", "audio-2", "deutsch_5.1"));
  EXPECT_THAT(rendition_folders({picture("../../etc", 1), picture("..", 1), picture("/a\"\n", 1),
                                 picture(".hidden", 1)}),
              ElementsAre("_._.._etc", "_.", "_a__", "_hidden"));
}

TEST(ParseUtc, ReadsFractionsAndOffsets) {
  EXPECT_EQ(*parse_utc("1970-01-01T00:00:01Z"), 1'000'000);
  EXPECT_EQ(*parse_utc("1970-01-01T00:00:00.25Z"), 250'000);
  EXPECT_EQ(*parse_utc("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(*parse_utc("2026-11-22T18:49:00Z"), 1'795'373'340'000'000);
}

TEST(ParseUtc, RefusesWhatIsNoTime) {
  for (const auto* bad : {"", "now", "2026-11-22", "2026-11-22T18:49:00", "2026-13-01T00:00:00Z",
                          "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T18:49:00.Z",
                          "2026-11-22T18:49:00Zx", "-026-11-22T18:49:00Z"})
    EXPECT_THAT(parse_utc(bad), FailsWith(Code::kUsage, _)) << bad;
}

TEST(WallTime, MovesWithTheMediaAndIsAnchoredAgainOnlyAtABreak) {
  constexpr AVRational kSecond{1, 1};
  WallTime wall;
  EXPECT_FALSE(wall.at({0, kSecond}));
  wall.anchor({10, kSecond}, 100'000'000);
  EXPECT_EQ(wall.at({12, kSecond}), 102'000'000);
  wall.anchor({20, kSecond}, 500'000'000);
  EXPECT_EQ(wall.at({20, kSecond}), 110'000'000);
  wall.discontinuity({30, kSecond});
  wall.anchor({30, kSecond}, 900'000'000);
  EXPECT_EQ(wall.at({29, kSecond}), 119'000'000);
  EXPECT_EQ(wall.at({31, kSecond}), 901'000'000);
}

RenditionEntry entry(media::Track of, const char* codecs, std::int64_t rate, const char* uri) {
  RenditionEntry out{std::move(of), {}, {rate * 5 / 4, rate}, {25, 1}, uri};
  out.facts.codecs = codecs;
  if (out.track.video()) {
    out.facts.resolution = {out.track.par->height * 16 / 9, out.track.par->height};
    out.facts.video_range = "SDR";
  } else {
    out.facts.channels = 2;
  }
  return out;
}

TEST(Multivariant, OffersEveryPictureWithEveryGroupAndAddsTheHeaviestSound) {
  auto german = entry(sound(""), "mp4a.40.2", 128'000, "audio/index.m3u8");
  german.track.language = "ger";
  auto english = entry(sound(""), "mp4a.40.2", 96'000, "audio-2/index.m3u8");
  english.track.language = "eng";
  const auto surround =
      entry(sound("surround", AV_CODEC_ID_EAC3), "ec-3", 384'000, "surround/index.m3u8");
  const auto playlist =
      multivariant({entry(picture("1080p", 1080), "avc1.640028", 4'500'000, "1080p/index.m3u8"),
                    entry(picture("720p", 720), "avc1.64001f", 2'500'000, "720p/index.m3u8"),
                    german, english, surround},
                   6);
  support::expect_golden("hls/multivariant_groups.m3u8", to_text(playlist));
}

TEST(Multivariant, SoundAloneInOneLanguageIsVariants) {
  const auto playlist =
      multivariant({entry(sound("low"), "mp4a.40.5", 48'000, "low/index.m3u8"),
                    entry(sound("high"), "mp4a.40.2", 128'000, "high/index.m3u8")},
                   6);
  EXPECT_TRUE(playlist.audio.empty());
  EXPECT_EQ(playlist.variants.size(), 2u);
}

TEST(Multivariant, SoundAloneInSeveralLanguagesIsAGroup) {
  auto german = entry(sound(""), "mp4a.40.2", 128'000, "audio/index.m3u8");
  german.track.language = "de";
  auto english = entry(sound(""), "mp4a.40.2", 96'000, "audio-2/index.m3u8");
  english.track.language = "en";
  const auto playlist = multivariant({german, english}, 6);
  ASSERT_EQ(playlist.variants.size(), 1u);
  EXPECT_EQ(playlist.variants[0].audio, "audio");
  EXPECT_EQ(playlist.variants[0].average_bandwidth, 128'000);
  EXPECT_EQ(playlist.audio.size(), 2u);
}

}  // namespace
}  // namespace weir::publish
