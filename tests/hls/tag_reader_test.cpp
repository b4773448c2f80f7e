#include "hls/tag_reader.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/playlist_text.h"
#include "hls/uri.h"

namespace weir::hls {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Real playlists of other packagers, when the media folder is there.
std::vector<fs::path> real_playlists() {
  const char* set = std::getenv("WEIR_MEDIA");
  const fs::path media =
      set ? fs::path(set) : fs::path(__FILE__).parent_path() / "../../../shared/media";
  std::vector<fs::path> out;
  std::error_code missing;
  for (const auto& entry : fs::recursive_directory_iterator(media / "playlists", missing))
    if (entry.path().extension() == ".m3u8") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

MediaPlaylistText media_playlist(std::string_view text) {
  auto playlist = read_playlist(text);
  EXPECT_TRUE(playlist);
  EXPECT_NE(playlist->media(), nullptr);
  return *playlist->media();
}

std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> out;
  auto playlist = read_playlist(text);
  EXPECT_TRUE(playlist);
  for (const auto& problem : playlist->problems)
    out.push_back(fmt::format("{}: {}", problem.line, problem.what));
  return out;
}

TEST(TagReader, GivesTagsAndUrisWithTheirLineNumbers) {
  auto tags = read_tags("#EXTM3U\n# a comment\n\n#EXTINF:6.0,title\r\nseg 1.ts\n");
  ASSERT_TRUE(tags);
  ASSERT_EQ(tags->lines.size(), 3u);
  EXPECT_EQ(tags->lines[1].tag, "EXTINF");
  EXPECT_EQ(tags->lines[1].value, "6.0,title");
  EXPECT_EQ(tags->lines[1].number, 4);
  EXPECT_TRUE(tags->lines[2].is_uri());
  EXPECT_EQ(tags->lines[2].value, "seg 1.ts");
  EXPECT_EQ(tags->lines[2].number, 5);
  EXPECT_THAT(tags->problems, IsEmpty());
}

TEST(TagReader, KeepsCommasInsideQuotes) {
  auto tags = read_tags(
      "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1280000, "
      "CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=29.970\n");
  ASSERT_TRUE(tags);
  const Attributes& a = tags->lines[1].attributes;
  ASSERT_EQ(a.list.size(), 4u);
  EXPECT_EQ(a.integer("BANDWIDTH"), 1280000);
  EXPECT_EQ(a.text("CODECS"), "avc1.64001f,mp4a.40.2");
  EXPECT_TRUE(a.find("CODECS")->quoted);
  EXPECT_EQ(a.resolution("RESOLUTION"), (Size{1280, 720}));
  EXPECT_EQ(a.micros("FRAME-RATE"), 29'970'000);
  EXPECT_EQ(a.integer("CODECS"), std::nullopt);
}

TEST(TagReader, RefusesWhatIsNoPlaylistAndNamesTheLine) {
  for (const char* text : {"", "\n#EXTM3U\n", "#EXTM3U8\n", "<html>", "#EXTINF:1,\na.ts\n"}) {
    auto tags = read_tags(text);
    ASSERT_FALSE(tags) << text;
    EXPECT_EQ(tags.error().code, Code::kBadInput);
    EXPECT_THAT(tags.error().what, HasSubstr("line 1"));
  }
}

TEST(TagReader, ReportsAByteOrderMarkAndReadsOn) {
  EXPECT_THAT(problems("\xEF\xBB\xBF#EXTM3U\n#EXTINF:1,\na.ts\n"),
              ElementsAre("1: a byte order mark comes before #EXTM3U"));
}

TEST(TagReader, ReportsBytesThatAreNotUtf8) {
  EXPECT_THAT(problems("#EXTM3U\n#EXTINF:1,\n\xC0\xAF.ts\n"), ElementsAre("3: not valid UTF-8"));
  EXPECT_THAT(problems("#EXTM3U\n#EXTINF:1,\n\xED\xA0\x80.ts\n"),
              ElementsAre("3: not valid UTF-8"));
  EXPECT_THAT(problems("#EXTM3U\n#EXTINF:1,\n\xC3\xA4.ts\n"), IsEmpty());
}

TEST(TagReader, ReportsDamagedAttributeLists) {
  const auto list = [](const char* text) {
    return problems(std::string("#EXTM3U\n#EXT-X-MAP:") + text);
  };
  EXPECT_THAT(list("URI=\"a"), ElementsAre("2: attribute URI: no closing quote"));
  EXPECT_THAT(list("URI=\"a\"x,Q=1"),
              ElementsAre("2: attribute URI: text after the closing quote"));
  EXPECT_THAT(list("URI=\"a\",Q=,R=1"), ElementsAre("2: attribute Q has no value"));
  EXPECT_THAT(list("URI=\"a\",Q=1,Q=2"), ElementsAre("2: attribute Q twice"));
  EXPECT_THAT(list("URI=\"a\",=1"), ElementsAre("2: damaged attribute list"));
}

TEST(TagReader, ReadsDecimalsExactlyToAMillionth) {
  EXPECT_EQ(parse_micros("6"), 6'000'000);
  EXPECT_EQ(parse_micros("5.005"), 5'005'000);
  EXPECT_EQ(parse_micros("0.1234567"), 123'457);
  EXPECT_EQ(parse_micros(".5"), 500'000);
  for (const char* bad : {"", ".", "-1", "1e3", "1.2.3", " 1", "99999999999999999999"})
    EXPECT_EQ(parse_micros(bad), std::nullopt) << bad;
}

TEST(PlaylistText, ReadsAMediaPlaylist) {
  const auto list = media_playlist(
      "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:12\n"
      "#EXT-X-DISCONTINUITY-SEQUENCE:3\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n"
      "#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"700@0\"\n"
      "#EXTINF:6.006,\n#EXT-X-BYTERANGE:1000@700\nall.mp4\n"
      "#EXT-X-PROGRAM-DATE-TIME:2026-11-22T18:49:00.123Z\n#EXT-X-BYTERANGE:500\n#EXTINF:5.5,\n"
      "all.mp4\n#EXT-X-DISCONTINUITY\n#EXT-X-GAP\n#EXTINF:1,\nb.mp4\n#EXT-X-ENDLIST\n");
  EXPECT_EQ(list.target_duration, 6);
  EXPECT_EQ(list.version, 7);
  EXPECT_EQ(list.media_sequence, 12);
  EXPECT_EQ(list.discontinuity_sequence, 3);
  EXPECT_EQ(list.type, "VOD");
  EXPECT_TRUE(list.endlist && list.independent);
  ASSERT_EQ(list.segments.size(), 3u);
  EXPECT_EQ(list.segments[0].duration_us, 6'006'000);
  EXPECT_EQ(list.segments[0].duration_text, "6.006");
  EXPECT_EQ(list.segments[1].range->offset, 1700);
  EXPECT_EQ(list.segments[1].range->length, 500);
  EXPECT_EQ(list.segments[1].program_date_time, "2026-11-22T18:49:00.123Z");
  EXPECT_TRUE(list.segments[2].discontinuity && list.segments[2].gap);
  EXPECT_EQ(list.maps[0].range->length, 700);
  EXPECT_EQ(list.duration_us(), 12'506'000);
}

TEST(PlaylistText, ReadsAMultivariantPlaylist) {
  auto playlist = read_playlist(
      "#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aac\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,"
      "AUTOSELECT=YES,CHANNELS=\"2\",URI=\"a/en.m3u8\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=2000000,AVERAGE-BANDWIDTH=1500000,CODECS=\"avc1.64001f\","
      "RESOLUTION=1280x720,FRAME-RATE=23.976,VIDEO-RANGE=SDR,AUDIO=\"aac\"\nv/720.m3u8\n"
      "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,URI=\"v/i.m3u8\"\n");
  ASSERT_TRUE(playlist);
  const auto* text = playlist->multivariant();
  ASSERT_NE(text, nullptr);
  EXPECT_THAT(playlist->problems, IsEmpty());
  ASSERT_EQ(text->variants.size(), 1u);
  EXPECT_EQ(text->variants[0].uri, "v/720.m3u8");
  EXPECT_EQ(text->variants[0].bandwidth, 2'000'000);
  EXPECT_EQ(text->variants[0].average_bandwidth, 1'500'000);
  EXPECT_EQ(text->variants[0].frame_rate_micro, 23'976'000);
  EXPECT_EQ(text->variants[0].audio, "aac");
  EXPECT_EQ(text->variants[0].line, 4);
  ASSERT_EQ(text->media.size(), 1u);
  EXPECT_EQ(text->media[0].language, "en");
  EXPECT_TRUE(text->media[0].is_default);
  ASSERT_EQ(text->iframe_variants.size(), 1u);
  EXPECT_EQ(text->iframe_variants[0].uri, "v/i.m3u8");
}

TEST(PlaylistText, SaysWhatIsMissingOrStrange) {
  EXPECT_THAT(problems("#EXTM3U\na.ts\n"), ElementsAre("2: a segment without EXTINF"));
  EXPECT_THAT(problems("#EXTM3U\n#EXTINF:six,\na.ts\n"),
              ElementsAre("2: EXTINF is not a number of seconds"));
  EXPECT_THAT(problems("#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-TARGETDURATION:7\n"),
              ElementsAre("3: EXT-X-TARGETDURATION twice"));
  EXPECT_THAT(problems("#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:9\na.ts\n"),
              ElementsAre("4: a byte range without offset follows no range of the same resource"));
  EXPECT_THAT(problems("#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:9223372036854775807@1\na.ts\n"),
              ElementsAre("4: damaged byte range"));
  EXPECT_THAT(problems("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n"),
              ElementsAre("2: EXT-X-STREAM-INF without a URI"));
}

TEST(PlaylistText, SurvivesARealPlaylistOfEveryPackager) {
  const auto files = real_playlists();
  if (files.empty()) GTEST_SKIP() << "no media folder: set WEIR_MEDIA";
  for (const auto& file : files) {
    const std::string text = read_file(file);
    auto playlist = read_playlist(text);
    if (!text.starts_with("#EXTM3U")) {  // a few begin with a comment, which the draft forbids
      EXPECT_FALSE(playlist) << file;
      continue;
    }
    ASSERT_TRUE(playlist) << file << ": " << playlist.error().what;
    const auto* media = playlist->media();
    const auto* variants = playlist->multivariant();
    EXPECT_TRUE(media ? !media->segments.empty() || media->target_duration.has_value()
                      : !variants->variants.empty() || !variants->media.empty())
        << file;
  }
}

constexpr std::string_view kEverything =
    "\xEF\xBB\xBF#EXTM3U\r\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:"
    "9223372036854775807\n"
    "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x1\n#EXT-X-MAP:URI=\"i\",BYTERANGE=\"1@2\"\n"
    "#EXTINF:4.0000001,t\n#EXT-X-BYTERANGE:5@6\na%20b.ts?x=\"1\"\n#EXT-X-GAP\n#EXTINF:,\n../b.ts\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"a,b\",RESOLUTION=1x1,FRAME-RATE=1.5\nv\n"
    "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"g\",NAME=\"\xC3\xA4\"\n#EXT-X-ENDLIST\n";

TEST(PlaylistText, SurvivesEveryTruncation) {
  for (std::size_t size = 0; size <= kEverything.size(); ++size)
    (void)read_playlist(kEverything.substr(0, size));
  for (const auto& file : real_playlists()) {
    const std::string text = read_file(file);
    if (text.size() > 1500) continue;
    for (std::size_t size = 0; size <= text.size(); ++size)
      (void)read_playlist(std::string_view(text).substr(0, size));
  }
}

TEST(PlaylistText, SurvivesSeededMutations) {
  std::mt19937 random(20261122);
  std::vector<std::string> seeds{std::string(kEverything)};
  for (const auto& file : real_playlists())
    if (fs::file_size(file) < 4000) seeds.push_back(read_file(file));
  for (int round = 0; round < 4000; ++round) {
    std::string text = seeds[random() % seeds.size()];
    for (unsigned n = 1 + random() % 8; n > 0; --n) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0)
        text.erase(at, random() % 20);
      else if (random() % 2 == 0)
        text.insert(at, text.substr(random() % text.size(), random() % 40));
      else
        text[at] = static_cast<char>(random());
      if (text.empty()) text = "#";
    }
    auto playlist = read_playlist(text);
    if (!playlist) continue;
    EXPECT_LE(playlist->problems.size(), kMaxProblems);
    for (const char* base : {"a/b.m3u8", "http://h/a/b.m3u8?q"})
      if (const auto* media = playlist->media())
        for (const auto& segment : media->segments) (void)resolve_uri(base, segment.uri);
  }
}

// The examples of RFC 3986 section 5.4 that a playlist can hold.
TEST(Uri, ResolvesAgainstAUrl) {
  const auto at = [](std::string_view reference) {
    return resolve_uri("http://a/b/c/d?q", reference);
  };
  EXPECT_EQ(at("g"), "http://a/b/c/g");
  EXPECT_EQ(at("./g"), "http://a/b/c/g");
  EXPECT_EQ(at("g/"), "http://a/b/c/g/");
  EXPECT_EQ(at("/g"), "http://a/g");
  EXPECT_EQ(at("//g"), "http://g");
  EXPECT_EQ(at("?y"), "http://a/b/c/d?y");
  EXPECT_EQ(at("g?y"), "http://a/b/c/g?y");
  EXPECT_EQ(at(""), "http://a/b/c/d?q");
  EXPECT_EQ(at("."), "http://a/b/c/");
  EXPECT_EQ(at(".."), "http://a/b/");
  EXPECT_EQ(at("../g"), "http://a/b/g");
  EXPECT_EQ(at("../../../g"), "http://a/g");
  EXPECT_EQ(at("g?y/../x"), "http://a/b/c/g?y/../x");
  EXPECT_EQ(at("https://x/y"), "https://x/y");
  EXPECT_EQ(resolve_uri("http://a", "g"), "http://a/g");
}

TEST(Uri, ResolvesAgainstALocalPath) {
  EXPECT_EQ(resolve_uri("out/main.m3u8", "v/1.m4s"), "out/v/1.m4s");
  EXPECT_EQ(resolve_uri("main.m3u8", "1.m4s"), "1.m4s");
  EXPECT_EQ(resolve_uri("out/v/a.m3u8", "../1.m4s"), "out/v/../1.m4s");
  EXPECT_EQ(resolve_uri("out/main.m3u8", "/abs/1.m4s"), "/abs/1.m4s");
  EXPECT_EQ(resolve_uri("out/main.m3u8", "a%20b.m4s?v=1"), "out/a b.m4s");
  EXPECT_EQ(resolve_uri("out/main.m3u8", "100%.m4s"), "out/100%.m4s");
  EXPECT_EQ(resolve_uri("out/main.m3u8", "file:///abs/1.m4s"), "/abs/1.m4s");
  EXPECT_EQ(resolve_uri("out/main.m3u8", "http://h/1.m4s"), "http://h/1.m4s");
}

}  // namespace
}  // namespace weir::hls
