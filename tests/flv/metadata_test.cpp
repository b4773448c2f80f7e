#include "flv/metadata.h"

#include <gtest/gtest.h>

#include <string>

#include "flv/amf0.h"
#include "support/coded_stream.h"

namespace weir::flv {
namespace {

media::Track picture_track() {
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_id = AV_CODEC_ID_H264;
  par->width = 640;
  par->height = 360;
  media::Track track;
  track.kind = media::Kind::kVideo;
  track.par = media::copy_parameters(*par);
  avcodec_parameters_free(&par);
  return track;
}

media::Track sound_track(int channels) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_id = AV_CODEC_ID_AAC;
  par->sample_rate = 48000;
  av_channel_layout_default(&par->ch_layout, channels);
  media::Track track;
  track.kind = media::Kind::kAudio;
  track.par = media::copy_parameters(*par);
  avcodec_parameters_free(&par);
  return track;
}

Bytes expected(const std::function<void(AmfWriter&)>& members) {
  Bytes bytes;
  AmfWriter out(bytes);
  out.text("onMetaData");
  out.ecma_array([&] { members(out); });
  return bytes;
}

TEST(MetadataTag, TellsAllOfAFileByteForByte) {
  const auto video = picture_track();
  const auto audio = sound_track(2);
  Metadata metadata{&video, &audio, 25, 2'500'000, 128'000, "weir 1", FileFacts{}};
  metadata.file = FileFacts{4.04, 123456, 4020, {{0, 500}, {2000, 90000}}};
  const Tag tag = metadata_tag(metadata);
  EXPECT_EQ(tag.type, TagType::kScript);
  EXPECT_EQ(tag.timestamp_ms, 0);
  EXPECT_EQ(tag.body, expected([](AmfWriter& out) {
              out.name("duration").number(4.04);
              out.name("filesize").number(123456);
              out.name("width").number(640);
              out.name("height").number(360);
              out.name("framerate").number(25);
              out.name("videodatarate").number(2500);
              out.name("videocodecid").number(7);
              out.name("audiodatarate").number(128);
              out.name("audiosamplerate").number(48000);
              out.name("audiosamplesize").number(16);
              out.name("stereo").boolean(true);
              out.name("audiocodecid").number(10);
              out.name("hasVideo").boolean(true);
              out.name("hasAudio").boolean(true);
              out.name("encoder").text("weir 1");
              out.name("lasttimestamp").number(4.02);
              out.name("lastkeyframetimestamp").number(2);
              out.name("keyframes").object([&] {
                out.name("times").numbers(std::vector{0.0, 2.0});
                out.name("filepositions").numbers(std::vector{500.0, 90000.0});
              });
            }));
}

TEST(MetadataTag, LeavesOutOfAStreamWhatNobodyKnowsYet) {
  const auto audio = sound_track(1);
  EXPECT_EQ(metadata_tag({nullptr, &audio, 0, 0, 0, "weir 1", {}}).body,
            expected([](AmfWriter& out) {
              out.name("audiosamplerate").number(48000);
              out.name("audiosamplesize").number(16);
              out.name("stereo").boolean(false);
              out.name("audiocodecid").number(10);
              out.name("hasVideo").boolean(false);
              out.name("hasAudio").boolean(true);
              out.name("encoder").text("weir 1");
            }));
}

TEST(MetadataTag, HasASizeThatDependsOnNoValue) {
  const auto video = picture_track();
  Metadata metadata{&video, nullptr, 25, 1, 0, "weir 1", FileFacts{0, 0, 0, {{0, 0}, {0, 0}}}};
  const auto size = metadata_tag(metadata).body.size();
  metadata.file = FileFacts{1e9, 1'000'000'000'000, 1'000'000'000, {{1, 2}, {3'000'000'000, 1}}};
  EXPECT_EQ(metadata_tag(metadata).body.size(), size);
}

TEST(MetadataTag, DescribesFurtherTracksByTheirIds) {
  auto video = picture_track();
  video.rendition = "360p";
  const auto small = picture_track();
  auto audio = sound_track(2);
  audio.language = "de";
  Metadata metadata{&video, nullptr, 0, 0, 0, "weir 1", {}};
  metadata.more = {{&small, 1, 25, 500'000}, {&audio, 1, 0, 64'000}};
  EXPECT_EQ(metadata_tag(metadata).body, expected([](AmfWriter& out) {
              out.name("width").number(640);
              out.name("height").number(360);
              out.name("videocodecid").number(7);
              out.name("hasVideo").boolean(true);
              out.name("hasAudio").boolean(false);
              out.name("encoder").text("weir 1");
              out.name("rendition").text("360p");
              out.name("videoTrackIdInfoMap").object([&] {
                out.name("1").object([&] {
                  out.name("width").number(640);
                  out.name("height").number(360);
                  out.name("framerate").number(25);
                  out.name("videodatarate").number(500);
                  out.name("videocodecid").number(0x61766331);
                });
              });
              out.name("audioTrackIdInfoMap").object([&] {
                out.name("1").object([&] {
                  out.name("audiodatarate").number(64);
                  out.name("channels").number(2);
                  out.name("samplerate").number(48000);
                  out.name("audiocodecid").number(0x6d703461);
                  out.name("language").text("de");
                });
              });
            }));
}

}  // namespace
}  // namespace weir::flv
