// Time in which nothing comes, told by `gap` events.
#include <gmock/gmock.h>

#include "hls/cut_stream.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Gap : public Cut {
 protected:
  /// Picture and sound till 6 s, and again from `back`.
  static Stream stalled(std::int64_t back, std::int64_t end) {
    Stream out;
    out.video(0, 0, 6000, 2000).video(0, back, end, 1000);
    out.audio(1, 0, 6 * 48000).audio(1, back * 48, end * 48);
    return out;
  }
  static Stream& grid_at(Stream& stream, std::initializer_list<std::int64_t> times) {
    std::int64_t number = 0;
    for (const auto at : times)
      stream.items.push_back(media::segment_event(number++, {at, kMillis}, {4000, kMillis}));
    return stream;
  }
};

TEST_F(Gap, EndsTheSegmentWhereThePicturesEndAndGoesOnWithThem) {
  Stream stream = stalled(15'000, 21'000);
  for (const auto at : {9000, 12'000, 14'500}) stream.event("gap", at);
  ASSERT_THAT(run(with_sound, grid_at(stream, {0, 4000, 16'000, 20'000})), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+2000", "6000+4000G", "10000+4000G",
                                       "14000+1000G", "15000+1000", "16000+4000", "20000+1000"));
  EXPECT_EQ(segments(1).size(), 8u);
  EXPECT_THAT(words.warnings, IsEmpty());
}

TEST_F(Gap, SegmentsOfItAreHandedOnBeforeAnythingElseComes) {
  Cutter cutter(with_sound, {}, words, out);
  Stream stream = stalled(60'000, 60'000);
  for (auto& item : grid_at(stream, {0, 4000}).in_order())
    ASSERT_THAT(cutter.push(std::move(item)), IsOk());
  const auto tell = [&](std::int64_t at) {
    return cutter.push(media::make_event("gap", {at, kMillis}));
  };
  ASSERT_THAT(tell(9999), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+2000"));
  ASSERT_THAT(tell(10'000), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+2000", "6000+4000G"));
  ASSERT_THAT(tell(20'000), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+4000", "4000+2000", "6000+4000G", "10000+4000G", "14000+4000G"));
  EXPECT_EQ(segments(1).size(), segments(0).size());
  ASSERT_THAT(tell(20'000), IsOk());  // nothing new
  ASSERT_THAT(cutter.finish(), IsOk());
  EXPECT_EQ(segments(0).size(), 5u);
}

TEST_F(Gap, WithoutAGridItIsTheSame) {
  Stream stream = stalled(14'000, 22'000);
  stream.event("gap", 13'900);
  ASSERT_THAT(run(with_sound, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+2000", "6000+4000G", "10000+4000G",
                                       "14000+4000", "18000+4000"));
}

TEST_F(Gap, GoesOnUntilAKeyPictureComes) {
  Stream stream = stalled(18'000, 22'000);
  for (std::int64_t at = 15'000; at < 18'000; at += 40)
    stream.items.push_back(packet(0, kMillis, at, 40, false));
  stream.event("gap", 14'500);
  ASSERT_THAT(run(one, grid_at(stream, {0, 4000})), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+2000", "6000+4000G", "10000+4000G",
                                       "14000+4000G", "18000+4000"));
  EXPECT_EQ(out.items.back().packets.size(), 100u);
}

TEST_F(Gap, SoundThatIsBackBeforeThePicturesIsLeftOut) {
  for (const bool in_parts : {false, true}) {
    out.items.clear();
    Stream stream;
    stream.video(0, 0, 6000, 2000).video(0, 15'000, 19'000, 1000);
    stream.audio(1, 0, 6 * 48000).audio(1, 12'500 * 48, 19'000 * 48).event("gap", 12'000);
    CutOptions options{.target = 4s};
    if (in_parts) options.part = 1s;
    ASSERT_THAT(run(with_sound, stream, options), IsOk());
    EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+2000", "6000+4000G", "10000+4000G",
                                         "14000+1000G", "15000+4000"));
    EXPECT_THAT(segments(1), ElementsAre("0+4011", "4011+1989", "6000+4000G", "10000+4000G",
                                         "14000+1017G", "15017+3989"));
  }
}

TEST_F(Gap, SoundOfBeforeThePicturesIsLeftOutEvenBehindThem) {
  Stream stream;
  stream.video(0, 0, 6000, 2000).audio(1, 0, 6 * 48000).event("gap", 12'000);
  Stream later;
  for (auto& item : later.video(0, 15'000, 19'000, 1000).items) {
    std::get<media::Packet>(item).raw()->dts -= 80;
    stream.items.push_back(std::move(item));
  }
  stream.audio(1, 14'800 * 48, 19'000 * 48);
  ASSERT_THAT(run(with_sound, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(1), ElementsAre("0+4011", "4011+1989", "6000+4000G", "10000+4000G",
                                       "14000+992G", "14992+4011"));
}

TEST_F(Gap, SoundThatComesWithoutPicturesGoesOnAfterASegment) {
  Stream stream;
  stream.video(0, 0, 6000, 2000);
  stream.audio(1, 0, 6 * 48000).audio(1, 12'000 * 48, 40'000 * 48).event("gap", 12'000);
  ASSERT_THAT(run(with_sound, stream, {.target = 4s}), IsOk());
  std::size_t with_packets = 0;
  for (const auto& segment : out.items)
    if (segment.track == 1 && segment.start.in(kMillis) >= 16'000) ++with_packets;
  EXPECT_GE(with_packets, 5u);
  EXPECT_GE(out.items.back().packets.size(), 180u);
}

TEST_F(Gap, ABreakStandsWhereTheStreamGoesOn) {
  Stream stream = stalled(15'000, 19'000);
  stream.event("gap", 14'500).event("discontinuity", 14'900);
  ASSERT_THAT(run(with_sound, grid_at(stream, {0, 4000})), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+2000", "6000+4000G", "10000+4000G",
                                       "14000+1000G", "15000+4000D"));
  EXPECT_THAT(segments(1).back(), ::testing::EndsWith("D"));
}

TEST_F(Gap, OfSoundAlone) {
  Stream stream;
  stream.audio(0, 0, 6 * 48000).audio(0, 15 * 48000, 19 * 48000).event("gap", 14'500);
  const media::Tracks alone{track(0, media::Kind::kAudio, kSamples, "audio")};
  ASSERT_THAT(run(alone, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4011", "4011+2005", "6016+4000G", "10016+4000G",
                                       "14016+984G", "15000+4011"));
}

TEST_F(Gap, BeforeAnythingCameIsNone) {
  Stream stream;
  stream.event("gap", 0).video(0, 1000, 5000, 2000).event("gap", 500);
  ASSERT_THAT(run(one, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("1000+4000"));
}

TEST_F(Gap, PartsOfItAreGapsOnTheClock) {
  Stream stream = stalled(15'000, 19'000);
  stream.event("gap", 12'000);
  CutOptions options;
  options.part = 1s;
  ASSERT_THAT(run(with_sound, grid_at(stream, {0, 4000, 16'000}), options), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+2000", "6000+4000G", "10000+4000G",
                                       "14000+1000G", "15000+1000", "16000+3000"));
  std::size_t gaps = 0;
  for (const auto& part : parts.items)
    if (part.track == 0 && part.gap) {
      ++gaps;
      EXPECT_LE(part.duration.in(kMillis), 1000);
    }
  EXPECT_EQ(gaps, 9u);
}

}  // namespace
}  // namespace weir::hls
