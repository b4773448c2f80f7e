// How the ladder is fitted to what was measured.
#include "ladder/adapt.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/test_input.h"
#include "support/matchers.h"

namespace weir::ladder {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

PlannedRendition rung(const char* name, int height, std::int64_t bitrate) {
  Rendition rendition{name, height * 16 / 9, height, bitrate, bitrate * 3 / 2, bitrate * 2};
  return {rendition, rendition.width, height};
}

// Content whose rate is `rate` and whose 1 - SSIM is `loss` at the coarse quantiser; rates fall by
// an eighth and losses grow by as much with each step. Two seconds, a key picture of `key` bits.
Curve content(double rate, double loss, double key = 0) {
  const double finer = std::exp(0.12 * (Curve::kCoarseQp - Curve::kFineQp));
  const auto pictures = [&](double scale) {
    std::vector<double> bits(50, (2 * rate - key) / 49 * scale);
    bits[0] = key * scale;
    return std::vector<std::vector<double>>{bits};
  };
  return {{rate * finer, loss / finer, pictures(finer)}, {rate, loss, pictures(1)}, {2.0}};
}

std::vector<std::string> names(const Adapted& adapted) {
  std::vector<std::string> all;
  for (const auto& one : adapted.rungs) all.push_back(one.name);
  return all;
}

TEST(Fit, EasyContentGetsTheRateItNeedsWithPeakAndBufferInProportion) {
  const auto adapted = fit({rung("1080p", 1080, 4'000'000)}, {content(1'000'000, 0.002)});
  ASSERT_EQ(adapted.rungs.size(), 1U);
  const auto& one = adapted.rungs[0];
  // At 4M the loss is 0.0005; 0.0015 is allowed, a third of the rate.
  EXPECT_NEAR(static_cast<double>(one.bitrate), 4e6 / 3, 2000);
  EXPECT_NEAR(static_cast<double>(one.max_bitrate), 1.5 * static_cast<double>(one.bitrate), 2);
  EXPECT_NEAR(static_cast<double>(one.buffer), 2.0 * static_cast<double>(one.bitrate), 2);
  EXPECT_THAT(adapted.reasons,
              ElementsAre("adapt: 1080p 4000k -> 1334k, peak 2001k (ssim 0.9985; 4000k would give "
                          "0.9995)"));
}

TEST(Fit, HardContentKeepsItsRates) {
  const auto planned = rung("1080p", 1080, 3'000'000);
  const auto adapted = fit({planned}, {content(3'000'000, 0.02)});
  EXPECT_EQ(adapted.rungs[0].bitrate, 3'000'000);
  EXPECT_EQ(adapted.rungs[0].max_bitrate, planned.rung.max_bitrate);
  EXPECT_EQ(adapted.rungs[0].buffer, planned.rung.buffer);
  EXPECT_THAT(adapted.reasons, ElementsAre("adapt: 1080p keeps 3000k (ssim 0.9800)"));
}

TEST(Fit, NearTheLossThatIsSeenLessIsTakenAway) {
  const auto adapted = fit({rung("1080p", 1080, 3'000'000)}, {content(3'000'000, 0.008)});
  // Of the way from 0.008 to 0.010 a quarter: 0.0085.
  EXPECT_NEAR(static_cast<double>(adapted.rungs[0].bitrate), 3e6 * 0.008 / 0.0085, 2000);
}

TEST(Fit, ARateIsNeverRaisedAndNeverBelowATenth) {
  const auto adapted = fit({rung("high", 1080, 1'000'000), rung("low", 360, 1'000'000)},
                           {content(4'000'000, 0.001), content(2'000, 0.0001)});
  EXPECT_LE(adapted.rungs[0].bitrate, 1'000'000);
  EXPECT_EQ(adapted.rungs[1].bitrate, 100'000);
}

TEST(Fit, ContentThatNothingCanChangeHasNoRateOfItsOwn) {
  Curve black = content(10'000, 0);
  black.fine = black.coarse;
  const auto adapted = fit({rung("1080p", 1080, 3'000'000)}, {black});
  EXPECT_EQ(adapted.rungs[0].bitrate, 300'000);
}

TEST(Fit, TheBufferStaysLargeEnoughForTheHardestSample) {
  const auto planned = rung("1080p", 1080, 4'000'000);
  // At the rate it gets (1.33M), its first picture alone is of 2.4M.
  const auto adapted = fit({planned}, {content(1'000'000, 0.002, 1'800'000)});
  const auto& one = adapted.rungs[0];
  EXPECT_NEAR(static_cast<double>(one.bitrate), 4e6 / 3, 2000);
  EXPECT_GT(0.9 * static_cast<double>(one.buffer), 1.25 * 1.8 * static_cast<double>(one.bitrate));
  EXPECT_LE(one.buffer, planned.rung.buffer);
  EXPECT_LE(one.max_bitrate, 2 * one.bitrate + 1);
}

TEST(Fit, ARungIsLeftOutWhenTheNextLargerOneHardlyCostsMore) {
  const auto adapted =
      fit({rung("1080p", 1080, 3'000'000), rung("720p", 720, 2'700'000),
           rung("480p", 480, 2'600'000), rung("360p", 360, 500'000)},
          {content(3e6, 0.02), content(2.7e6, 0.02), content(2.6e6, 0.02), content(5e5, 0.02)});
  EXPECT_THAT(names(adapted), ElementsAre("1080p", "360p"));
  EXPECT_EQ(adapted.reasons[1], "adapt: 720p is left out: 1080p needs only 1.11 times its rate");
  EXPECT_EQ(adapted.reasons[2], "adapt: 480p is left out: 1080p needs only 1.15 times its rate");
}

TEST(Fit, TheLargestAndTheSmallestStayInWhateverOrderTheyStand) {
  const auto adapted = fit({rung("360p", 360, 500'000), rung("1080p", 1080, 500'000)},
                           {content(500'000, 0.02), content(500'000, 0.02)});
  EXPECT_THAT(names(adapted), ElementsAre("360p", "1080p"));
}

TEST(Fit, WithoutSamplesTheLadderStays) {
  const auto adapted = fit({rung("1080p", 1080, 3'000'000)}, {Curve{}});
  EXPECT_EQ(adapted.rungs[0].bitrate, 3'000'000);
  EXPECT_THAT(adapted.reasons, ElementsAre(HasSubstr("nothing to measure")));
}

Result<std::unique_ptr<formats::Input>> open_pattern() {
  formats::InputOptions options;
  options.duration = 5s;
  return ingest::open_test_input("test:size=320x180,rate=25", options);
}

Result<Adapted> adapt_pattern(std::int64_t top, int jobs = 0) {
  TranscodeOptions options;
  options.ladder.renditions = {
      {"huge", 640, 360, 9'000'000}, {"top", 320, 180, top}, {"low", 160, 90, 20'000}};
  options.chunks.engine.jobs = jobs;
  options.chunks.engine.memory = 1 << 30;
  WEIR_TRY_ASSIGN(auto scanned, open_pattern());
  WEIR_TRY_ASSIGN(options.chunks.profile,
                  scan(*scanned, media::main_video(scanned->tracks())->index));
  WEIR_TRY_ASSIGN(auto input, open_pattern());
  return adapt_ladder(options, input->tracks(), *input);
}

TEST(AdaptLadder, MeasuresWhatThePatternNeedsAndHandsOnWhatIsTooLarge) {
  const auto adapted = adapt_pattern(20'000'000);
  ASSERT_THAT(adapted, IsOk());
  EXPECT_THAT(names(*adapted), ElementsAre("top", "low", "huge"));
  EXPECT_LT(adapted->rungs[0].bitrate, 10'000'000);
  EXPECT_GE(adapted->rungs[0].bitrate, 2'000'000);
  EXPECT_EQ(adapted->rungs[1].bitrate, 20'000);
  EXPECT_EQ(adapted->rungs[2].bitrate, 9'000'000);
  EXPECT_THAT(adapted->reasons,
              ElementsAre(HasSubstr("top 20000k -> "), HasSubstr("low keeps 20k")));
}

TEST(AdaptLadder, DoesNotDependOnTheNumberOfJobs) {
  const auto one = adapt_pattern(20'000'000, 1);
  const auto four = adapt_pattern(20'000'000, 4);
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(four, IsOk());
  EXPECT_EQ(one->reasons, four->reasons);
  EXPECT_EQ(one->rungs[0].buffer, four->rungs[0].buffer);
}

// Ends or fails before its first packet.
class Broken : public flow::Source<media::Item> {
 public:
  explicit Broken(Result<void> end) : end_(std::move(end)) {}
  Result<std::optional<media::Item>> next() override {
    if (!end_) return fail(end_.error());
    return std::optional<media::Item>();
  }

 private:
  Result<void> end_;
};

Result<Adapted> adapt_broken(Result<void> end) {
  TranscodeOptions options;
  options.ladder.renditions = {{"top", 320, 180, 300'000}};
  options.chunks.engine.memory = 1 << 30;
  WEIR_TRY_ASSIGN(auto scanned, open_pattern());
  WEIR_TRY_ASSIGN(options.chunks.profile,
                  scan(*scanned, media::main_video(scanned->tracks())->index));
  Broken source(std::move(end));
  return adapt_ladder(options, scanned->tracks(), source);
}

TEST(AdaptLadder, DamageAtOnceLeavesTheRatesAsTheyAre) {
  const auto adapted = adapt_broken(fail(Code::kBadInput, "cut off"));
  ASSERT_THAT(adapted, IsOk());
  EXPECT_EQ(adapted->rungs[0].bitrate, 300'000);
}

TEST(AdaptLadder, AStopIsHandedOn) {
  EXPECT_THAT(adapt_broken(fail(Code::kStopped, "stopped")),
              FailsWith(Code::kStopped, HasSubstr("stopped")));
}

TEST(AdaptLadder, AnInputWithoutPicturesLeavesTheLadderAsItIs) {
  TranscodeOptions options;
  options.ladder.renditions = {{"top", 320, 180, 300'000}};
  Broken source({});
  const auto adapted = adapt_ladder(options, {}, source);
  ASSERT_THAT(adapted, IsOk());
  EXPECT_THAT(names(*adapted), ElementsAre("top"));
  EXPECT_THAT(adapted->reasons, IsEmpty());
}

}  // namespace
}  // namespace weir::ladder
