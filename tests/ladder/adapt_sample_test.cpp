// Which stretches of an input are looked at, and which pictures come of them.
#include "ladder/adapt_sample.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/coded_stream.h"
#include "support/matchers.h"

namespace weir::ladder {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

media::Time s(std::int64_t seconds) {
  return {seconds, {1, 1}};
}

// One packet a second, of so many bytes.
Profile profile_of(const std::vector<int>& sizes) {
  Profile profile;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    media::Packet packet = media::Packet::of(Bytes(static_cast<std::size_t>(sizes[i]), 7));
    packet.raw()->time_base = {1, 1};
    packet.raw()->pts = packet.raw()->dts = static_cast<std::int64_t>(i);
    packet.raw()->duration = 1;
    profile.note(packet);
  }
  profile.finish();
  return profile;
}

std::vector<std::int64_t> begins(const std::vector<Sample>& samples) {
  std::vector<std::int64_t> all;
  for (const auto& sample : samples) all.push_back(sample.begin.in({1, 1}));
  return all;
}

TEST(ChooseSamples, TakesEveryStepOfAShortInput) {
  const auto samples = choose_samples(profile_of({10, 10, 900, 10, 10, 10}), 2, 8);
  EXPECT_THAT(begins(samples), ElementsAre(0, 2, 4));
  for (const auto& sample : samples) {
    EXPECT_EQ(sample.steps, 1);
    EXPECT_EQ(sample.bits, 1);
  }
}

TEST(ChooseSamples, EasyAndHardPartsStandForAsMuchAsThereIsOfThem) {
  // Two thirds easy, a third hard; three samples.
  const auto samples =
      choose_samples(profile_of({10, 10, 10, 500, 10, 500, 500, 10, 10, 10, 10, 500}), 1, 3);
  ASSERT_EQ(samples.size(), 3U);
  double steps = 0;
  int hard = 0;
  for (const auto& sample : samples) {
    steps += sample.steps;
    const auto second = sample.begin.in({1, 1});
    hard += second == 3 || second == 5 || second == 6 || second == 11 ? 1 : 0;
  }
  EXPECT_EQ(steps, 12);
  EXPECT_EQ(hard, 1);
}

TEST(ChooseSamples, AStepStandsForHarderOnesByTheirSource) {
  const auto samples = choose_samples(profile_of({100, 100, 1600}), 1, 1);
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0].steps, 3);
  EXPECT_NEAR(samples[0].bits, 6, 1e-9);  // by the square roots: 1 + 1 + 4
}

TEST(ChooseSamples, AnEmptyProfileHasNoneAndAShortOneIsItsOwnSample) {
  EXPECT_THAT(choose_samples(Profile(), 2, 8), IsEmpty());
  EXPECT_THAT(begins(choose_samples(profile_of({10}), 2, 8)), ElementsAre(0));
}

// Gives packets of a coded stream, then an end or a failure.
class Packets : public flow::Source<media::Item> {
 public:
  explicit Packets(const support::CodedStream& stream) : stream_(stream) {}
  Result<void> end;
  std::size_t count = SIZE_MAX;
  Result<std::optional<media::Item>> next() override {
    if (next_ < std::min(stream_.packets.size(), count))
      return std::optional<media::Item>(stream_.packets[next_++].share());
    if (!end) return fail(end.error());
    return std::optional<media::Item>();
  }
  std::size_t taken() const { return next_; }

 private:
  const support::CodedStream& stream_;
  std::size_t next_ = 0;
};

struct Taken {
  std::vector<std::int64_t> first, last;
  std::vector<std::size_t> pictures, keys;
};

Result<void> take(Packets& source, const support::CodedStream& stream,
                  const std::vector<Sample>& samples, Taken& taken) {
  return read_samples(source, stream.track, samples, {Micros(1'000'000), Micros(6'000'000)}, {},
                      [&](const Sample&, const std::vector<GridFrame>& pictures) -> Result<void> {
                        taken.first.push_back(pictures.front().frame.pts().ticks);
                        taken.last.push_back(pictures.back().frame.pts().ticks);
                        taken.pictures.push_back(pictures.size());
                        taken.keys.push_back(static_cast<std::size_t>(std::ranges::count_if(
                            pictures, [](const auto& one) { return one.mark.key; })));
                        return {};
                      });
}

support::CodedStream eight_seconds() {
  return support::encode_video({.frames = 200, .gop = 60, .b_frames = 2});
}

TEST(ReadSamples, GivesExactlyThePicturesOfEachSample) {
  const auto stream = eight_seconds();
  Packets source(stream);
  Taken taken;
  const std::vector<Sample> samples{{s(0), s(2), 1, 1}, {s(3), s(4), 1, 1}, {s(4), s(6), 1, 1}};
  ASSERT_THAT(take(source, stream, samples, taken), IsOk());
  EXPECT_THAT(taken.first, ElementsAre(0, 75, 100));
  EXPECT_THAT(taken.last, ElementsAre(49, 99, 149));
  EXPECT_THAT(taken.pictures, ElementsAre(50, 25, 50));
  EXPECT_THAT(taken.keys, ElementsAre(2, 1, 2));
}

TEST(ReadSamples, ReadsNoFurtherThanTheLastSample) {
  const auto stream = eight_seconds();
  Packets source(stream);
  Taken taken;
  ASSERT_THAT(take(source, stream, {{s(1), s(2), 1, 1}}, taken), IsOk());
  EXPECT_THAT(taken.pictures, ElementsAre(25));
  EXPECT_LT(source.taken(), 70U);
}

TEST(ReadSamples, TwoSamplesMayLieInOneGroupOfPictures) {
  const auto stream = eight_seconds();
  Packets source(stream);
  Taken taken;
  const media::Time half{1, {1, 2}};
  ASSERT_THAT(take(source, stream, {{s(0), half, 1, 1}, {s(1), s(2), 1, 1}}, taken), IsOk());
  EXPECT_THAT(taken.first, ElementsAre(0, 25));
  EXPECT_THAT(taken.last, ElementsAre(12, 49));
}

TEST(ReadSamples, ASampleThatIsCutOffIsWhatThereIs) {
  const auto stream = eight_seconds();
  Packets source(stream);
  source.count = 130;
  source.end = fail(Code::kBadInput, "cut off");
  Taken taken;
  ASSERT_THAT(take(source, stream, {{s(4), s(6), 1, 1}, {s(6), s(8), 1, 1}}, taken), IsOk());
  EXPECT_THAT(taken.first, ElementsAre(100));
  EXPECT_NEAR(static_cast<double>(taken.last[0]), 129, 2);
}

TEST(ReadSamples, AStopAndAFailureOfTheUserAreHandedOn) {
  const auto stream = eight_seconds();
  Packets stopped(stream);
  stopped.count = 10;
  stopped.end = fail(Code::kStopped, "stopped");
  Taken taken;
  EXPECT_THAT(take(stopped, stream, {{s(0), s(2), 1, 1}}, taken),
              FailsWith(Code::kStopped, HasSubstr("stopped")));
  Packets whole(stream);
  EXPECT_THAT(read_samples(whole, stream.track, {{s(0), s(2), 1, 1}}, {}, {},
                           [](const Sample&, const std::vector<GridFrame>&) -> Result<void> {
                             return fail(Code::kIo, "disk full");
                           }),
              FailsWith(Code::kIo, HasSubstr("disk full")));
}

}  // namespace
}  // namespace weir::ladder
