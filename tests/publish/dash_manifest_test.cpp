// The DASH manifest beside the playlists, as players see it.
#include "publish/dash_manifest.h"

#include <regex>

#include <gmock/gmock.h>

#include "publish/hls_source.h"
#include "support/golden.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Dash : public Publisher {
 protected:
  Dash() {
    options.dash = true;
    options.window = 12s;
  }
  std::string manifest() const { return store.text("manifest.mpd"); }
  /// Without what depends on how well the pictures were coded.
  std::string steady() const {
    return std::regex_replace(manifest(), std::regex("bandwidth=\"[0-9]+\""), "bandwidth=\"N\"");
  }
  std::vector<std::string> periods() const {
    std::vector<std::string> out;
    const std::string text = manifest();
    const std::regex begin("<Period id=\"([0-9]+)\" start=\"([^\"]*)\"");
    for (std::sregex_iterator i(text.begin(), text.end(), begin), end; i != end; ++i)
      out.push_back((*i)[1].str() + " at " + (*i)[2].str());
    return out;
  }
  /// The text of one period.
  std::string period(const std::string& id) const {
    const std::string text = manifest();
    const auto from = text.find("<Period id=\"" + id + "\"");
    return from == text.npos ? "" : text.substr(from, text.find("</Period>", from) - from);
  }
};

TEST_F(Dash, VodNamesTheSameSegmentsAfterAllPlaylists) {
  ASSERT_THAT(run(5), IsOk());
  support::expect_golden("hls/publisher_vod.mpd", steady());
  EXPECT_EQ(store.puts.back(), "manifest.mpd");
}

TEST_F(Dash, WithoutTheOptionThereIsNoneAndOneOfBeforeGoes) {
  ASSERT_THAT(run(4), IsOk());
  source = Source();
  options.dash = false;
  ASSERT_THAT(run(4), IsOk());
  EXPECT_THAT(names(), Not(Contains("manifest.mpd")));
}

TEST_F(Dash, VodOfTheSameInputIsTheSameWhateverTheClock) {
  expect_the_same_again_an_hour_later();
}

TEST_F(Dash, LiveListsTheWindowOfThePlaylists) {
  options.type = Type::kLive;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 21), IsOk());
  support::expect_golden("hls/publisher_live.mpd", steady());
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("EXT-X-MEDIA-SEQUENCE:4\n"));
}

TEST_F(Dash, TheNewestSegmentOfTheFirstManifestHasJustBecomeAvailable) {
  options.type = Type::kLive;
  std::int64_t at = 0;
  store.on_listing = [&](const std::string& name) {
    if (name == "manifest.mpd" && at == 0) at = clock.utc_us();
  };
  options.program_date_time_us = 0;  // says nothing of when segments can be had
  ASSERT_THAT(run(6), IsOk());
  EXPECT_THAT(manifest(), HasSubstr("availabilityStartTime=\"" + format_utc(at - 2'005'334)));
}

TEST_F(Dash, OneManifestForTheSegmentsOfAllRenditions) {
  options.type = Type::kLive;
  int told = 0;
  store.on_listing = [&](const std::string& name) { told += name == "manifest.mpd" ? 1 : 0; };
  ASSERT_THAT(run(12), IsOk());
  EXPECT_EQ(told, 6 + 1);
}

TEST_F(Dash, ALiveManifestNamesNothingThatIsNotThereYet) {
  options.type = Type::kLive;
  store.on_listing = [&](const std::string& name) {
    if (name != "manifest.mpd") return;
    const std::string text = manifest();
    const std::regex run(
        "startNumber=\"([0-9]+)\"[^>]*>\\s*<SegmentTimeline>\\s*"
        "<S t=\"[0-9]+\" d=\"[0-9]+\"(?: r=\"([0-9]+)\")?");
    std::smatch found;
    ASSERT_TRUE(std::regex_search(text, found, run));
    const auto last = std::stoll(found[1]) + (found[2].matched ? std::stoll(found[2]) : 0);
    for (const auto* folder : {"720p", "360p", "audio"})
      EXPECT_THAT(names(), Contains(fmt::format("{}/seg-{:05}.m4s", folder, last)));
  };
  ASSERT_THAT(run(12), IsOk());
}

TEST_F(Dash, ALiveManifestThatEndsBecomesStaticOnTheSameTimeLine) {
  options.type = Type::kLive;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 11), IsOk());
  const std::string start = manifest().substr(manifest().find("availabilityStartTime"), 48);
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(manifest(), HasSubstr("type=\"static\""));
  EXPECT_THAT(manifest(), HasSubstr("mediaPresentationDuration=\"PT10.965333S\""));
  EXPECT_THAT(manifest(), HasSubstr(start));
  EXPECT_THAT(manifest(), Not(HasSubstr("minimumUpdatePeriod")));
}

TEST_F(Dash, OneThatIsCutOffStaysDynamic) {
  options.type = Type::kLive;
  options.expect_end = true;
  EXPECT_THAT(run(6), FailsWith(Code::kBadInput, HasSubstr("ended early")));
  EXPECT_THAT(manifest(), HasSubstr("type=\"dynamic\""));
}

TEST_F(Dash, EventKeepsAllThereWas) {
  options.type = Type::kEvent;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 31), IsOk());
  EXPECT_THAT(manifest(), HasSubstr("startNumber=\"0\""));
  EXPECT_THAT(manifest(), Not(HasSubstr("timeShiftBufferDepth")));
}

TEST_F(Dash, ADiscontinuityBeginsAPeriodOnTheSameTimeLine) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 4), IsOk());
  ASSERT_THAT(push_event(media::make_event(media::event::kDiscontinuity, {4, {1, 1}})), IsOk());
  ASSERT_THAT(push(4, 8), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(periods(), ElementsAre("0 at PT0S", "2 at PT4S"));
  EXPECT_THAT(period("2"), HasSubstr("startNumber=\"2\""));
  EXPECT_THAT(period("2"), HasSubstr("timescale=\"48000\" presentationTimeOffset=\"192000\""));
}

TEST_F(Dash, ARenditionThatIsDroppedIsNotInThePeriodsItHasNothingFor) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 4), IsOk());
  ASSERT_THAT(push_event(source.change(0, true, 4)), IsOk());
  ASSERT_THAT(push(4, 8), IsOk());
  ASSERT_THAT(push_event(source.change(0, false, 8)), IsOk());
  ASSERT_THAT(push(8, 12), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(periods(), ElementsAre("0 at PT0S", "2 at PT4S", "4 at PT8S"));
  EXPECT_THAT(period("0"), HasSubstr("id=\"720p\""));
  EXPECT_THAT(period("2"), Not(HasSubstr("id=\"720p\"")));
  EXPECT_THAT(period("2"), HasSubstr("id=\"360p\""));
  EXPECT_THAT(period("4"), HasSubstr("startNumber=\"4\""));
  EXPECT_THAT(period("4"), HasSubstr("id=\"720p\""));
}

TEST_F(Dash, PeriodsKeepNameAndPlaceWhileTheWindowSlides) {
  options.type = Type::kLive;
  options.window = 6s;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 4), IsOk());
  ASSERT_THAT(push_event(media::make_event(media::event::kDiscontinuity, {4, {1, 1}})), IsOk());
  ASSERT_THAT(push(4, 7), IsOk());
  EXPECT_THAT(periods(), ElementsAre("0 at PT0S", "2 at PT4S"));
  ASSERT_THAT(push(7, 15), IsOk());
  EXPECT_THAT(periods(), ElementsAre("2 at PT4S"));
  EXPECT_THAT(period("2"), HasSubstr("presentationTimeOffset=\"100\" startNumber=\"4\""));
}

TEST_F(Dash, OfARenditionThatLostASegmentWhatFollowsIsListedUnderItsNumber) {
  options.type = Type::kLive;
  store.lost = {"360p/seg-00001.m4s"};
  ASSERT_THAT(run(8), IsOk());
  EXPECT_THAT(periods(), ElementsAre("0 at PT0S"));
  EXPECT_THAT(manifest(), HasSubstr("<Representation id=\"360p\""));
  const std::string text = manifest();
  const std::string small = text.substr(text.find("id=\"360p\""));
  EXPECT_LT(small.find("startNumber=\"2\""), small.find("</Representation>"));
}

TEST_F(Dash, EncryptedPeriodsNameTheirKey) {
  options.encryption.method = HlsEncryption::Method::kCbcs;
  options.encryption.rotation.segments = 2;
  options.encryption.clear_lead = 2s;
  ASSERT_THAT(run(10), IsOk());
  EXPECT_THAT(periods(), ElementsAre("0 at PT0S", "1 at PT2S", "3 at PT6S"));
  EXPECT_THAT(period("0"), Not(HasSubstr("ContentProtection")));
  const auto key = [&](const std::string& id) {
    const std::string text = period(id);
    return text.substr(text.find("default_KID=") + 13, 36);
  };
  EXPECT_NE(key("1"), key("3"));
  EXPECT_THAT(period("3"), HasSubstr("initialization=\"$RepresentationID$/init-2.mp4\""));
}

class DashRestart : public Dash {
 protected:
  DashRestart() { options.type = Type::kLive; }
  /// A run of so many seconds that is killed then.
  void run_and_kill(std::int64_t seconds) {
    ASSERT_THAT(open(), IsOk());
    ASSERT_THAT(push(0, seconds), IsOk());
    kill();
  }
  void kill() {
    publisher.reset();
    source = Source();
  }
  std::string start() const {
    return manifest().substr(manifest().find("availabilityStartTime"), 48);
  }
};

TEST_F(DashRestart, WhatIsListedStaysAndTheNewRunIsAPeriod) {
  run_and_kill(11);
  const std::string before = start();
  clock.advance(10s);
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 7), IsOk());
  support::expect_golden("hls/publisher_restarted.mpd", steady());
  EXPECT_EQ(start(), before);
}

TEST_F(DashRestart, ManyTimesOver) {
  for (int i = 0; i < 5; ++i) {
    run_and_kill(5);
    clock.advance(1s);
  }
  EXPECT_THAT(periods(),
              ElementsAre("4 at PT12.000667S", "6 at PT18.000667S", "8 at PT24.000667S"));
  EXPECT_THAT(period("6"), HasSubstr("<S t=\"0\" d=\"50\" r=\"1\"/>"));
}

TEST_F(DashRestart, APeriodThatFollowsFasterThanTheClockBeginsWhereTheOneBeforeEnds) {
  run_and_kill(11);
  ASSERT_THAT(open(), IsOk());
  for (std::int64_t n = 0; n < 5; ++n)
    for (auto& item : source.second(n, 2)) ASSERT_THAT(publisher->push(std::move(item)), IsOk());
  EXPECT_THAT(periods(), ElementsAre("0 at PT0S", "5 at PT10.005333S"));
}

TEST_F(DashRestart, SegmentsThatOnlyThePlaylistsKnewFollowInTheirLengths) {
  std::string kept;
  store.on_listing = [&](const std::string& name) {
    if (name == "manifest.mpd" && kept.empty() && clock.utc_us() % 60'000'000 >= 6'000'000)
      kept = manifest();
  };
  run_and_kill(11);
  const std::string whole = period("0");
  ASSERT_THAT(store.put("manifest.mpd", as_bytes(kept)), IsOk());
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 3), IsOk());
  EXPECT_EQ(period("0"), whole);
}

TEST_F(DashRestart, ADamagedManifestBeginsAnewAndThatIsSaid) {
  run_and_kill(11);
  ASSERT_THAT(store.put("manifest.mpd", as_bytes("<MPD")), IsOk());
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 3), IsOk());
  EXPECT_THAT(periods(), ElementsAre("5 at PT0S"));
  EXPECT_THAT(words.warnings, Contains(HasSubstr("'manifest.mpd' is of no use to go on from")));
}

TEST_F(DashRestart, EncryptedSegmentsKeepTheirKey) {
  options.encryption.method = HlsEncryption::Method::kCbcs;
  run_and_kill(5);
  const auto key = [&](const std::string& id) {
    const std::string text = period(id);
    return text.substr(text.find("default_KID=") + 13, 36);
  };
  const std::string before = key("0");
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  EXPECT_EQ(key("0"), before);
  EXPECT_NE(key("2"), before);
}

TEST_F(Dash, WholeSegmentsAreListedBesideParts) {
  options.type = Type::kLive;
  ASSERT_THAT(run(8), IsOk());
  const std::string whole = steady();
  source = Source();
  options.part = 500ms;
  options.start_anew = true;
  ASSERT_THAT(run(8), IsOk());
  EXPECT_THAT(names(), Contains("720p/seg-00001.1.m4s"));
  EXPECT_THAT(manifest(), HasSubstr("type=\"static\""));
  EXPECT_EQ(steady().substr(steady().find("<Period")), whole.substr(whole.find("<Period")));
}

TEST_F(Dash, WhatItCannotDescribeIsAUsageError) {
  const auto refused = [&](const char* word) {
    EXPECT_THAT(open(), FailsWith(Code::kUsage, HasSubstr(word)));
    options = HlsOptions();
    options.dash = true;
  };
  options.container = HlsOptions::Container::kTs;
  refused("--type fmp4");
  options.container = HlsOptions::Container::kPacked;
  refused("--type fmp4");
  options.encryption.method = HlsEncryption::Method::kAes128;
  refused("--encrypt cbcs");
  options.single_file = true;
  refused("--single-file");
}

TEST_F(Dash, VodThatFailsLeavesNothing) {
  store_fails_at_each_of(14);
}

}  // namespace
}  // namespace weir::publish
