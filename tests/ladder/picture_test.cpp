// The chain before the ladder: what comes out is what its track says, in the promised order.
#include "ladder/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ladder/overlay.h"
#include "support/collect.h"
#include "support/fake_clock.h"
#include "support/matchers.h"

namespace weir::ladder {
namespace {

using support::Collect;
using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::HasSubstr;

struct Source {
  int width = 64;
  int height = 32;
  AVPixelFormat format = AV_PIX_FMT_YUV420P;
  AVColorTransferCharacteristic transfer = AVCOL_TRC_BT709;
  AVColorRange range = AVCOL_RANGE_MPEG;

  media::Track track() const {
    media::CodecParametersPtr par(avcodec_parameters_alloc());
    par->codec_type = AVMEDIA_TYPE_VIDEO;
    par->codec_id = AV_CODEC_ID_H264;
    par->width = width;
    par->height = height;
    par->format = format;
    par->color_trc = transfer;
    par->color_range = range;
    media::Track track;
    track.kind = media::Kind::kVideo;
    track.par = media::copy_parameters(*par);
    track.time_base = {1, 25};
    track.frame_rate = {25, 1};
    return track;
  }
  // Grey, with a bright block in the top left quarter.
  media::Frame picture(std::int64_t pts, bool interlaced = false) const {
    media::Frame frame;
    AVFrame& f = *frame.raw();
    f.format = format;
    f.width = width;
    f.height = height;
    EXPECT_GE(av_frame_get_buffer(&f, 0), 0);
    const bool deep = format == AV_PIX_FMT_YUV420P10LE;
    for (int plane = 0; plane < 3; ++plane)
      for (int y = 0; y < height >> (plane > 0); ++y)
        for (int x = 0; x < width >> (plane > 0); ++x) {
          const bool bright = plane == 0 && x < width / 2 && y < height / 2;
          const int value = plane > 0 ? 128 : bright ? 235 : 64;
          if (deep)
            reinterpret_cast<std::uint16_t*>(f.data[plane] + y * f.linesize[plane])[x] =
                static_cast<std::uint16_t>(value * 4);
          else
            f.data[plane][y * f.linesize[plane] + x] = static_cast<std::uint8_t>(value);
        }
    f.pts = pts;
    f.time_base = {1, 25};
    f.color_trc = transfer;
    f.color_range = range;
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    if (interlaced) f.flags |= AV_FRAME_FLAG_INTERLACED;
#else
    f.interlaced_frame = interlaced ? 1 : 0;
#endif
    return frame;
  }
};

struct Played {
  support::FakeClock clock;
  Collect<media::Frame> out;
  media::Track track;

  Result<void> run(const PictureOptions& options, const media::Track& source,
                   std::vector<media::Frame> pictures) {
    WEIR_TRY_ASSIGN(auto chain, PictureChain::open(options, source, clock, out));
    track = chain->track();
    for (auto& picture : pictures) WEIR_TRY(chain->push(std::move(picture)));
    return chain->finish();
  }
  int luma(int x, int y) const {
    const AVFrame& f = *out.items.at(0).raw();
    return f.data[0][y * f.linesize[0] + x];
  }
};

std::vector<media::Frame> one(media::Frame frame) {
  std::vector<media::Frame> pictures;
  pictures.push_back(std::move(frame));
  return pictures;
}

TEST(Picture, WithoutOptionsItIsTheSamePicture) {
  const Source source;
  Played run;
  auto picture = source.picture(3);
  const auto* samples = picture.raw()->data[0];
  ASSERT_THAT(run.run({}, source.track(), one(std::move(picture))), IsOk());
  ASSERT_EQ(run.out.items.size(), 1U);
  EXPECT_EQ(run.out.items[0].raw()->data[0], samples);
  EXPECT_EQ(run.track.time_base.den, 25);
  EXPECT_EQ(run.out.finished, 1);
}

TEST(Picture, IsTurnedThenCropped) {
  const Source source;
  media::Track track = source.track();
  track.rotation = 90;
  PictureOptions options;
  options.crop = Crop{16, 32, 16, 0};  // the right half of the upright picture of 32x64
  Played run;
  ASSERT_THAT(run.run(options, track, one(source.picture(0))), IsOk());
  EXPECT_EQ(run.track.par->width, 16);
  EXPECT_EQ(run.track.par->height, 32);
  EXPECT_EQ(run.track.rotation, 0);
  EXPECT_EQ(run.luma(8, 8), 235);  // what was top left is top right
}

TEST(Picture, ACropBeyondThePictureIsRefused) {
  PictureOptions options;
  options.crop = Crop{64, 32, 2, 0};
  Played run;
  EXPECT_THAT(
      run.run(options, Source().track(), {}),
      FailsWith(Code::kUsage, HasSubstr("64x32 at 2,0 reaches beyond the picture of 64x32")));
}

TEST(Picture, OnlyInterlacedPicturesAreDeinterlacedAndNoneIsLost) {
  const Source source;
  for (const bool wanted : {true, false}) {
    PictureOptions options;
    options.deinterlace = wanted;
    std::vector<media::Frame> pictures;
    for (int n = 0; n < 8; ++n) {
      pictures.push_back(source.picture(n, n >= 4));
      if (n % 2 == 0) continue;
      AVFrame& f = *pictures.back().raw();  // something that moves between the fields
      for (int y = 0; y < f.height; y += 2)
        for (int x = 40; x < 60; ++x) f.data[0][y * f.linesize[0] + x] = 235;
    }
    Played run;
    ASSERT_THAT(run.run(options, source.track(), std::move(pictures)), IsOk());
    ASSERT_EQ(run.out.items.size(), 8U);
    for (int n = 0; n < 8; ++n) {
      EXPECT_EQ(run.out.items[static_cast<std::size_t>(n)].pts().micros(), n * 40'000);
      const AVFrame& f = *run.out.items[static_cast<std::size_t>(n)].raw();
      const bool combed =
          std::abs(f.data[0][20 * f.linesize[0] + 50] - f.data[0][21 * f.linesize[0] + 50]) > 100;
      EXPECT_EQ(combed, n % 2 == 1 && (n < 4 || !wanted)) << n;
    }
  }
}

TEST(Picture, HighDynamicRangeBecomesBt709AndKeepsItsRange) {
  for (const auto transfer : {AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67}) {
    const Source source{64, 32, AV_PIX_FMT_YUV420P10LE, transfer};
    Played run;
    ASSERT_THAT(run.run({}, source.track(), one(source.picture(0))), IsOk());
    EXPECT_EQ(run.track.par->color_trc, AVCOL_TRC_BT709);
    EXPECT_EQ(run.track.par->color_primaries, AVCOL_PRI_BT709);
    EXPECT_EQ(run.track.par->color_space, AVCOL_SPC_BT709);
    EXPECT_EQ(run.track.par->color_range, AVCOL_RANGE_MPEG);
    const AVFrame& f = *run.out.items.at(0).raw();
    EXPECT_EQ(f.format, AV_PIX_FMT_YUV420P);
    EXPECT_EQ(f.color_trc, AVCOL_TRC_BT709);
    EXPECT_LE(run.luma(8, 8), 235);
    EXPECT_GT(run.luma(8, 8), 200);
    EXPECT_GE(run.luma(60, 30), 16);
    EXPECT_LT(run.luma(60, 30), 120);
  }
}

TEST(Picture, WithoutToneMappingHighDynamicRangeStays) {
  const Source source{64, 32, AV_PIX_FMT_YUV420P10LE, AVCOL_TRC_SMPTE2084};
  PictureOptions options;
  options.tone_map = false;
  Played run;
  ASSERT_THAT(run.run(options, source.track(), one(source.picture(0))), IsOk());
  EXPECT_EQ(run.track.par->color_trc, AVCOL_TRC_SMPTE2084);
  EXPECT_EQ(run.out.items.at(0).raw()->format, AV_PIX_FMT_YUV420P10LE);
}

TEST(Picture, FullRangeBecomesLimited) {
  const Source source{64, 32, AV_PIX_FMT_YUV420P, AVCOL_TRC_BT709, AVCOL_RANGE_JPEG};
  Played run;
  ASSERT_THAT(run.run({}, source.track(), one(source.picture(0))), IsOk());
  EXPECT_EQ(run.track.par->color_range, AVCOL_RANGE_MPEG);
  EXPECT_NEAR(run.luma(60, 30), 16 + 64 * 219 / 255, 1);
  EXPECT_NEAR(run.luma(8, 8), 16 + 235 * 219 / 255, 1);
}

TEST(Picture, ARateOfItsOwnIsCounted) {
  const Source source;
  PictureOptions options;
  options.fps = {50, 1};
  Collect<media::Frame> out;
  support::FakeClock clock;
  auto chain = PictureChain::open(options, source.track(), clock, out);
  ASSERT_THAT(chain, IsOk());
  for (int n = 0; n < 10; ++n) ASSERT_THAT((*chain)->push(source.picture(n)), IsOk());
  ASSERT_THAT((*chain)->finish(), IsOk());
  EXPECT_EQ((*chain)->counts().repeated, 9);
  EXPECT_EQ(out.items.size(), 19U);
  EXPECT_EQ((*chain)->track().frame_rate.num, 50);
  EXPECT_EQ(out.items[1].pts().micros(), 20'000);
}

TEST(Picture, AUsersGraphMayChangeSizeAndRate) {
  const Source source;
  PictureOptions options;
  options.filter = "[in]split[a][b];[a]hflip[c];[b][c]hstack,fps=50[out]";
  Played run;
  auto pictures = one(source.picture(0));
  pictures.push_back(source.picture(1));
  ASSERT_THAT(run.run(options, source.track(), std::move(pictures)), IsOk());
  EXPECT_EQ(run.track.par->width, 128);
  EXPECT_EQ(run.track.frame_rate.num, 50);
  EXPECT_EQ(av_cmp_q(run.track.time_base, run.out.items.at(0).raw()->time_base), 0);
}

TEST(Picture, AGraphThatIsNoneIsAUsageErrorAtOnce) {
  PictureOptions options;
  options.filter = "nonsense=1";
  Played run;
  EXPECT_THAT(run.run(options, Source().track(), {}),
              FailsWith(Code::kUsage, HasSubstr("'nonsense=1'")));
}

TEST(Picture, AWatermarkThatIsNotThereOrNoPngIsSaidAtOnce) {
  PictureOptions options;
  options.watermark.file = "/nowhere/logo.png";
  Played run;
  EXPECT_THAT(run.run(options, Source().track(), {}),
              FailsWith(Code::kIo, HasSubstr("'/nowhere/logo.png'")));
  options.watermark.file = "/proc/self/exe";
  EXPECT_THAT(run.run(options, Source().track(), {}), FailsWith(Code::kUsage, HasSubstr("no PNG")));
}

TEST(Picture, TextIsDrawnInItsCorner) {
  const Source source{320, 180};
  PictureOptions options;
  options.text = {"{timecode}", Corner::kBottomRight, 10};
  Played run;
  ASSERT_THAT(run.run(options, source.track(), one(source.picture(0))), IsOk());
  int white = 0;
  for (int y = 150; y < 180; ++y)
    for (int x = 160; x < 320; ++x) white += run.luma(x, y) > 200 ? 1 : 0;
  EXPECT_GT(white, 100);
  for (int x = 0; x < 100; ++x) EXPECT_EQ(run.luma(x, 170), 64);
}

TEST(PictureFacts, TimecodesCountPicturesWhereTheRateIsKnown) {
  EXPECT_EQ(timecode({3 * 3600 * 25 + 61 * 25 + 7, {1, 25}}, {25, 1}), "03:01:01:07");
  EXPECT_EQ(timecode({1001 * 31, {1, 30000}}, {30000, 1001}), "00:00:01:01");
  EXPECT_EQ(timecode({61'040, {1, 1000}}, {0, 1}), "00:01:01.040");
}

std::string utc_of(media::Frame& frame) {
  return av_dict_get(frame.raw()->metadata, "weir.utc", nullptr, 0)->value;
}

TEST(PictureFacts, UtcIsThatOfTheAnchorElseOfTheClockAtTheFirstPicture) {
  const Source source;
  support::FakeClock clock;
  PictureFacts facts(clock);
  auto first = source.picture(25);
  facts.write(first);
  EXPECT_EQ(utc_of(first), format_utc(clock.utc_us()));
  clock.advance(std::chrono::seconds(9));
  auto second = source.picture(50);
  facts.write(second);
  EXPECT_EQ(utc_of(second), format_utc(clock.utc_us() - 8'000'000));
  facts.note(media::anchor_event({25, {1, 25}}, 1'000'000'000'000));
  facts.write(second);
  EXPECT_EQ(utc_of(second), format_utc(1'000'001'000'000));
}

TEST(Picture, SaysWhatItDoesInOrder) {
  Source source;
  source.transfer = AVCOL_TRC_SMPTE2084;
  media::Track track = source.track();
  track.rotation = 90;
  PictureOptions options;
  options.fps = {25, 1};
  options.beauty = 0.5;
  options.text.text = "x";
  EXPECT_EQ(describe(options, track),
            "25 pictures a second, turn by 90 degrees, tone map to BT.709, beauty 0.5, text 'x'");
}

}  // namespace
}  // namespace weir::ladder
