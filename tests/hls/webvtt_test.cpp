// WebVTT in and out.
#include "hls/webvtt.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/segment_writer.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr AVRational kClock{1, 90'000};

Webvtt read(std::string_view text) {
  auto out = read_webvtt(as_bytes(text));
  EXPECT_THAT(out, IsOk());
  return out ? std::move(*out) : Webvtt();
}

std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& problem : read(text).problems)
    out.push_back(fmt::format("{}: {}", problem.line, problem.what));
  return out;
}

TEST(Webvtt, ACueKeepsItsNameItsSettingsAndItsTags) {
  const auto file = read(
      "WEBVTT - title\nKind: captions\n\nfirst\n00:01.000 --> 01:00:02.500 line:0 align:left\n"
      "<v Ann>Hello &amp; <i>welcome</i>\nsecond line\n\n");
  ASSERT_EQ(file.cues.size(), 1u);
  const auto& cue = file.cues[0];
  EXPECT_EQ(cue.id, "first");
  EXPECT_EQ(cue.start_ms, 1000);
  EXPECT_EQ(cue.end_ms, 3'602'500);
  EXPECT_EQ(cue.settings, "line:0 align:left");
  EXPECT_EQ(cue.text, "<v Ann>Hello &amp; <i>welcome</i>\nsecond line");
  EXPECT_THAT(file.problems, IsEmpty());
}

TEST(Webvtt, StylesAndRegionsStayAndCommentsGo) {
  const auto file = read(
      "WEBVTT\n\nSTYLE\n::cue(b) {\n  color: red;\n}\n\nNOTE what for\n\nREGION\nid:a\nlines:2\n\n"
      "NOTE\nmore\n\n00:01.000 --> 00:02.000 region:a\nx\n");
  EXPECT_EQ(file.blocks, "STYLE\n::cue(b) {\n  color: red;\n}\n\nREGION\nid:a\nlines:2\n\n");
  EXPECT_EQ(file.cues.size(), 1u);
  EXPECT_THAT(file.problems, IsEmpty());
}

TEST(Webvtt, LineEndsAndByteOrderMarkAreThoseOfAnySystem) {
  for (const char* text :
       {"\xEF\xBB\xBFWEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\na\r\nb\r\n",
        "WEBVTT\r\r00:01.000 --> 00:02.000\ra\rb", "WEBVTT\n\n00:01.000 --> 00:02.000\na\nb"}) {
    const auto file = read(text);
    ASSERT_EQ(file.cues.size(), 1u);
    EXPECT_EQ(file.cues[0].text, "a\nb");
  }
}

TEST(Webvtt, CuesComeByTheirBegin) {
  const auto file = read(
      "WEBVTT\n\n00:05.000 --> 00:06.000\nlate\n\n00:01.000 --> 00:09.000\nearly\n\n"
      "00:05.000 --> 00:05.500\nlast\n");
  ASSERT_EQ(file.cues.size(), 3u);
  EXPECT_EQ(file.cues[0].text, "early");
  EXPECT_EQ(file.cues[1].text, "late");
  EXPECT_EQ(file.cues[2].text, "last");
}

TEST(Webvtt, WhatIsDamagedIsLeftOutAndNamedByItsLine) {
  EXPECT_THAT(problems("WEBVTT\n\n00:01.000 --> 00:01.000\nno time\n\nwhat\n\n"
                       "00:1.000 --> 00:02.000\nx\n\n00:02.000 --> 00:03.000junk\nx\n\n"
                       "00:03.000 --> 00:04.000\ngood\n\nSTYLE\nx{}\n"),
              ElementsAre("3: a cue whose times cannot be read or do not go forward",
                          "6: neither a cue nor a block that is known",
                          "8: a cue whose times cannot be read or do not go forward",
                          "11: a cue whose times cannot be read or do not go forward",
                          "17: a STYLE or REGION block behind a cue"));
}

TEST(Webvtt, ACueWithoutAnEmptyLineBeforeItIsStillACue) {
  const auto file = read("WEBVTT\n00:01.000 --> 00:02.000\na\n00:02.000 --> 00:03.000\nb");
  ASSERT_EQ(file.cues.size(), 2u);
  EXPECT_EQ(file.cues[0].text, "a");
  EXPECT_EQ(file.cues[1].text, "b");
}

TEST(Webvtt, WhatIsNoWebvttIsRefused) {
  for (const char* text : {"", "WEBVTTX\n", "1\n00:00:01,000 --> 00:00:02,000\nx\n", "webvtt\n"})
    EXPECT_THAT(read_webvtt(as_bytes(text)), FailsWith(Code::kBadInput, HasSubstr("WEBVTT")));
  EXPECT_THAT(read_webvtt(as_bytes("WEBVTT\n\n00:01.000 --> 00:02.000\ncaf\xE9\n")),
              FailsWith(Code::kBadInput, "line 4 is not UTF-8: convert it"));
}

TEST(Webvtt, AnyBytesAreSafe) {
  const std::string good =
      "WEBVTT\n\nSTYLE\nx{}\n\nid\n00:01.000 --> 00:00:02.000 line:0\n<b>a</b>\nb\n\nNOTE\n\n";
  for (std::size_t size = 0; size < good.size(); ++size)
    (void)read_webvtt(as_bytes(std::string_view(good).substr(0, size)));
  std::mt19937 dice(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = good;
    for (int i = 0; i < 3; ++i) text[dice() % text.size()] = "\n\r:.->0 \0\xC3Z"[dice() % 11];
    if (const auto file = read_webvtt(as_bytes(text)))
      for (const auto& cue : file->cues) {
        EXPECT_LT(cue.start_ms, cue.end_ms);
        EXPECT_EQ(cue.text.find("\n\n"), std::string::npos);
      }
  }
}

Segment segment(media::Time origin, media::Time start, std::vector<media::Cue> cues = {}) {
  Segment out;
  out.origin = origin;
  out.start = start;
  out.duration = {540'000, kClock};
  for (const auto& cue : cues) out.packets.push_back(media::cue_packet(cue));
  return out;
}

TEST(WebvttSegment, CuesKeepTheirTimesAndStylesStandInFrontOfThem) {
  const auto made =
      segment({1920, kClock}, {1920, kClock},
              {{500, 2500, "one", "line:0", "<i>a</i>\nb"}, {3'600'000, 3'601'001, "", "", "c"}});
  EXPECT_EQ(webvtt_segment(made, "STYLE\nx{}\n\n"),
            "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:1920,LOCAL:00:00:00.000\n\nSTYLE\nx{}\n\n"
            "one\n00:00:00.500 --> 00:00:02.500 line:0\n<i>a</i>\nb\n\n"
            "01:00:00.000 --> 01:00:01.001\nc\n\n");
}

TEST(WebvttSegment, WithoutCuesThereIsTheHeaderAlone) {
  EXPECT_EQ(webvtt_segment(segment({0, kClock}, {540'000, kClock}), "STYLE\nx{}\n\n"),
            "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n");
}

TEST(WebvttSegment, TheMapIsRoundedAsTheStampsOfTheTransportStreamAre) {
  EXPECT_THAT(webvtt_segment(segment({1024, {1, 48'000}}, {1024, {1, 48'000}}), ""),
              HasSubstr("MPEGTS:1920,"));
}

// The map says of a cue where it is on the clock, which is all that counts.
std::int64_t on_the_clock(const std::string& text, std::int64_t cue_ms) {
  long long ticks = 0;
  int h = 0, m = 0, s = 0, ms = 0;
  EXPECT_EQ(std::sscanf(text.c_str(), "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:%lld,LOCAL:%d:%d:%d.%d",
                        &ticks, &h, &m, &s, &ms),
            5);
  EXPECT_LT(ticks, 1LL << 33);
  return ticks + (cue_ms - (((h * 60LL + m) * 60 + s) * 1000 + ms)) * 90;
}

TEST(WebvttSegment, TheMapFollowsTheClockBeyondItsWrap) {
  const std::int64_t period = std::int64_t{1} << 33;
  for (const std::int64_t origin : {std::int64_t{0}, std::int64_t{1921}, period - 45'000})
    for (const std::int64_t start : {period - 540'000, period - 1, period, period + 1,
                                     2 * period - 1, 2 * period + 777, 5 * period + 3}) {
      if (start < origin) continue;
      const std::int64_t at = (start - origin) / 90 + 1000;  // a second into the segment
      const auto text = webvtt_segment(segment({origin, kClock}, {start, kClock}), "");
      const std::int64_t pts = origin + at * 90;  // of a picture of that moment
      EXPECT_EQ((on_the_clock(text, at) - pts) % period, 0) << text;
    }
}

TEST(WebvttSegment, AfterAWrapTheMapNamesATimeOfTheSegment) {
  const std::int64_t period = std::int64_t{1} << 33;
  EXPECT_EQ(webvtt_segment(segment({0, kClock}, {period + 45, kClock}), ""),
            "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:118,LOCAL:26:30:43.719\n\n");
}

TEST(WebvttWriter, SamplesAreNeverEncrypted) {
  media::Track track;
  track.par = media::text_parameters("");
  const auto writer = open_webvtt_writer(track);
  EXPECT_THAT(writer->use_key(std::nullopt), IsOk());
  EXPECT_THAT(writer->use_key(ContentKey()), FailsWith(Code::kUnsupported, HasSubstr("WebVTT")));
}

}  // namespace
}  // namespace weir::hls
