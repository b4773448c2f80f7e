// Parts on their way out: files, playlists from version to version, and what is refused.
#include <algorithm>

#include <gmock/gmock.h>

#include "publish/hls_parts.h"
#include "publish/hls_source.h"
#include "support/demux.h"
#include "support/golden.h"
#include "support/low_latency_watch.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class LowLatency : public Publisher {
 protected:
  LowLatency() {
    options.type = Type::kLive;
    options.part = 500ms;
    options.window = 20s;
    store.on_listing = [this](const std::string& name) {
      if (name == "master.m3u8") return;
      const std::string folder = name.substr(0, name.rfind('/') + 1);
      const auto files = store.files();
      watch.see(name, store.text(name), [&](const std::string& uri) {
        return files.contains(folder + uri) || store.lost.contains(folder + uri);
      });
      versions[name].push_back(store.text(name));
    };
  }
  /// Item by item, with the clock at each item's time.
  Result<void> push_in_time(std::int64_t from, std::int64_t to) {
    for (std::int64_t n = from; n < to; ++n)
      for (auto& item : source.second(n, 2)) {
        const auto at = std::chrono::microseconds(media::position(item).micros());
        if (clock.monotonic() < at) clock.advance(at - clock.monotonic());
        WEIR_TRY(publisher->push(std::move(item)));
      }
    return {};
  }
  Bytes joined(const std::string& segment, int parts) const {
    const auto files = store.files();
    Bytes all;
    for (int i = 0; i < parts; ++i) {
      const auto& bytes = files.at(fmt::format("{}.{}.m4s", segment, i));
      all.insert(all.end(), bytes.begin(), bytes.end());
    }
    return all;
  }

  support::LowLatencyWatch watch;
  std::map<std::string, std::vector<std::string>> versions;
};

TEST_F(LowLatency, PlaylistGrowsPartByPart) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 5), IsOk());
  std::string all;
  for (const auto& text : versions["720p/index.m3u8"]) all += text + "\n";
  support::expect_golden("hls/parts_live.m3u8", all);
}

TEST_F(LowLatency, SoundPlaylistHasPartsOfItsOwn) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 5), IsOk());
  support::expect_golden("hls/parts_live_audio.m3u8", versions["audio/index.m3u8"].back());
}

TEST_F(LowLatency, EveryVersionKeepsTheRules) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 40), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(watch.problems, IsEmpty());
  EXPECT_GT(watch.seen, 3 * 38 * 2) << "two parts a second, from the first segment on";
  EXPECT_THAT(versions["360p/index.m3u8"].back(), HasSubstr("#EXT-X-ENDLIST\n"));
}

TEST_F(LowLatency, TheWatchSeesWhatIsWrong) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 5), IsOk());
  const auto all = versions["720p/index.m3u8"];
  const std::string good = all.back(), before = all[all.size() - 2];
  const auto problems_of = [&](const std::string& from, const std::string& to) {
    support::LowLatencyWatch other;
    std::string bad = good;
    const auto at = bad.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    bad.replace(at, from.size(), to);
    const auto there = [](const std::string& uri) { return uri != "lost"; };
    other.see("720p/index.m3u8", before, there);
    other.see("audio/index.m3u8", versions["audio/index.m3u8"].back(), there);
    EXPECT_THAT(other.problems, IsEmpty());
    other.see("720p/index.m3u8", bad, there);
    return other.problems;
  };
  EXPECT_THAT(problems_of("#EXTM3U", "#EXTM3U"), IsEmpty());
  EXPECT_THAT(problems_of("PART-TARGET=0.500000", "PART-TARGET=0.510000"), Not(IsEmpty()));
  EXPECT_THAT(problems_of("DURATION=0.480000", "DURATION=0.520000"), Not(IsEmpty()));
  EXPECT_THAT(problems_of("DURATION=0.480000", "DURATION=0.420000"), Not(IsEmpty()));
  EXPECT_THAT(problems_of("\"seg-00001.0.m4s", "\"lost"), Contains(HasSubstr("not there")));
  EXPECT_THAT(problems_of("URI=\"seg-00002.1.m4s", "URI=\"seg-00002.7.m4s"),
              Contains(HasSubstr("was hinted")));
  EXPECT_THAT(problems_of("audio/index.m3u8\",LAST-MSN=2", "audio/index.m3u8\",LAST-MSN=1"),
              Contains(HasSubstr("no right report")));
  EXPECT_THAT(problems_of("#EXT-X-PRELOAD-HINT", "#EXT-X-ENDLIST\n#EXT-X-PRELOAD-HINT"),
              Contains(HasSubstr("1 hints")));
}

TEST_F(LowLatency, EventPlaylistsKeepTheRulesToo) {
  options.type = Type::kEvent;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 21), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(watch.problems, IsEmpty());
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("seg-00000.m4s"));
  EXPECT_THAT(store.text("720p/index.m3u8"), Not(HasSubstr("seg-00000.0.m4s")));
}

TEST_F(LowLatency, ADroppedRenditionKeepsThemToo) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 5), IsOk());
  ASSERT_THAT(push_event(source.change(0, true, 5)), IsOk());
  ASSERT_THAT(push_in_time(5, 9), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"),
              HasSubstr("#EXT-X-PART:DURATION=0.040000,URI=\"seg-00002.2.m4s\"\n"
                        "#EXT-X-PART:DURATION=0.480000,URI=\"seg-00002.3.m4s\",GAP=YES\n"));
  ASSERT_THAT(push_event(source.change(0, false, 9)), IsOk());
  ASSERT_THAT(push_in_time(9, 14), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(watch.problems, IsEmpty());
}

TEST_F(LowLatency, APartIsListedWithThePictureBehindIt) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 4), IsOk());
  versions.clear();
  for (auto& item : source.second(4, 2)) {
    if (media::position(item) > media::Time{4'480'000, media::kMicros}) break;
    ASSERT_THAT(publisher->push(std::move(item)), IsOk());
  }
  EXPECT_THAT(versions["720p/index.m3u8"].back(),
              HasSubstr("#EXT-X-PART:DURATION=0.480000,URI=\"seg-00002.0.m4s\",INDEPENDENT=YES\n"
                        "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"seg-00002.1.m4s\"\n"));
}

TEST_F(LowLatency, ASegmentIsItsPartsByteForByte) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 4), IsOk());
  const auto files = store.files();
  EXPECT_EQ(joined("720p/seg-00000", 5), files.at("720p/seg-00000.m4s"));
  EXPECT_EQ(joined("audio/seg-00000", 5), files.at("audio/seg-00000.m4s"));
}

TEST_F(LowLatency, SegmentsCarryTheSameSamplesAsWithoutParts) {
  ASSERT_THAT(run(6), IsOk());
  const auto with = store.files();
  source = Source();
  options.part.reset();
  watch = {};
  ASSERT_THAT(run(6), IsOk());
  const auto without = store.files();
  for (const std::string name : {"720p", "audio"}) {
    const auto read = [&](const auto& files) {
      Bytes all = files.at(name + "/init.mp4");
      for (int n = 0; n < 3; ++n) {
        const auto& bytes = files.at(fmt::format("{}/seg-{:05}.m4s", name, n));
        all.insert(all.end(), bytes.begin(), bytes.end());
      }
      return support::demux(all, "mp4");
    };
    const auto a = read(with), b = read(without);
    ASSERT_EQ(a.packets.size(), b.packets.size()) << name;
    for (std::size_t i = 0; i < a.packets.size(); ++i) {
      EXPECT_EQ(a.packets[i].pts().ticks, b.packets[i].pts().ticks) << name << i;
      EXPECT_EQ(a.packets[i].dts().ticks, b.packets[i].dts().ticks) << name << i;
      EXPECT_TRUE(std::ranges::equal(a.packets[i].bytes(), b.packets[i].bytes())) << name << i;
    }
  }
}

TEST_F(LowLatency, PartsStayThreeTargetsAfterTheyLeftThePlaylist) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 8), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("seg-00000.0.m4s"));
  ASSERT_THAT(push_in_time(8, 14), IsOk());  // it left with what came after eight seconds
  EXPECT_THAT(store.text("720p/index.m3u8"), Not(HasSubstr("seg-00000.0.m4s")));
  EXPECT_THAT(names(), Contains("720p/seg-00000.0.m4s"));
  ASSERT_THAT(push_in_time(14, 16), IsOk());
  EXPECT_THAT(names(), Not(Contains("720p/seg-00000.0.m4s")));
  EXPECT_THAT(names(), Not(Contains("audio/seg-00000.4.m4s")));
  EXPECT_THAT(names(), Contains("720p/seg-00000.m4s"));
}

TEST_F(LowLatency, AShortWindowHasNothingToSkip) {
  options.window = 12s;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 30), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"), Not(HasSubstr("CAN-SKIP")));
  EXPECT_THAT(watch.problems, IsEmpty());
}

TEST_F(LowLatency, APartTheStoreLostIsAGap) {
  store.lost = {"360p/seg-00001.1.m4s"};
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 5), IsOk());
  EXPECT_THAT(store.text("360p/index.m3u8"), HasSubstr("URI=\"seg-00001.1.m4s\",GAP=YES\n"));
  EXPECT_THAT(store.text("360p/index.m3u8"), Not(HasSubstr("#EXT-X-GAP\n")));
}

TEST_F(LowLatency, TheStoreIsToldTheTimeOfPartsAndNotAgainThatOfTheirSegment) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_in_time(0, 4), IsOk());
  EXPECT_EQ(store.durations["720p/seg-00000.0.m4s"], 480ms);
  EXPECT_EQ(store.durations["720p/seg-00000.m4s"], 0s);
}

TEST_F(LowLatency, SampleRatesAreCountedOnce) {
  ASSERT_THAT(run(6), IsOk());
  const auto with = store.text("master.m3u8");
  source = Source();
  options.part.reset();
  watch = {};
  ASSERT_THAT(run(6), IsOk());
  const auto rate = [](const std::string& text) {
    return std::stod(text.substr(text.find("AVERAGE-BANDWIDTH=") + 18));
  };
  // Chunks have headers of their own.
  EXPECT_GT(rate(with), rate(store.text("master.m3u8")));
  EXPECT_LT(rate(with), rate(store.text("master.m3u8")) * 1.2);
}

TEST_F(LowLatency, AFailureOfTheStoreComesUp) {
  for (std::size_t at = 1; at <= 30; ++at) {
    source = Source();
    store.puts.clear();
    store.fail_at = at;
    watch = {};
    EXPECT_THAT(run(6), FailsWith(Code::kIo, HasSubstr("disk full"))) << at;
  }
}

TEST_F(LowLatency, IsRefusedWhereItCannotBe) {
  options.type = Type::kVod;
  EXPECT_THAT(open(), FailsWith(Code::kUsage, HasSubstr("--playlist live")));
  options.type = Type::kEvent;
  options.container = HlsOptions::Container::kTs;
  EXPECT_THAT(open(), FailsWith(Code::kUsage, HasSubstr("MPEG-TS")));
  options.container = HlsOptions::Container::kFmp4;
  options.encryption.method = HlsEncryption::Method::kAes128;
  EXPECT_THAT(open(), FailsWith(Code::kUsage, HasSubstr("aes-128")));
  options.encryption = {};
  options.segment = 400ms;
  EXPECT_THAT(open(), FailsWith(Code::kUsage, HasSubstr("longer than --segment 400ms")));
  options.segment.reset();
  options.part = 30ms;
  EXPECT_THAT(open(), FailsWith(Code::kUsage, HasSubstr("rendition '720p': take at least 40ms")));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(LowLatency, PartsThatWholePicturesDoNotFillAreWarnedOf) {
  options.part = 150ms;  // three pictures are 120 ms
  ASSERT_THAT(open(), IsOk());
  EXPECT_THAT(words.warnings, Contains(HasSubstr("--part 160ms is better")));
  options.strict = true;
  EXPECT_THAT(open(), FailsWith(Code::kRefused, HasSubstr("'720p'")));
}

}  // namespace
}  // namespace weir::publish
