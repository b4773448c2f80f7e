#include "hls/cut.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/collect.h"
#include "support/matchers.h"
#include "support/packets.h"
#include "support/words.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr AVRational kMillis{1, 1000};
constexpr AVRational kSamples{1, 48000};

media::Track track(int index, media::Kind kind, AVRational base, const char* name) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  // Codecs without parameter sets: these tests are about time.
  par->codec_id = kind == media::Kind::kVideo ? AV_CODEC_ID_AV1 : AV_CODEC_ID_AAC;
  par->sample_rate = 48000;
  par->frame_size = kind == media::Kind::kAudio ? 1024 : 0;
  media::Track out;
  out.index = index;
  out.kind = kind;
  out.par = media::copy_parameters(*par);
  out.time_base = base;
  out.rendition = name;
  if (kind == media::Kind::kVideo) out.frame_rate = {25, 1};
  avcodec_parameters_free(&par);
  return out;
}

media::Packet packet(int index, AVRational base, std::int64_t pts, std::int64_t length, bool key) {
  auto out = media::Packet::of(as_bytes("x"));
  AVPacket& raw = *out.raw();
  raw.stream_index = index;
  raw.time_base = base;
  raw.pts = raw.dts = pts;
  raw.duration = length;
  raw.flags = key ? AV_PKT_FLAG_KEY : 0;
  return out;
}

/// A stream put together out of order and pushed in order of time.
class Stream {
 public:
  /// 25 pictures a second from `from` to `to`, in milliseconds, keys every `gop`.
  Stream& video(int index, std::int64_t from, std::int64_t to, std::int64_t gop) {
    for (std::int64_t t = from; t < to; t += 40)
      items.push_back(packet(index, kMillis, t, 40, (t - from) % gop == 0));
    return *this;
  }
  Stream& audio(int index, std::int64_t from_sample, std::int64_t to_sample) {
    for (std::int64_t t = from_sample; t < to_sample; t += 1024)
      items.push_back(packet(index, kSamples, t, 1024, true));
    return *this;
  }
  Stream& grid(std::int64_t length, std::int64_t to) {
    for (std::int64_t n = 0; n * length < to; ++n)
      items.push_back(media::segment_event(n, {n * length, kMillis}, {length, kMillis}));
    return *this;
  }
  Stream& event(std::string_view kind, std::int64_t at) {
    items.push_back(media::make_event(kind, {at, kMillis}));
    return *this;
  }
  std::vector<media::Item> in_order() {
    std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
      if (media::position(a) == media::position(b)) return a.index() > b.index();
      return media::position(a) < media::position(b);
    });
    return std::move(items);
  }
  std::vector<media::Item> items;
};

class Cut : public ::testing::Test {
 protected:
  Result<void> run(const media::Tracks& tracks, Stream& stream, CutOptions options = {}) {
    Cutter cutter(tracks, options, words, out);
    Result<void> outcome;
    for (auto& item : stream.in_order()) {
      auto flow = cutter.push(std::move(item));
      if (!flow) outcome = fail(std::move(flow).error());
      if (!flow || *flow == flow::Flow::kDone) break;
    }
    auto finished = cutter.finish();
    return outcome ? finished : outcome;
  }
  /// "start+duration" in milliseconds, with "D" for a discontinuity and "G" for a gap.
  std::vector<std::string> segments(int index) const {
    std::vector<std::string> list;
    for (const auto& s : out.items)
      if (s.track == index)
        list.push_back(fmt::format("{}+{}{}{}", s.start.in(kMillis), s.duration.in(kMillis),
                                   s.discontinuity ? "D" : "", s.gap ? "G" : ""));
    return list;
  }

  const media::Tracks one{track(0, media::Kind::kVideo, kMillis, "720p")};
  const media::Tracks two{track(0, media::Kind::kVideo, kMillis, "720p"),
                          track(1, media::Kind::kVideo, kMillis, "360p")};
  const media::Tracks with_sound{track(0, media::Kind::kVideo, kMillis, "720p"),
                                 track(1, media::Kind::kAudio, kSamples, "audio")};
  const media::Tracks sound{track(0, media::Kind::kAudio, kSamples, "audio")};
  support::Words words;
  support::Collect<Segment> out;
};

TEST_F(Cut, FollowsTheGridEvenWhereMoreKeyFramesAre) {
  Stream stream;
  stream.video(0, 0, 10'000, 1000).grid(4000, 10'000);
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+2000"));
  EXPECT_THAT(words.warnings, IsEmpty());
}

TEST_F(Cut, KeepsEveryPacketOnceAndInOrder) {
  Stream stream;
  stream.video(0, 0, 9000, 2000).audio(1, 0, 9 * 48000).grid(4000, 9000);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  for (const int index : {0, 1}) {
    std::vector<std::int64_t> stamps;
    for (const auto& s : out.items)
      for (const auto& p : s.packets)
        if (s.track == index) stamps.push_back(p.dts().ticks);
    EXPECT_EQ(stamps.size(), index == 0 ? 225u : 422u);
    EXPECT_TRUE(std::is_sorted(stamps.begin(), stamps.end(), std::less_equal<>()));
  }
}

TEST_F(Cut, CutsLateAndSaysSoWhereTheGridHasNoKeyFrame) {
  Stream stream;
  stream.video(0, 0, 9000, 3000).grid(4000, 9000);
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+6000", "6000+3000"));
  ASSERT_FALSE(words.warnings.empty());
  EXPECT_THAT(words.warnings[0],
              HasSubstr("rendition '720p': the key frame for the cut at 4.000 s is at 6.000 s"));
}

TEST_F(Cut, SoundBeforeTheFirstGridEventDoesNotHideTheGrid) {
  Stream stream;
  stream.video(0, 80, 8080, 2000).audio(1, 0, 8 * 48000);
  stream.items.push_back(media::segment_event(0, {80, kMillis}, {4000, kMillis}));
  stream.items.push_back(media::segment_event(1, {4080, kMillis}, {4000, kMillis}));
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(words.infos, IsEmpty());
}

TEST_F(Cut, StrictRefusesARenditionOffTheGrid) {
  Stream stream;
  stream.video(0, 0, 9000, 3000).grid(4000, 9000);
  EXPECT_THAT(run(one, stream, {.target = {}, .strict = true}),
              FailsWith(Code::kRefused, HasSubstr("720p")));
}

TEST_F(Cut, SoundIsCutNearestToThePictureAndNeverDrifts) {
  Stream stream;
  stream.video(0, 0, 60'000, 2000).audio(1, 0, 60 * 48000).grid(2000, 60'000);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  std::int64_t n = 0;
  for (const auto& s : out.items) {
    if (s.track != 1) continue;
    EXPECT_LE(std::abs(s.start.ticks - n * 96000), 512) << "segment " << n;
    EXPECT_EQ(s.start.ticks, s.packets.front().pts().ticks);
    ++n;
  }
  EXPECT_EQ(n, 30);
}

TEST_F(Cut, SoundThatBeginsBeforeThePictureBelongsToTheFirstSegment) {
  Stream stream;
  stream.video(0, 80, 8080, 4000).audio(1, 0, 8 * 48000);
  stream.items.push_back(media::segment_event(0, {80, kMillis}, {4000, kMillis}));
  stream.items.push_back(media::segment_event(1, {4080, kMillis}, {4000, kMillis}));
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("80+4000", "4080+4000"));
  EXPECT_THAT(segments(1), ElementsAre("0+4075", "4075+3925"));
}

TEST_F(Cut, WithoutAGridCutsAtTheKeyFramesAllRenditionsShare) {
  Stream stream;
  stream.video(0, 0, 16'000, 2000).video(1, 0, 16'000, 4000);
  ASSERT_THAT(run(two, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+4000", "12000+4000"));
  EXPECT_EQ(segments(0), segments(1));
  EXPECT_THAT(words.infos, ElementsAre(HasSubstr("no cut grid")));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("every 4.000 s do not divide segments of 6s")));
}

TEST_F(Cut, WithoutAGridTakesTheKeyFrameNearestToTheTarget) {
  Stream stream;
  stream.video(0, 0, 8000, 480);
  ASSERT_THAT(run(one, stream, {.target = 2s}), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+1920", "1920+1920", "3840+1920", "5760+1920", "7680+320"));
}

TEST_F(Cut, AWrongGuessIsPutRightAtTheKeyFrameBefore) {
  Stream stream;  // after two short groups a long one: the cut has to be at 4 s, not at 12 s
  stream.video(0, 0, 4000, 2000).video(0, 4000, 12'000, 8000).video(0, 12'000, 14'000, 2000);
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+8000", "12000+2000"));
}

TEST_F(Cut, AnAskedForLengthOtherThanTheGridsIsCutOnSharedKeyFrames) {
  Stream stream;
  stream.video(0, 0, 12'000, 2000).grid(6000, 12'000);
  ASSERT_THAT(run(one, stream, {.target = 4s}), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000", "8000+4000"));
  EXPECT_THAT(words.infos, ElementsAre(HasSubstr("the cut grid has 6s")));
}

TEST_F(Cut, SoundAloneIsCutAtMultiplesOfTheTarget) {
  Stream stream;
  stream.audio(0, 0, 14 * 48000);
  ASSERT_THAT(run(sound, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+5995", "5995+6016", "12011+2005"));
}

TEST_F(Cut, SoundThatGoesOnAfterThePictureIsStillCut) {
  Stream stream;
  stream.video(0, 0, 4000, 2000).audio(1, 0, 30 * 48000);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000"));
  EXPECT_THAT(segments(1),
              ElementsAre("0+5995", "5995+6016", "12011+5995", "18005+5995", "24000+6016"));
}

TEST_F(Cut, ADiscontinuityEndsTheSegmentOfEveryTrackAndMarksTheNext) {
  Stream stream;
  stream.video(0, 0, 8000, 1000).audio(1, 0, 8 * 48000).grid(4000, 8000);
  stream.event(media::event::kDiscontinuity, 2900);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+3000", "3000+1000D", "4000+4000"));
  EXPECT_THAT(segments(1), ElementsAre("0+3008", "3008+1003D", "4011+3989"));
}

TEST_F(Cut, LostTimeBecomesGapsAndNumbersStayTogether) {
  Stream stream;
  stream.video(0, 0, 20'000, 2000).audio(1, 0, 48000 * 3).audio(1, 48000 * 13, 48000 * 20);
  stream.grid(4000, 20'000);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+4000", "4000+4000", "8000+4000", "12000+4000", "16000+4000"));
  EXPECT_THAT(segments(1),
              ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+4008", "16008+4011"));
}

TEST_F(Cut, ATrackThatBeginsLateGetsGapsForWhatItMissed) {
  Stream stream;
  stream.video(0, 0, 12'000, 2000).audio(1, 48000 * 5, 48000 * 12).grid(4000, 12'000);
  ASSERT_THAT(run(with_sound, stream), IsOk());
  EXPECT_THAT(segments(1), ElementsAre("0+4000G", "4000+4008", "8008+4011"));
}

TEST_F(Cut, PicturesBeforeTheFirstKeyFrameAreDroppedAndThatIsSaid) {
  Stream stream;
  for (auto& p : support::packets("d0 d40 K80 d120")) stream.items.push_back(std::move(p));
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("80+80"));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("before the first key frame")));
}

TEST_F(Cut, AStreamWithoutKeyFramesDoesNotGrowInMemory) {
  Stream stream;
  stream.video(0, 0, 60'000, 600'000);
  EXPECT_THAT(run(one, stream, {.target = {}, .max_held = 1000}),
              FailsWith(Code::kBadInput, HasSubstr("no key frame")));
}

TEST_F(Cut, AnEmptyStreamGivesNothingAndFinishesBelow) {
  Stream stream;
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(out.items, IsEmpty());
  EXPECT_EQ(out.finished, 1);
}

TEST_F(Cut, AnEndInMidSegmentHandsOnTheShortRest) {
  Stream stream;
  stream.video(0, 0, 4400, 2000).grid(4000, 4400);
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+400"));
}

TEST_F(Cut, AFailureBelowComesUpAndFinishIsStillPassedOn) {
  Stream stream;
  stream.video(0, 0, 12'000, 2000).grid(4000, 12'000);
  out.fail_at = 1;
  EXPECT_THAT(run(one, stream), FailsWith(Code::kIo, HasSubstr("disk full")));
  EXPECT_EQ(out.items.size(), 1u);
  EXPECT_EQ(out.finished, 1);
}

TEST_F(Cut, StopsAskingWhenBelowIsDone) {
  Stream stream;
  stream.video(0, 0, 20'000, 2000).grid(4000, 20'000);
  out.done_at = 2;
  ASSERT_THAT(run(one, stream), IsOk());
  EXPECT_EQ(out.items.size(), 2u);
  EXPECT_EQ(out.finished, 1);
}

}  // namespace
}  // namespace weir::hls
