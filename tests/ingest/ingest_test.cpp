// The test source and looping.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/loop_input.h"
#include "ingest/test_input.h"
#include "ingest/test_pattern.h"
#include "support/matchers.h"
#include "support/packets.h"
#include "support/read_all.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using support::read_all;
using ::testing::HasSubstr;

const PatternOptions kPattern{320, 180, {30, 1}, 48'000};

int luma(const media::Frame& frame, int x, int y) {
  return frame.raw()->data[0][y * frame.raw()->linesize[0] + x];
}

TEST(Pattern, FlashesForTheFirstTenthOfEverySecond) {
  for (const std::int64_t second : {0, 1, 7}) {
    EXPECT_EQ(luma(paint(kPattern, second * 30), 310, 10), 235);
    EXPECT_EQ(luma(paint(kPattern, second * 30 + 2), 310, 10), 235);
    EXPECT_NE(luma(paint(kPattern, second * 30 + 3), 310, 10), 235);
  }
}

TEST(Pattern, BeepsWhenItFlashes) {
  const auto beep = sound(kPattern, 48'000 * 3, 48'000);
  const auto* samples = reinterpret_cast<const std::int16_t*>(beep.raw()->data[0]);
  EXPECT_GT(samples[2 * 12], 4000);  // a quarter of a period
  EXPECT_EQ(samples[2 * 4800], 0);
  EXPECT_EQ(samples[2 * 47'999], 0);
}

TEST(Pattern, CutsToAnotherSceneEveryFourSeconds) {
  const auto before = paint(kPattern, 119);
  const auto after = paint(kPattern, 120);
  int differing = 0;
  for (int x = 0; x < 200; ++x) differing += std::abs(luma(before, x, 60) - luma(after, x, 60)) > 8;
  EXPECT_GT(differing, 100);
}

Result<std::unique_ptr<formats::Input>> open_test(const std::string& url, Micros duration) {
  formats::InputOptions options;
  options.duration = duration;
  return open_test_input(url, options);
}

TEST(TestInput, IsAsLongAsAskedInPictureAndSound) {
  auto input = open_test("test:size=160x90,rate=25", 2s);
  ASSERT_THAT(input, IsOk());
  const auto all = read_all(**input);
  EXPECT_EQ(all.packets(0).size(), 50U);
  std::size_t bytes = 0;
  for (const auto* packet : all.packets(1)) bytes += packet->bytes().size();
  EXPECT_EQ(bytes, 2U * 48'000 * 4);
}

TEST(TestInput, NamesThePartItCannotRead) {
  EXPECT_THAT(open_test("test:colour=red", 1s), FailsWith(Code::kUsage, HasSubstr("'colour'")));
  EXPECT_THAT(open_test("test:size=huge", 1s), FailsWith(Code::kUsage, HasSubstr("'huge'")));
  EXPECT_THAT(open_test("test:size=99999x2", 1s),
              FailsWith(Code::kUsage, HasSubstr("out of range")));
  EXPECT_THAT(open_test("test:rate=0", 1s), FailsWith(Code::kUsage, HasSubstr("out of range")));
}

TEST(LoopInput, GoesOnWithoutAJumpInPictureAndSound) {
  auto input = LoopInput::open([](auto) { return open_test("test:size=160x90,rate=25", 1s); }, 3);
  ASSERT_THAT(input, IsOk());
  const auto all = read_all(**input);
  const auto pictures = all.packets(0);
  ASSERT_EQ(pictures.size(), 75U);
  for (std::size_t n = 0; n < pictures.size(); ++n)
    EXPECT_EQ(pictures[n]->pts().ticks, static_cast<std::int64_t>(n));
  std::int64_t sample = 0;
  for (const auto* packet : all.packets(1)) {
    EXPECT_EQ(packet->pts().ticks, sample);
    sample += static_cast<std::int64_t>(packet->bytes().size() / 4);
  }
  EXPECT_EQ(sample, 3 * 48'000);
}

// Four pictures of 40 ms, and sound that is a third longer than they are.
class Uneven : public formats::Input {
 public:
  Uneven() {
    auto test = open_test("test:size=160x90,rate=25", 160ms);
    tracks_ = (*test)->tracks();
    for (auto& packet : support::packets("K0 d1 d2 d3", {0, {1, 25}, 1}))
      items_.push_back(std::move(packet));
    for (auto& packet : support::packets("K0 K1024 K2048 K3072 K4096 K5120 K6144 K7168 K8192 K9216",
                                         {1, {1, 48'000}, 1024}))
      items_.push_back(std::move(packet));
  }
  Result<std::optional<media::Item>> next() override {
    if (at_ == items_.size()) return std::optional<media::Item>();
    return std::optional(std::move(items_[at_++]));
  }
  const media::Tracks& tracks() const override { return tracks_; }
  const std::string& name() const override { return name_; }
  bool seekable() const override { return true; }
  std::optional<Micros> duration() const override { return {}; }
  std::string container() const override { return "fake"; }
  bool has_events() const override { return false; }

 private:
  std::string name_ = "'uneven'";
  media::Tracks tracks_;
  std::vector<media::Item> items_;
  std::size_t at_ = 0;
};

TEST(LoopInput, SoundLongerThanThePictureNeverRunsBackwardsNorDriftsAway) {
  auto input = LoopInput::open(
      [](auto) -> Result<std::unique_ptr<formats::Input>> { return std::make_unique<Uneven>(); },
      50);
  ASSERT_THAT(input, IsOk());
  const auto all = read_all(**input);
  const auto pictures = all.packets(0);
  ASSERT_EQ(pictures.size(), 200U);
  EXPECT_EQ(pictures.back()->pts().ticks, 199);
  std::int64_t last = -1024;
  for (const auto* packet : all.packets(1)) {
    EXPECT_GT(packet->dts().ticks, last);
    EXPECT_LT(packet->dts().ticks, last + 2048);
    last = packet->dts().ticks;
  }
  EXPECT_NEAR(static_cast<double>(last), 200 * 1920 + 2560 - 1024, 1024);
}

TEST(LoopInput, EndsWhereAllRoundsTogetherAreLongEnough) {
  const auto opener = [](std::optional<Micros> most) {
    return open_test("test:size=160x90,rate=25", std::min(most.value_or(1s), Micros(1s)));
  };
  using Case = std::pair<Micros, std::size_t>;
  for (const auto& [most, pictures] : {Case(2500ms, 63), Case(2s, 50), Case(400ms, 10)}) {
    auto input = LoopInput::open(opener, 0, most);
    ASSERT_THAT(input, IsOk());
    EXPECT_EQ((*input)->duration(), most);
    EXPECT_EQ(read_all(**input).packets(0).size(), pictures) << most.count();
  }
}

TEST(LoopInput, ReportsARoundThatCannotBeOpened) {
  int round = 0;
  const auto opener = [&](auto) -> Result<std::unique_ptr<formats::Input>> {
    if (round++ == 0) return open_test("test:size=160x90,rate=25", 1s);
    return fail(Code::kIo, "gone");
  };
  auto input = LoopInput::open(opener, 0);
  ASSERT_THAT(input, IsOk());
  EXPECT_THAT(read_all(**input).outcome, FailsWith(Code::kIo, HasSubstr("gone")));
}

}  // namespace
}  // namespace weir::ingest
