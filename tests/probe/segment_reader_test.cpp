#include "probe/segment_reader.h"

#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/segment_writer.h"
#include "probe/fragment_scan.h"
#include "support/captions.h"
#include "support/coded_stream.h"
#include "support/temp_folder.h"

namespace weir::probe {
namespace {

using ::testing::HasSubstr;

struct Files {
  support::TempFolder folder;
  Bytes init;
  std::string location() const { return folder / "segment"; }
  void put(ByteView bytes) const {
    std::ofstream(folder / "segment", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
  }
};

// 12 pictures with B-frames at 25 a second, the first one shown at 2 s.
Bytes make_segment(Files& files, bool ts, const std::vector<media::CaptionPair>& captions = {}) {
  auto stream = support::encode_video({.gop = 12, .b_frames = 2});
  hls::Segment segment;
  segment.start = {std::numeric_limits<std::int64_t>::max(), stream.track.time_base};
  for (auto& packet : stream.packets) {
    packet.raw()->pts += 50;
    packet.raw()->dts += 50;
    segment.start.ticks = std::min(segment.start.ticks, packet.pts().ticks);
    segment.packets.push_back(
        captions.empty() ? packet.share() : support::captioned(packet, AV_CODEC_ID_H264, captions));
  }
  segment.duration = {12, stream.track.time_base};
  auto writer = ts ? hls::open_ts_writer(stream.track) : hls::open_cmaf_writer(stream.track);
  auto bytes = (*writer)->write(segment);
  files.init = bytes->init.value_or(Bytes());
  files.put(bytes->media.joined());
  return bytes->media.joined();
}

Result<SegmentFacts> read(const Files& files, media::Tracks* tracks = nullptr) {
  av_log_set_level(AV_LOG_QUIET);
  const Fetcher fetcher(nullptr);
  SegmentReader reader(fetcher);
  return reader.read({files.location(), {}, files.init.empty() ? nullptr : &files.init}, tracks,
                     {});
}

TEST(SegmentReader, TellsWhichCaptionsThePicturesCarry) {
  for (const bool ts : {false, true}) {
    Files files;
    make_segment(files, ts, {support::line21(0, 0x14, 0x20), support::padding(1)});
    const auto facts = read(files);
    ASSERT_TRUE(facts) << facts.error().what;
    EXPECT_EQ(facts->captions, (std::set<media::CaptionChannel>{{false, 1}})) << ts;
    EXPECT_TRUE(facts->starts_with_idr);
    make_segment(files, ts, {support::padding(0), support::padding(1)});
    EXPECT_TRUE(read(files)->captions.empty());
  }
}

TEST(SegmentReader, GivesTimesAsThePlayerShowsThem) {
  for (const bool ts : {false, true}) {
    Files files;
    const Bytes media = make_segment(files, ts);
    media::Tracks tracks;
    const auto facts = read(files, &tracks);
    ASSERT_TRUE(facts) << facts.error().what;
    ASSERT_TRUE(facts->video);
    EXPECT_EQ(facts->video->packets, 12);
    EXPECT_EQ(facts->video->start_us, 2'000'000) << (ts ? "ts" : "fmp4");
    EXPECT_EQ(facts->video->end_us, 2'480'000);
    EXPECT_TRUE(facts->starts_with_idr);
    EXPECT_EQ(facts->bytes, std::int64_t(media.size()));
    EXPECT_EQ(facts->fragmented, !ts);
    ASSERT_EQ(tracks.size(), 1u);
    EXPECT_EQ(tracks[0].par->width, 64);
  }
}

TEST(SegmentReader, ReadsAByteRangeAndNothingBeyond) {
  Files files;
  Bytes media = make_segment(files, false);
  const auto length = std::int64_t(media.size());
  media.insert(media.begin(), 100, 0xFF);
  media.insert(media.end(), 100, 0xFF);
  files.put(media);
  const Fetcher fetcher(nullptr);
  SegmentReader reader(fetcher);
  const auto facts =
      reader.read({files.location(), hls::ByteRange{100, length}, &files.init}, nullptr, {});
  ASSERT_TRUE(facts) << facts.error().what;
  EXPECT_EQ(facts->bytes, length);
  const auto beyond =
      reader.read({files.location(), hls::ByteRange{100, length + 500}, &files.init}, nullptr, {});
  ASSERT_FALSE(beyond);
  EXPECT_THAT(beyond.error().what, HasSubstr("before its byte range does"));
}

// Frames of sound from second 10 on, 1024 samples each.
hls::Segment sound_segment(const support::CodedStream& stream, std::size_t from,
                           std::size_t count) {
  hls::Segment segment;
  for (std::size_t i = from; i < from + count; ++i) {
    segment.packets.push_back(stream.packets[i].share());
    AVPacket& raw = *segment.packets.back().raw();
    raw.pts = raw.dts = 480'000 + std::int64_t(i) * 1024;
    raw.duration = 1024;
  }
  segment.start = segment.packets.front().pts();
  return segment;
}

// 33 bits are half over after 13 hours; what is later may count as before 0.
TEST(SegmentReader, CountsSoundThatSharesAStampAtWhateverTime) {
  const auto stream = support::encode_audio({.frames = 40});
  auto writer = hls::open_ts_writer(stream.track);
  const Fetcher fetcher(nullptr);
  SegmentReader reader(fetcher);
  reader.near(0);
  std::int64_t end = 0;
  for (const std::size_t from : {0, 16}) {
    hls::Segment segment = sound_segment(stream, from, 16);
    segment.start.ticks += std::int64_t{48'000} * 60'000;
    for (auto& packet : segment.packets) packet.shift({60'000, {1, 1}});
    Files files;
    files.put((*writer)->write(segment)->media.joined());
    media::Tracks tracks;
    const auto facts =
        reader.read({files.location(), {}, nullptr}, from == 0 ? &tracks : nullptr, {});
    ASSERT_TRUE(facts) << facts.error().what;
    EXPECT_EQ(facts->audio->packets, 16);
    if (from > 0) {
      EXPECT_NEAR(double(facts->audio->start_us), double(end), 60);
    }
    end = facts->audio->end_us;
  }
}

TEST(SegmentReader, PackedAudioIsTimedByItsTag) {
  const auto stream = support::encode_audio({.frames = 40});
  auto writer = hls::open_packed_writer(stream.track);
  const Fetcher fetcher(nullptr);
  SegmentReader reader(fetcher);
  for (const std::size_t from : {0, 16}) {
    Files files;
    files.put((*writer)->write(sound_segment(stream, from, 16))->media.joined());
    media::Tracks tracks;
    const auto facts =
        reader.read({files.location(), {}, nullptr}, from == 0 ? &tracks : nullptr, {});
    ASSERT_TRUE(facts) << facts.error().what;
    EXPECT_TRUE(facts->stamped);
    ASSERT_TRUE(facts->audio);
    EXPECT_EQ(facts->audio->packets, 16);
    const auto at = [&](std::size_t frame) {
      return media::Time{480'000 + std::int64_t(frame) * 1024, {1, 48'000}}.micros();
    };
    EXPECT_NEAR(double(facts->audio->start_us), double(at(from)), 30);
    EXPECT_NEAR(double(facts->audio->end_us), double(at(from + 16)), 60);
  }
}

TEST(SegmentReader, PackedAudioWithoutATagIsNotTimed) {
  const auto stream = support::encode_audio({.frames = 20});
  auto writer = hls::open_packed_writer(stream.track);
  Bytes bytes = (*writer)->write(sound_segment(stream, 0, 16))->media.joined();
  bytes.erase(bytes.begin(), bytes.begin() + 73);
  Files files;
  files.put(bytes);
  media::Tracks tracks;
  const auto facts = read(files, &tracks);
  ASSERT_TRUE(facts) << facts.error().what;
  EXPECT_FALSE(facts->stamped);
  EXPECT_EQ(facts->audio->packets, 16);
}

TEST(SegmentReader, ATransportStreamOfAFewPacketsIsOne) {
  const auto stream = support::encode_audio({.frames = 8});
  auto writer = hls::open_ts_writer(stream.track);
  const Bytes bytes = (*writer)->write(sound_segment(stream, 0, 3))->media.joined();
  ASSERT_LT(bytes.size(), 8u * 188);
  Files files;
  files.put(bytes);
  const auto facts = read(files);
  ASSERT_TRUE(facts) << facts.error().what;
  EXPECT_NEAR(double(facts->audio->start_us), 10e6, 20);
}

TEST(SegmentReader, RefusesAPlaylistInPlaceOfMedia) {
  Files files;
  files.put(as_bytes("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"));
  EXPECT_EQ(read(files).error().code, Code::kBadInput);
}

TEST(SegmentReader, SurvivesMutatedSegments) {
  std::minstd_rand random(20261122);
  for (const bool ts : {false, true}) {
    Files files;
    const Bytes media = make_segment(files, ts);
    const Bytes init = files.init;
    for (int round = 0; round < 150; ++round) {
      Bytes bad = media;
      for (auto n = 1 + random() % 6; n > 0; --n)
        bad[random() % bad.size()] = static_cast<std::uint8_t>(random());
      if (!init.empty() && round % 3 == 0) {
        files.init = init;
        files.init[random() % init.size()] = static_cast<std::uint8_t>(random());
      }
      files.put(bad);
      media::Tracks tracks;
      (void)read(files, round % 2 == 0 ? &tracks : nullptr);
    }
  }
}

TEST(FragmentScan, SurvivesAnyBytesInAnyPieces) {
  std::minstd_rand random(20261122);
  Files files;
  const Bytes media = make_segment(files, false);
  for (int round = 0; round < 500; ++round) {
    Bytes bad = media;
    for (auto n = random() % 6; n > 0; --n)
      bad[random() % bad.size()] = static_cast<std::uint8_t>(random());
    FragmentScan scan;
    for (ByteView rest = bad; !rest.empty();) {
      const std::size_t part = std::min<std::size_t>(rest.size(), 1 + random() % 300);
      scan.feed(rest.first(part));
      rest = rest.subspan(part);
    }
    (void)scan.first_offset(1, std::int64_t(bad.size()));
  }
}

}  // namespace
}  // namespace weir::probe
