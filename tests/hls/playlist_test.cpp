#include "hls/playlist.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "support/golden.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using Type = MediaPlaylist::Type;

MediaSegment segment(std::string uri, Micros duration, std::string map = "init.mp4") {
  MediaSegment out;
  out.uri = std::move(uri);
  out.duration = duration;
  out.map = std::move(map);
  return out;
}

TEST(MediaPlaylistText, Vod) {
  MediaPlaylist playlist;
  playlist.target_duration = 6;
  playlist.ended = true;
  playlist.segments = {segment("seg-00000.m4s", 6s), segment("seg-00001.m4s", 1500000us)};
  support::expect_golden("hls/vod.m3u8", to_text(playlist));
}

TEST(MediaPlaylistText, LiveWithADiscontinuityAndAnotherInitSection) {
  MediaPlaylist playlist;
  playlist.type = Type::kLive;
  playlist.target_duration = 2;
  playlist.media_sequence = 17;
  playlist.discontinuity_sequence = 3;
  playlist.segments = {segment("seg-00017.m4s", 2002000us), segment("seg-00018.m4s", 2s),
                       segment("seg-00019.m4s", 2s, "init-1.mp4")};
  playlist.segments[1].gap = true;
  playlist.segments[2].discontinuity = true;
  for (std::size_t i = 0; i < 3; ++i)
    playlist.segments[i].program_date_time_us =
        1'790'000'000'123'000 + 2'000'000 * static_cast<std::int64_t>(i);
  support::expect_golden("hls/live.m3u8", to_text(playlist));
}

TEST(MediaPlaylistText, EventOfTransportStreamNeedsNoMap) {
  MediaPlaylist playlist;
  playlist.type = Type::kEvent;
  playlist.target_duration = 6;
  playlist.segments = {segment("seg-00000.ts", 5994667us, "")};
  support::expect_golden("hls/event_ts.m3u8", to_text(playlist));
}

std::shared_ptr<const KeyTag> key(std::string uri, KeyTag::Method method, bool iv = false) {
  KeyTag tag{method, std::move(uri), {}, ""};
  if (iv) tag.iv = AesBlock{0, 1, 0xab};
  return std::make_shared<KeyTag>(tag);
}

TEST(MediaPlaylistText, AKeyForWholeSegmentsNeverAppliesToAnInitSection) {
  MediaPlaylist playlist;
  playlist.target_duration = 6;
  playlist.ended = true;
  playlist.segments = {segment("seg-00000.m4s", 6s), segment("seg-00001.m4s", 6s),
                       segment("seg-00002.m4s", 6s), segment("seg-00003.m4s", 6s, "init-1.mp4"),
                       segment("seg-00004.m4s", 6s, "init-1.mp4")};
  const auto first = key("../key-00001.key", KeyTag::Method::kAes128);
  for (std::size_t i = 1; i < 4; ++i) playlist.segments[i].key = first;
  playlist.segments[3].discontinuity = true;
  playlist.segments[4].key = key("../key-00004.key", KeyTag::Method::kAes128, true);
  support::expect_golden("hls/aes128.m3u8", to_text(playlist));
}

TEST(MediaPlaylistText, TransportStreamNeedsHigherVersionsForIvsAndSamples) {
  MediaPlaylist playlist;
  playlist.target_duration = 6;
  playlist.segments = {segment("seg-00000.ts", 6s, ""), segment("seg-00001.ts", 6s, "")};
  playlist.segments[0].key = key("a", KeyTag::Method::kAes128, true);
  EXPECT_EQ(to_text(playlist).substr(8, 16), "#EXT-X-VERSION:3");
  playlist.segments[1].key = key("a", KeyTag::Method::kSampleAes, true);
  support::expect_golden("hls/sample_aes_ts.m3u8", to_text(playlist));
}

TEST(MediaPlaylistText, AKeyForSamplesComesBeforeTheInitSectionThatNamesIt) {
  MediaPlaylist playlist;
  playlist.target_duration = 6;
  playlist.segments = {segment("seg-00000.m4s", 6s), segment("seg-00001.m4s", 6s, "init-1.mp4"),
                       segment("seg-00002.m4s", 6s, "init-2.mp4"), segment("seg-00003.m4s", 6s)};
  playlist.segments[1].key = key("a", KeyTag::Method::kSampleAes, true);
  playlist.segments[2].key = key("b", KeyTag::Method::kSampleAes, true);
  support::expect_golden("hls/cbcs.m3u8", to_text(playlist));
}

TEST(KeyTagText, NamesAFormatWithItsVersionAndEscapesWhatWouldEndTheUri) {
  const KeyTag tag{KeyTag::Method::kSampleAes, "skd://a\"b c", {}, "com.example"};
  EXPECT_EQ(attributes_of(tag),
            "METHOD=SAMPLE-AES,URI=\"skd://a%22b%20c\",KEYFORMAT=\"com.example\","
            "KEYFORMATVERSIONS=\"1\"");
  EXPECT_EQ(version_of(tag), 5);
}

TEST(MultivariantPlaylistText, NamesTheKeyToFetchBeforehandAndRaisesTheVersion) {
  MultivariantPlaylist playlist;
  playlist.version = 3;
  playlist.session_key = *key("key-00000.key", KeyTag::Method::kSampleAes, true);
  EXPECT_EQ(to_text(playlist),
            "#EXTM3U\n#EXT-X-VERSION:5\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-SESSION-KEY:METHOD="
            "SAMPLE-AES,URI=\"key-00000.key\",IV=0x0001ab00000000000000000000000000\n");
}

Variant variant(const char* uri, std::int64_t average, Size size) {
  Variant out;
  out.uri = uri;
  out.bandwidth = average * 6 / 5;
  out.average_bandwidth = average;
  out.codecs = "avc1.64001f,mp4a.40.2";
  out.resolution = size;
  out.frame_rate = {24000, 1001};
  out.video_range = "SDR";
  out.audio = "audio";
  return out;
}

TEST(MultivariantPlaylistText, BeginsWithTheVariantNearest2000kThenDescends) {
  MultivariantPlaylist playlist;
  playlist.audio = {{"audio", "English", "en", true, 2, "audio/index.m3u8"},
                    {"audio", "say \"hi\"\n", "und", false, 6, "audio-2/index.m3u8"}};
  playlist.variants = {variant("360p/index.m3u8", 900'000, {640, 360}),
                       variant("1080p/index.m3u8", 4'600'000, {1920, 1080}),
                       variant("720p/index.m3u8", 2'600'000, {1280, 720})};
  support::expect_golden("hls/master.m3u8", to_text(playlist));
}

TEST(MultivariantPlaylistText, SoundAloneHasNoResolution) {
  MultivariantPlaylist playlist;
  Variant only;
  only.uri = "audio/index.m3u8";
  only.bandwidth = 130'000;
  only.average_bandwidth = 128'000;
  only.codecs = "mp4a.40.2";
  playlist.variants = {only};
  support::expect_golden("hls/master_audio.m3u8", to_text(playlist));
}

TEST(ExtinfRounder, TheRunningSumStaysWithinHalfAMicrosecond) {
  ExtinfRounder rounder;
  std::int64_t sum = 0;
  for (std::int64_t n = 0; n < 5000; ++n) {
    const media::Time start{7 + n * 180'181, {1, 30'000 * 3}},
        end{7 + (n + 1) * 180'181, {1, 90'000}};
    sum += rounder.next(start, end).count();
    const double exact = static_cast<double>((n + 1) * 180'181) / 0.09;
    ASSERT_LE(std::abs(static_cast<double>(sum) - exact), 0.5 + 1e-3) << n;
  }
}

TEST(WholeSeconds, RoundsToTheNearest) {
  EXPECT_EQ(whole_seconds(6499999us), 6);
  EXPECT_EQ(whole_seconds(6500000us), 7);
  EXPECT_EQ(whole_seconds(6006000us), 6);
}

}  // namespace
}  // namespace weir::hls
