#include "ladder/transcoder.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/input.h"
#include "ingest/test_input.h"
#include "media/end_mark.h"
#include "support/collect.h"
#include "support/fake_clock.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::ladder {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::HasSubstr;

constexpr std::string_view kLadder = R"(
[[rendition]]
name = "top"
width = 320
height = 180
bitrate = "300k"
[[rendition]]
name = "low"
width = 160
height = 90
bitrate = "100k"
)";

// Time passes with every picture, as if it took that long to code.
struct Toil : Progress {
  void update(const ProgressReport& report) override {
    if (report.frames > std::exchange(frames, report.frames)) clock.advance(each);
  }
  support::FakeClock clock;
  std::chrono::milliseconds each{0};
  std::int64_t frames = 0;
};

struct Play {
  support::Words log;
  Toil progress;
  Guard* guard = nullptr;
  bool low_latency = false;
  support::Collect<media::Item> out;
  media::Tracks tracks;

  Result<void> play(std::string_view ladder = kLadder, int jobs = 0,
                    std::string url = "test:size=320x180,rate=25", Micros length = 5s) {
    formats::InputOptions input_options;
    input_options.duration = length;
    WEIR_TRY_ASSIGN(auto input, ingest::open_test_input(url, input_options));
    TranscodeOptions options;
    WEIR_TRY_ASSIGN(options.ladder, parse_ladder(ladder, "test"));
    options.chunks.engine.jobs = jobs;
    options.chunks.engine.memory = 64 << 20;
    options.chunks.guard = guard;
    options.low_latency = low_latency;
    options.clock = &progress.clock;
    WEIR_TRY_ASSIGN(auto transcoder, Transcoder::open(options, input->tracks(), log, progress));
    tracks = transcoder->tracks();
    return transcoder->run(*input, false, out);
  }

  std::vector<std::int64_t> keys(int track) const {
    std::vector<std::int64_t> times;
    for (const auto& item : out.items)
      if (const auto* p = std::get_if<media::Packet>(&item); p && p->track() == track && p->key())
        times.push_back(p->pts().micros());
    return times;
  }
  std::size_t count(int track) const {
    std::size_t n = 0;
    for (const auto& item : out.items)
      if (const auto* p = std::get_if<media::Packet>(&item)) n += p->track() == track ? 1 : 0;
    return n;
  }
  std::string order() const {
    std::string all;
    for (const auto& item : out.items) {
      const auto* p = std::get_if<media::Packet>(&item);
      all += p ? fmt::format("{}@{}:{} ", p->track(), p->dts().ticks, p->raw()->size)
               : media::to_json(std::get<media::Event>(item)) + " ";
    }
    return all;
  }
  std::string bytes() const {
    std::string all;
    for (const auto& item : out.items) {
      if (const auto* p = std::get_if<media::Packet>(&item))
        all += fmt::format("{} {} {} ", p->track(), p->pts().ticks, p->dts().ticks) +
               std::string(p->bytes().begin(), p->bytes().end());
      else
        all += media::to_json(std::get<media::Event>(item));
    }
    return all;
  }
};

TEST(Transcoder, GivesEveryPictureToEveryRenditionWithIdrsOnOneGrid) {
  Play run;
  ASSERT_THAT(run.play(), IsOk());
  ASSERT_EQ(run.tracks.size(), 3U);
  EXPECT_EQ(run.count(0), 125U);
  EXPECT_EQ(run.count(1), 125U);
  EXPECT_THAT(run.keys(0), ::testing::ElementsAre(80'000, 2'080'000, 4'080'000));
  EXPECT_EQ(run.keys(0), run.keys(1));
}

TEST(Transcoder, OutputIsOrderedNeverNegativeAndMarkedAtItsEnd) {
  Play run;
  ASSERT_THAT(run.play(), IsOk());
  media::Time last{0, {1, 1}};
  for (const auto& item : run.out.items) {
    const auto* packet = std::get_if<media::Packet>(&item);
    if (packet == nullptr) continue;
    EXPECT_GE(packet->dts(), last);
    EXPECT_GE(packet->pts(), packet->dts());
    last = packet->dts();
  }
  EXPECT_TRUE(media::is_end_mark(run.out.items.back()));
  EXPECT_EQ(run.out.finished, 1);
}

TEST(Transcoder, BytesDoNotDependOnTheNumberOfJobs) {
  Play one;
  Play two;
  Play four;
  ASSERT_THAT(one.play(kLadder, 1), IsOk());
  ASSERT_THAT(two.play(kLadder, 2), IsOk());
  ASSERT_THAT(four.play(kLadder, 4), IsOk());
  EXPECT_EQ(one.order(), two.order());
  EXPECT_TRUE(one.bytes() == two.bytes());
  EXPECT_TRUE(one.bytes() == four.bytes());
}

TEST(Transcoder, SoundBeginsWithItsPrimingBeforeThePicture) {
  Play run;
  ASSERT_THAT(run.play(), IsOk());
  const media::Packet* first = nullptr;
  for (const auto& item : run.out.items)
    if (const auto* p = std::get_if<media::Packet>(&item); p && p->track() == 2 && !first)
      first = p;
  ASSERT_NE(first, nullptr);
  EXPECT_NEAR(static_cast<double>(first->pts().micros()) + 1024e6 / 48'000, 80'000, 100);
}

TEST(Transcoder, ARungWithItsOwnRateKeepsTheKeyFrames) {
  Play run;
  ASSERT_THAT(run.play(std::string(kLadder) + "fps = 10\n"), IsOk());
  EXPECT_EQ(run.keys(0), run.keys(1));
  EXPECT_NEAR(static_cast<double>(run.count(1)), 50, 3);
}

TEST(Transcoder, AReaderThatGoesAwayIsACleanEnd) {
  Play run;
  run.out.done_at = 40;
  EXPECT_THAT(run.play(), IsOk());
  EXPECT_EQ(run.out.finished, 1);
}

TEST(Transcoder, AFullDiskIsReportedAndEverythingIsReleased) {
  Play run;
  run.out.fail_at = 40;
  EXPECT_THAT(run.play(), FailsWith(Code::kIo, HasSubstr("disk full")));
  EXPECT_EQ(run.out.finished, 1);
}

// Drops the top rendition for the second segment.
struct SecondDropped : Guard {
  void begin(const Scope&) override {}
  Spending next(const Closed& chunk) override {
    segments += chunk.opens_segment;
    return {0, segments == 2 ? 1 : 0};
  }
  int segments = 0;
};

TEST(Transcoder, EventsTellOfADroppedRenditionRightBehindTheSegments) {
  Play run;
  SecondDropped guard;
  run.guard = &guard;
  ASSERT_THAT(run.play(kLadder, 2, "test:size=320x180,rate=25", 16s), IsOk());
  std::vector<std::string> events;
  std::size_t dropped_at = 0;
  std::size_t back_at = 0;
  for (std::size_t i = 0; i < run.out.items.size(); ++i) {
    const auto* event = std::get_if<media::Event>(&run.out.items[i]);
    if (event == nullptr) continue;
    events.push_back(fmt::format("{}@{}", event->kind(), event->at.micros()));
    const auto change = media::rendition_change(*event);
    if (change) (change->dropped ? dropped_at : back_at) = i;
  }
  EXPECT_THAT(events, ::testing::ElementsAre("segment@80000", "segment@6080000",
                                             "rendition@6080000", "segment@12080000",
                                             "rendition@12080000", ::testing::StartsWith("end@")));
  for (std::size_t i = 0; i < run.out.items.size(); ++i) {
    const auto* p = std::get_if<media::Packet>(&run.out.items[i]);
    if (p == nullptr || p->track() != 0) continue;
    EXPECT_TRUE(p->pts().micros() < 6'080'000 ? i < dropped_at : i > back_at);
  }
  EXPECT_EQ(run.count(0), 250U);
  EXPECT_EQ(run.count(1), 400U);
  EXPECT_THAT(run.log.warnings, ::testing::ElementsAre("rendition top dropped"));
  EXPECT_THAT(run.log.infos, ::testing::Contains("rendition top back"));
}

TEST(Transcoder, AGuardNeedsChunks) {
  Play run;
  SecondDropped guard;
  run.guard = &guard;
  run.low_latency = true;
  EXPECT_THAT(run.play(), FailsWith(Code::kUsage, HasSubstr("needs chunks")));
}

TEST(Transcoder, ALiveRunThatCannotKeepUpSaysSo) {
  Play run;
  run.progress.each = 80ms;
  ASSERT_THAT(run.play(kLadder, 0, "test:size=320x180,rate=25", 10s), IsOk());
  EXPECT_THAT(run.log.warnings,
              ::testing::ElementsAre("encoding runs at 0.50x real time: choose a cheaper "
                                     "--preset, a smaller ladder, or --realtime-guard"));
}

// A source that ends without the mark its kind must have, or fails in the middle.
class Ragged : public flow::Source<media::Item> {
 public:
  Ragged(formats::Input& input, int items, Result<void> last)
      : input_(input), left_(items), last_(last) {}
  Result<std::optional<media::Item>> next() override {
    if (left_-- > 0) return input_.next();
    if (!last_) return fail(last_.error());
    return std::optional<media::Item>();
  }

 private:
  formats::Input& input_;
  int left_;
  Result<void> last_;
};

Result<void> play_ragged(Play& run, bool marked, Result<void> last) {
  formats::InputOptions input_options;
  input_options.duration = 5s;
  WEIR_TRY_ASSIGN(auto input, ingest::open_test_input("test:size=320x180,rate=25", input_options));
  Ragged source(*input, 150, last);
  TranscodeOptions options;
  WEIR_TRY_ASSIGN(options.ladder, parse_ladder(kLadder, "test"));
  WEIR_TRY_ASSIGN(auto transcoder,
                  Transcoder::open(options, input->tracks(), run.log, run.progress));
  return transcoder->run(source, marked, run.out);
}

TEST(Transcoder, AMissingEndMarkIsDamageAndIsHandedOn) {
  Play run;
  EXPECT_THAT(play_ragged(run, true, {}), FailsWith(Code::kBadInput, HasSubstr("ended early")));
  EXPECT_GT(run.count(0), 10U);
  EXPECT_FALSE(media::is_end_mark(run.out.items.back()));
}

TEST(Transcoder, WhatWasGoodBeforeAFailureIsEncoded) {
  Play run;
  EXPECT_THAT(play_ragged(run, false, fail(Code::kBadInput, "cut off")),
              FailsWith(Code::kBadInput, HasSubstr("cut off")));
  EXPECT_GT(run.count(0), 10U);
  EXPECT_FALSE(media::is_end_mark(run.out.items.back()));
}

TEST(Transcoder, ARequestedStopIsACleanEnd) {
  Play run;
  EXPECT_THAT(play_ragged(run, true, fail(Code::kStopped, "stopped")), IsOk());
  EXPECT_TRUE(media::is_end_mark(run.out.items.back()));
}

}  // namespace
}  // namespace weir::ladder
