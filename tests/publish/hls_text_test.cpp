// Subtitles beside a ladder: what is written, and what is said of them.
#include "publish/hls_text.h"

#include <algorithm>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>

#include "hls/playlist_text.h"
#include "publish/hls_source.h"
#include "support/demux.h"
#include "support/golden.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kFilm =
    "WEBVTT\n\nSTYLE\n::cue { color: red }\n\n00:00.500 --> 00:03.000 line:0\none\n\n"
    "00:06.500 --> 00:07.000\ntwo\n";

class HlsTexts : public Publisher {
 protected:
  TextChoice choice(const std::string& wanted, std::string_view text = kFilm) {
    auto out = parse_text_choice(wanted);
    EXPECT_THAT(out, IsOk());
    out->file = folder / out->file;
    std::ofstream(out->file, std::ios::binary) << text;
    return *out;
  }
  void give(const std::vector<std::string>& all) {
    std::vector<TextChoice> choices;
    for (const auto& wanted : all) choices.push_back(choice(wanted));
    auto read = read_texts(choices, nullptr, words);
    ASSERT_THAT(read, IsOk());
    texts = std::move(*read);
  }
  hls::MediaPlaylistText playlist(const std::string& rendition) const {
    const auto read = hls::read_playlist(store.text(rendition + "/index.m3u8"));
    EXPECT_THAT(read, IsOk());
    return read ? *read->media() : hls::MediaPlaylistText();
  }
  /// All that players compare between renditions.
  void expect_in_step() const {
    const auto picture = playlist("720p"), text = playlist("text-en");
    EXPECT_EQ(text.target_duration, picture.target_duration);
    EXPECT_EQ(text.media_sequence, picture.media_sequence);
    EXPECT_EQ(text.discontinuity_sequence, picture.discontinuity_sequence);
    EXPECT_EQ(text.type, picture.type);
    EXPECT_EQ(text.endlist, picture.endlist);
    ASSERT_EQ(text.segments.size(), picture.segments.size());
    for (std::size_t i = 0; i < text.segments.size(); ++i) {
      const auto &a = text.segments[i], &b = picture.segments[i];
      EXPECT_EQ(a.duration_us, b.duration_us);
      EXPECT_EQ(a.program_date_time, b.program_date_time);
      EXPECT_EQ(a.discontinuity, b.discontinuity) << i;
      EXPECT_EQ(a.uri.substr(0, 9), b.uri.substr(0, 9));
    }
  }

  std::ptrdiff_t told(std::string_view what) const {
    return std::ranges::count_if(words.warnings,
                                 [&](const auto& w) { return w.find(what) != w.npos; });
  }

  support::TempFolder folder;
};

TEST_F(HlsTexts, VodPlaylistsAndFiles) {
  give({"film.vtt,en,default", "film.vtt,de,name=Deutsch,sdh", "film.vtt,eng,forced"});
  ASSERT_THAT(run(8), IsOk());
  support::expect_golden("hls/text_vod.m3u8", store.text("text-en/index.m3u8"));
  // Rates are those of the encoders that made the pictures.
  support::expect_golden(
      "hls/text_master.m3u8",
      std::regex_replace(store.text("master.m3u8"), std::regex("BANDWIDTH=[0-9]+"), "BANDWIDTH=0"));
  const std::string head = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n";
  const std::string one =
      "STYLE\n::cue { color: red }\n\n00:00:00.500 --> 00:00:03.000 line:0\none\n\n";
  EXPECT_EQ(store.text("text-en/seg-00000.vtt"), head + one);
  EXPECT_EQ(store.text("text-en/seg-00001.vtt"), head + one);
  EXPECT_EQ(store.text("text-en/seg-00002.vtt"), head);
  EXPECT_EQ(store.text("text-en/seg-00003.vtt"),
            head + "STYLE\n::cue { color: red }\n\n00:00:06.500 --> 00:00:07.000\ntwo\n\n");
  EXPECT_THAT(names(), Contains("text-en-2/seg-00003.vtt"));
}

TEST_F(HlsTexts, LiveSlidesAndRemovesInStepWithThePictures) {
  options.type = Type::kLive;
  options.window = 6s;
  give({"film.vtt,en"});
  ASSERT_THAT(open(), IsOk());
  for (std::int64_t n = 0; n < 31; ++n) {
    ASSERT_THAT(push(n, n + 1), IsOk());
    if (n > 3) expect_in_step();
  }
  EXPECT_THAT(store.text("master.m3u8"), HasSubstr("SUBTITLES=\"subs\""));
  EXPECT_THAT(names(), Not(Contains("text-en/seg-00000.vtt")));
  EXPECT_THAT(names(), Contains("text-en/seg-00014.vtt"));
  ASSERT_THAT(publisher->finish(), IsOk());
  expect_in_step();
  EXPECT_EQ(told("declared"), 0) << "a text that was silent may speak";
}

TEST_F(HlsTexts, ARunAfterAKillGoesOnWithTheNumbers) {
  options.type = Type::kLive;
  give({"film.vtt,en"});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 9), IsOk());
  publisher.reset();
  source = Source();
  give({"film.vtt,en"});
  ASSERT_THAT(run(6), IsOk());
  expect_in_step();
  const auto text = playlist("text-en");
  ASSERT_EQ(text.segments.size(), 7u);
  EXPECT_TRUE(text.segments[4].discontinuity);
  EXPECT_THAT(store.text("text-en/seg-00004.vtt"), HasSubstr("\none\n")) << "times begin anew";
}

TEST_F(HlsTexts, ATextIsAGapOnlyWhereAllPicturesAre) {
  give({"film.vtt,en"});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 4), IsOk());
  ASSERT_THAT(push_event(source.change(0, true, 4)), IsOk());
  ASSERT_THAT(push(4, 8), IsOk());
  ASSERT_THAT(push_event(source.change(1, true, 8)), IsOk());
  ASSERT_THAT(push(8, 12), IsOk());
  ASSERT_THAT(push_event(source.change(1, false, 12)), IsOk());
  ASSERT_THAT(push(12, 16), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  std::string gaps;
  for (const auto& segment : playlist("text-en").segments) gaps += segment.gap ? 'G' : '.';
  EXPECT_EQ(gaps, "....GG..");
  EXPECT_THAT(names(), Not(Contains("text-en/seg-00004.vtt")));
}

TEST_F(HlsTexts, WholeSegmentsAreEncryptedAndSamplesAreNot) {
  options.encryption.method = HlsEncryption::Method::kAes128;
  give({"film.vtt,en"});
  ASSERT_THAT(run(4), IsOk());
  EXPECT_THAT(store.text("text-en/index.m3u8"), HasSubstr("METHOD=AES-128"));
  EXPECT_THAT(store.text("text-en/seg-00000.vtt"), Not(HasSubstr("WEBVTT")));
  options.encryption.method = HlsEncryption::Method::kCbcs;
  options.encryption.clear_lead = 2s;
  source = Source();
  give({"film.vtt,en"});
  ASSERT_THAT(run(8), IsOk());
  EXPECT_THAT(store.text("text-en/index.m3u8"), Not(HasSubstr("EXT-X-KEY")));
  EXPECT_THAT(store.text("text-en/seg-00003.vtt"), HasSubstr("WEBVTT"));
  expect_in_step();
}

TEST_F(HlsTexts, WithPartsATextComesWholeAndSaysSo) {
  options.type = Type::kLive;
  options.part = 500ms;
  give({"film.vtt,en"});
  ASSERT_THAT(run(8), IsOk());
  const std::string text = store.text("text-en/index.m3u8");
  EXPECT_THAT(text, HasSubstr("EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES"));
  EXPECT_THAT(text, Not(HasSubstr("EXT-X-PART")));
  EXPECT_THAT(text, Not(HasSubstr("PRELOAD")));
  EXPECT_THAT(text, HasSubstr("EXT-X-RENDITION-REPORT:URI=\"../720p/index.m3u8\",LAST-MSN=3,"));
  EXPECT_THAT(store.text("720p/index.m3u8"),
              HasSubstr("EXT-X-RENDITION-REPORT:URI=\"../text-en/index.m3u8\",LAST-MSN=3\n"));
}

TEST_F(HlsTexts, OneFileForTheSegmentsIsNotForText) {
  options.single_file = true;
  give({"film.vtt,en"});
  ASSERT_THAT(run(4), IsOk());
  EXPECT_THAT(names(), Contains("text-en/seg-00001.vtt"));
}

TEST_F(HlsTexts, WhenTheStoreFailsNothingStays) {
  for (std::size_t at = 1; at <= 16; ++at) {
    source = Source();
    give({"film.vtt,en"});
    store.puts.clear();
    store.fail_at = at;
    EXPECT_THAT(run(4), FailsWith(Code::kIo, HasSubstr("disk full"))) << at;
    EXPECT_THAT(names(), IsEmpty()) << at;
  }
}

TEST_F(HlsTexts, TwoForTheSameListenerAreNotBothChosenByThePlayer) {
  give({"film.vtt,en", "film.vtt,en,default", "film.vtt,en,sdh"});
  ASSERT_THAT(run(4), IsOk());
  const std::string master = store.text("master.m3u8");
  EXPECT_THAT(master, HasSubstr("NAME=\"en\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=NO"));
  EXPECT_THAT(master, HasSubstr("NAME=\"en 2\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES"));
  EXPECT_THAT(master, HasSubstr("NAME=\"en SDH\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES"));
}

TEST_F(HlsTexts, TheClockIsThatOfTheTransportStream) {
  options.container = HlsOptions::Container::kTs;
  give({"film.vtt,en"});
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(4, 10), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(store.text("text-en/seg-00000.vtt"), HasSubstr("MPEGTS:360000,LOCAL:00:00:00.000"));
  const auto picture =
      support::demux(store.files().at("720p/seg-00000.ts"), "mpegts", support::kWholeTs);
  ASSERT_FALSE(picture.packets.empty());
  EXPECT_EQ(picture.packets.front().pts().in({1, 90'000}), 360'000);
}

TEST(TextChoice, EverythingBehindTheLanguageIsOptional) {
  const auto full = parse_text_choice("a,b.vtt,pt-BR,name=Legendas,forced,sdh,default");
  ASSERT_THAT(full, IsOk());
  EXPECT_EQ(full->file, "a,b.vtt");
  EXPECT_EQ(full->language, "pt-BR");
  EXPECT_EQ(full->name, "Legendas");
  EXPECT_TRUE(full->forced && full->sdh && full->is_default);
  const auto plain = parse_text_choice("film.vtt,und");
  ASSERT_THAT(plain, IsOk());
  EXPECT_FALSE(plain->forced || plain->sdh || plain->is_default);
}

TEST(TextChoice, WhatIsNotUnderstoodIsToldWithAnExample) {
  for (const char* bad :
       {"", "film.vtt", ",en", "film.vtt,forced", "film.vtt,en,force", "film.vtt,english,forced"})
    EXPECT_THAT(parse_text_choice(bad), FailsWith(Code::kUsage, HasSubstr("film.vtt,en"))) << bad;
}

TEST_F(HlsTexts, TwoDefaultsAreRefused) {
  EXPECT_THAT(read_texts({choice("a.vtt,en,default"), choice("b.vtt,de,default")}, nullptr, words),
              FailsWith(Code::kUsage, HasSubstr("2 subtitles are to be the default")));
}

TEST_F(HlsTexts, WhatIsLeftOutOfAFileIsSaid) {
  ASSERT_THAT(read_texts({choice("a.vtt,en", "WEBVTT\n\n1 --> 2\nx\n")}, nullptr, words), IsOk());
  EXPECT_EQ(told("a.vtt', line 3: a cue whose times"), 1);
  EXPECT_EQ(told("holds no cue"), 1);
}

}  // namespace
}  // namespace weir::publish
