// A slate is coded as the tracks it stands for, and a clip is shown whole and in time.
#include "ingest/slate.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/decoder.h"
#include "flow/pump.h"
#include "formats/output.h"
#include "ingest/slate_form.h"
#include "ingest/test_input.h"
#include "media/h26x.h"
#include "support/coded_tracks.h"
#include "support/collect.h"
#include "support/matchers.h"
#include "support/temp_folder.h"
#include "support/words.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using support::coded_picture;
using support::coded_sound;
using support::Collect;
using support::FailsWith;
using support::IsOk;
using ::testing::Each;
using ::testing::HasSubstr;

class SlateTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Slate>> open(media::Tracks tracks, const std::string& file = "") {
    Slate::Starts starts;
    for (const auto& track : tracks) starts[track.index] = {begin.in(track.time_base), 0};
    return Slate::open(std::move(tracks), starts, file, stop, words);
  }
  /// Packets of the slate for so long.
  std::map<int, std::vector<media::Packet>> play(const media::Tracks& tracks, Micros length,
                                                 const std::string& file = "") {
    std::map<int, std::vector<media::Packet>> all;
    auto slate = open(tracks, file);
    EXPECT_THAT(slate, IsOk());
    while (slate) {
      auto packet = (*slate)->next();
      EXPECT_THAT(packet, IsOk());
      if (!packet || (*packet)->pts().micros() >= begin.micros() + length.count()) break;
      all[(*packet)->track()].push_back(std::move(**packet));
    }
    return all;
  }
  /// A plain file: the test source's flash and beep at its beginning, 4:3, for a second.
  std::string make_clip(const std::string& name, bool with_sound = true) {
    auto input = open_test_input("test:size=160x120,rate=30", {&stop, &words, {}, 1s});
    EXPECT_THAT(input, IsOk());
    auto tracks = (*input)->tracks();
    if (!with_sound) tracks.pop_back();
    auto output = formats::open_recording(folder / name, tracks);
    EXPECT_THAT(output, IsOk());
    while (auto item = *(*input)->next())
      if (with_sound || std::get<media::Packet>(*item).track() == 0) {
        EXPECT_THAT((*output)->push(std::move(*item)), IsOk());
      }
    EXPECT_THAT((*output)->finish(), IsOk());
    return folder / name;
  }

  StopSource stop;
  support::Words words;
  support::TempFolder folder;
  const media::Time begin{7'000, support::kMillis};
};

std::vector<media::Frame> decode(const media::Track& track, const std::vector<media::Packet>& all) {
  Collect<media::Frame> frames;
  auto decoder = codec::Decoder::open(track, 1, frames);
  EXPECT_THAT(decoder, IsOk());
  for (const auto& packet : all) EXPECT_THAT((*decoder)->push(packet.share()), IsOk());
  EXPECT_THAT((*decoder)->finish(), IsOk());
  return std::move(frames.items);
}

int luma(const media::Frame& frame, int x, int y) {
  return frame.raw()->data[0][y * frame.raw()->linesize[0] + x];
}

double loudness(const media::Frame& frame) {
  double sum = 0;
  const auto* samples = reinterpret_cast<const float*>(frame.raw()->data[0]);
  for (int i = 0; i < frame.raw()->nb_samples; ++i) sum += samples[i] * samples[i];
  return std::sqrt(sum / frame.raw()->nb_samples);
}

TEST_F(SlateTest, BlackIsAPictureOfTheTracksForm) {
  const auto track = coded_picture(0, [](auto& par) {
    par.width = 426;
    par.height = 240;
    par.sample_aspect_ratio = {4, 3};
    par.color_range = AVCOL_RANGE_MPEG;
    par.color_space = AVCOL_SPC_BT709;
    par.color_primaries = AVCOL_PRI_BT709;
    par.color_trc = AVCOL_TRC_BT709;
  });
  auto all = play({track}, 1s);
  ASSERT_EQ(all[0].size(), 25U);
  const auto sets = media::find_parameter_sets(AV_CODEC_ID_H264, all[0][0].bytes());
  ASSERT_EQ(sets.sps.size(), 1U);
  const auto info = media::parse_sps(AV_CODEC_ID_H264, sets.sps.front());
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->profile, FF_PROFILE_H264_MAIN);
  EXPECT_EQ(info->level, 30);
  EXPECT_EQ(info->width, 426);
  EXPECT_EQ(info->transfer, AVCOL_TRC_BT709);
  const auto frames = decode(track, all[0]);
  ASSERT_EQ(frames.size(), 25U);
  for (const auto& frame : frames) {
    EXPECT_EQ(luma(frame, 0, 0), 16);
    EXPECT_EQ(luma(frame, 425, 239), 16);
    EXPECT_EQ(frame.raw()->sample_aspect_ratio.num, 4);
  }
}

TEST_F(SlateTest, OddRatesAreCountedExactly) {
  auto track = coded_picture(0);
  track.frame_rate = {30'000, 1001};
  auto streams = play({track}, 100s);
  const auto& all = streams[0];
  EXPECT_EQ(all.size(), 2997U);
  EXPECT_EQ(all.back().raw()->pts - 7'000, 99'967);  // of 99 966.53 ms
  std::vector<std::int64_t> keys;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].key()) keys.push_back(static_cast<std::int64_t>(i));
  ASSERT_GE(keys.size(), 3U);
  EXPECT_EQ(keys[1], 60);
  EXPECT_EQ(keys[2], 120);
}

TEST_F(SlateTest, TenBitsStayTenBits) {
  const auto track = coded_picture(0, [](auto& par) {
    par.format = AV_PIX_FMT_YUV420P10LE;
    par.profile = FF_PROFILE_H264_HIGH_10;
  });
  const auto frames = decode(track, play({track}, 200ms)[0]);
  ASSERT_EQ(frames.size(), 5U);
  EXPECT_EQ(frames[0].raw()->format, AV_PIX_FMT_YUV420P10LE);
  EXPECT_EQ(reinterpret_cast<const std::uint16_t*>(frames[0].raw()->data[0])[0], 64);
}

TEST_F(SlateTest, HevcIsHevc) {
  auto track = coded_picture(0, [](auto& par) {
    par.codec_id = AV_CODEC_ID_HEVC;
    par.profile = FF_PROFILE_HEVC_MAIN;
  });
  auto streams = play({track}, 3s);
  const auto& all = streams[0];
  ASSERT_EQ(all.size(), 75U);
  EXPECT_FALSE(media::find_parameter_sets(AV_CODEC_ID_HEVC, all[0].bytes()).vps.empty());
  EXPECT_TRUE(all[50].key());
  EXPECT_FALSE(media::find_parameter_sets(AV_CODEC_ID_HEVC, all[50].bytes()).sps.empty());
  const auto frames = decode(track, all);
  ASSERT_EQ(frames.size(), 75U);
  EXPECT_EQ(luma(frames[60], 5, 5), 16);
}

class SoundTest : public SlateTest,
                  public ::testing::WithParamInterface<std::tuple<AVCodecID, int, int>> {};

TEST_P(SoundTest, IsSilenceWithoutAHole) {
  const auto [codec, rate, channels] = GetParam();
  auto track = coded_sound(1, [&](auto& par) {
    par.codec_id = codec;
    par.sample_rate = rate;
    av_channel_layout_default(&par.ch_layout, channels);
    if (codec != AV_CODEC_ID_AAC) media::set_extradata(par, {});
    if (codec == AV_CODEC_ID_AAC && rate == 44'100) media::set_extradata(par, as_bytes("\x12\x08"));
  });
  track.time_base = {1, rate};
  auto streams = play({track}, 3s);
  const auto& all = streams[1];
  ASSERT_GT(all.size(), 50U);
  EXPECT_EQ(all.front().raw()->pts, 7 * rate);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_EQ(all[i].raw()->pts, all[i - 1].raw()->pts + all[i - 1].raw()->duration);
    EXPECT_EQ(all[i].raw()->dts, all[i].raw()->pts);
  }
  EXPECT_GE(all.back().raw()->pts + all.back().raw()->duration, 10 * rate);
  const auto frames = decode(track, all);
  ASSERT_GT(frames.size(), all.size() - 3);
  for (const auto& frame : frames) {
    EXPECT_EQ(frame.raw()->sample_rate, rate);
    EXPECT_EQ(frame.raw()->ch_layout.nb_channels, channels);
    if (frame.raw()->format == AV_SAMPLE_FMT_FLTP) {
      EXPECT_LT(loudness(frame), 0.001);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, SoundTest,
                         ::testing::Values(std::tuple{AV_CODEC_ID_AAC, 48'000, 2},
                                           std::tuple{AV_CODEC_ID_AAC, 44'100, 1},
                                           std::tuple{AV_CODEC_ID_MP3, 44'100, 2},
                                           std::tuple{AV_CODEC_ID_OPUS, 48'000, 2},
                                           std::tuple{AV_CODEC_ID_AC3, 48'000, 6},
                                           std::tuple{AV_CODEC_ID_EAC3, 48'000, 2}),
                         [](const auto& which) {
                           return fmt::format("{}_{}", avcodec_get_name(std::get<0>(which.param)),
                                              std::get<1>(which.param));
                         });

TEST_F(SlateTest, OtherCodecsAreRefusedByName) {
  const auto codec = [](AVCodecID id) { return [id](auto& par) { par.codec_id = id; }; };
  EXPECT_THAT(open({coded_picture(0, codec(AV_CODEC_ID_AV1))}),
              FailsWith(Code::kUnsupported, HasSubstr("av1")));
  EXPECT_THAT(open({coded_picture(0), coded_sound(1, codec(AV_CODEC_ID_FLAC))}),
              FailsWith(Code::kUnsupported, HasSubstr("flac")));
  const auto sbr = [](auto& par) { media::set_extradata(par, as_bytes("\x2b\x92\x08")); };
  EXPECT_THAT(open({coded_sound(1, sbr)}), FailsWith(Code::kUnsupported, HasSubstr("aac")));
}

TEST_F(SlateTest, AClipIsShownWholeWithItsSoundOverAndOver) {
  const auto file = make_clip("clip.mkv");
  const auto video = coded_picture(0, [](auto& par) {
    par.width = 320;
    par.height = 180;
  });
  const auto sound = coded_sound(1);
  const auto all = play({video, sound}, 3s, file);
  ASSERT_EQ(all.at(0).size(), 75U);
  const auto frames = decode(video, all.at(0));
  ASSERT_EQ(frames.size(), 75U);
  for (int second = 0; second < 3; ++second)
    for (const int n : {0, 2, 4, 20}) {  // 240 of 320 columns are the clip; the flash is at 200
      const auto& frame = frames[static_cast<std::size_t>(second * 25 + n)];
      if (n < 2) {
        EXPECT_GT(luma(frame, 260, 20), 200) << second << " " << n;
      } else if (n > 3) {
        EXPECT_LT(luma(frame, 260, 20), 200) << second << " " << n;
      }
      EXPECT_LT(luma(frame, 10, 90), 20);
      EXPECT_LT(luma(frame, 310, 90), 20);
      EXPECT_GT(luma(frame, 60, 30), 24);
    }
  for (const auto& frame : decode(sound, all.at(1))) {
    const std::int64_t in_second = (frame.pts().micros() - begin.micros()) % 1'000'000;
    if (in_second < 60'000) {
      EXPECT_GT(loudness(frame), 0.05) << frame.pts().seconds();
    } else if (in_second > 160'000 && in_second < 930'000) {
      EXPECT_LT(loudness(frame), 0.002) << frame.pts().seconds();
    }
  }
}

TEST_F(SlateTest, ASilentClipHasSilence) {
  const auto file = make_clip("silent.mkv", false);
  const auto all = play({coded_picture(0), coded_sound(1)}, 3s, file);
  EXPECT_EQ(all.at(0).size(), 75U);
  EXPECT_EQ(all.at(1).size(), 141U);  // of 1024 samples in three seconds
  for (const auto& frame : decode(coded_sound(1), all.at(1))) EXPECT_LT(loudness(frame), 0.001);
}

TEST_F(SlateTest, EveryRenditionHasItsOwnSize) {
  const auto small = coded_picture(1, [](auto& par) {
    par.width = 32;
    par.height = 18;
  });
  const auto all = play({coded_picture(0), small}, 1s, make_clip("clip.mkv"));
  EXPECT_EQ(decode(coded_picture(0), all.at(0)).at(3).raw()->width, 64);
  EXPECT_EQ(decode(small, all.at(1)).at(3).raw()->width, 32);
}

TEST_F(SlateTest, WhatCannotBeTheSlateIsSaidBefore) {
  EXPECT_THAT(SlateClip::check(make_clip("clip.mkv"), stop, words), IsOk());
  EXPECT_THAT(SlateClip::check(folder / "none.mp4", stop, words),
              FailsWith(Code::kIo, HasSubstr("no such file")));
  EXPECT_THAT(SlateClip::check("-", stop, words),
              FailsWith(Code::kUsage, HasSubstr("give a file")));
  EXPECT_THAT(SlateClip::check("rtmp://127.0.0.1/live", stop, words),
              FailsWith(Code::kUsage, HasSubstr("give a file")));
}

}  // namespace
}  // namespace weir::ingest
