// Beauty on pictures made for it: skin gets smoother, edges and other colours stay.
#include "codec/beauty.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/collect.h"
#include "support/matchers.h"

namespace weir::codec {
namespace {

using support::Collect;
using support::IsOk;

constexpr int kWidth = 320;
constexpr int kHeight = 180;

struct Colour {
  int cb, cr;
};
constexpr Colour kSkins[] = {{105, 152}, {112, 146}, {96, 160}};  // of several people
constexpr Colour kGrey{128, 128};
constexpr Colour kGrass{90, 110};

// Noise of a few steps around a middle grey; the right half has bars of text's contrast too.
template <typename Sample>
media::Frame noisy(AVPixelFormat format, Colour colour, int scale) {
  media::Frame frame;
  AVFrame& f = *frame.raw();
  f.format = format;
  f.width = kWidth;
  f.height = kHeight;
  EXPECT_GE(av_frame_get_buffer(&f, 0), 0);
  std::uint32_t seed = 1;
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      seed = seed * 1664525 + 1013904223;
      const int bar = x >= kWidth / 2 && x / 4 % 2 == 0 ? -90 : 0;
      reinterpret_cast<Sample*>(f.data[0] + y * f.linesize[0])[x] =
          static_cast<Sample>((150 + bar + static_cast<int>(seed >> 29) - 4) * scale);
    }
  for (int plane : {1, 2})
    for (int y = 0; y < kHeight / 2; ++y)
      for (int x = 0; x < kWidth / 2; ++x)
        reinterpret_cast<Sample*>(f.data[plane] + y * f.linesize[plane])[x] =
            static_cast<Sample>((plane == 1 ? colour.cb : colour.cr) * scale);
  return frame;
}

template <typename Sample>
double luma(const media::Frame& frame, int x, int y) {
  const AVFrame& f = *frame.raw();
  return reinterpret_cast<const Sample*>(f.data[0] + y * f.linesize[0])[x];
}

template <typename Sample>
double variance(const media::Frame& frame) {  // of the half without bars
  double sum = 0, square = 0, count = 0;
  for (int y = 8; y < kHeight - 8; ++y)
    for (int x = 8; x < kWidth / 2 - 16; ++x, ++count) {
      const double sample = luma<Sample>(frame, x, y);
      sum += sample;
      square += sample * sample;
    }
  return square / count - sum / count * (sum / count);
}

template <typename Sample>
double contrast(const media::Frame& frame) {  // of bars and what is between
  double dark = 0, bright = 0;
  for (int y = 8; y < kHeight - 8; ++y)
    for (int x = kWidth / 2 + 16; x < kWidth - 16; ++x)
      (x / 4 % 2 == 0 ? dark : bright) += luma<Sample>(frame, x, y);
  return (bright - dark) / (bright + dark);
}

media::Frame beautified(const media::Frame& frame, double strength) {
  Collect<media::Frame> out;
  Beauty beauty(strength, out);
  EXPECT_THAT(beauty.push(frame.share()), IsOk());
  EXPECT_THAT(beauty.finish(), IsOk());
  EXPECT_EQ(out.items.size(), 1U);
  EXPECT_EQ(out.finished, 1);
  return std::move(out.items.at(0));
}

TEST(Beauty, SmoothsSkinOfAnyShadeAndKeepsTheContrastOfTextOnIt) {
  for (const Colour skin : kSkins) {
    const auto before = noisy<std::uint8_t>(AV_PIX_FMT_YUV420P, skin, 1);
    const auto after = beautified(before, 1);
    EXPECT_LT(variance<std::uint8_t>(after), 0.2 * variance<std::uint8_t>(before));
    EXPECT_NEAR(contrast<std::uint8_t>(after) / contrast<std::uint8_t>(before), 1, 0.02);
  }
}

TEST(Beauty, DoesMoreTheStrongerItIs) {
  const auto before = noisy<std::uint8_t>(AV_PIX_FMT_YUV420P, kSkins[0], 1);
  double last = variance<std::uint8_t>(before);
  for (const double strength : {0.1, 0.3, 1.0}) {
    const double now = variance<std::uint8_t>(beautified(before, strength));
    EXPECT_LT(now, last) << strength;
    last = now;
  }
}

TEST(Beauty, LeavesOtherColoursAloneToTheBit) {
  for (const Colour other : {kGrey, kGrass}) {
    const auto before = noisy<std::uint8_t>(AV_PIX_FMT_YUV420P, other, 1);
    const auto after = beautified(before, 1);
    for (int y = 0; y < kHeight; ++y)
      for (int x = 0; x < kWidth; ++x)
        ASSERT_EQ(luma<std::uint8_t>(after, x, y), luma<std::uint8_t>(before, x, y));
  }
}

TEST(Beauty, WorksInTenBitsAndNeverWritesIntoThePictureOfAnother) {
  const auto before = noisy<std::uint16_t>(AV_PIX_FMT_YUV420P10LE, kSkins[0], 4);
  const double was = variance<std::uint16_t>(before);
  const auto after = beautified(before, 1);
  EXPECT_LT(variance<std::uint16_t>(after), 0.2 * was);
  EXPECT_EQ(variance<std::uint16_t>(before), was);
}

TEST(Beauty, PassesWhatItCannotReadAsItIs) {
  const auto before = noisy<std::uint16_t>(AV_PIX_FMT_YUV420P16LE, kSkins[0], 256);
  EXPECT_EQ(variance<std::uint16_t>(beautified(before, 1)), variance<std::uint16_t>(before));
}

TEST(Beauty, HandsOnWhatThePlaceBelowSays) {
  Collect<media::Frame> out;
  out.fail_at = 1;
  out.finish_result = fail(Code::kIo, "disk full");
  Beauty beauty(1, out);
  EXPECT_FALSE(beauty.push(noisy<std::uint8_t>(AV_PIX_FMT_YUV420P, kSkins[0], 1)));
  EXPECT_FALSE(beauty.finish());
}

}  // namespace
}  // namespace weir::codec
