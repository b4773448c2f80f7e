// Splices of SCTE-35 in streams without a cut grid.
#include <gmock/gmock.h>

#include "hls/cut_stream.h"
#include "support/matchers.h"
#include "support/scte35.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using support::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Splice : public Cut {
 protected:
  static void splice(Stream& stream, std::int64_t came, std::int64_t at) {
    const Bytes section = support::time_signal(at * 90).bytes();
    stream.items.push_back(media::cue_event({came, kMillis}, section, media::Time{at, kMillis}));
  }
};

TEST_F(Splice, IsACutWhereAllRenditionsHaveAKeyFrame) {
  Stream stream;
  stream.video(0, 0, 16'000, 1000).video(1, 0, 16'000, 1000).audio(2, 0, 16 * 48'000);
  splice(stream, 1000, 6000);
  media::Tracks tracks = two;
  tracks.push_back(track(2, media::Kind::kAudio, kSamples, "audio"));
  ASSERT_THAT(run(tracks, stream, {.target = 4s}), IsOk());
  for (const int picture : {0, 1})
    EXPECT_THAT(segments(picture),
                ElementsAre("0+4000", "4000+2000", "6000+4000", "10000+4000", "14000+2000"));
  EXPECT_EQ(segments(2).size(), 5u);
  EXPECT_THAT(words.warnings, IsEmpty());
}

TEST_F(Splice, InsideASegmentIsTold) {
  Stream stream;
  stream.video(0, 0, 12'000, 2000);
  splice(stream, 1000, 5000);
  splice(stream, 1000, 9000);
  ASSERT_THAT(run(one, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+4000"));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("the splice at 5.000 s lies inside")));
}

TEST_F(Splice, RightBehindACutMakesNoSliver) {
  Stream stream;
  stream.video(0, 0, 9000, 200);
  splice(stream, 1000, 4200);
  ASSERT_THAT(run(one, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+1000"));
}

TEST_F(Splice, OfAStreamWithAGridIsTheGridsAffair) {
  Stream stream;
  stream.video(0, 0, 8000, 1000).grid(4000, 8000);
  splice(stream, 1000, 6000);
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000"));
}

}  // namespace
}  // namespace weir::hls
