#include "ladder/chunk_engine.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/captions.h"
#include "media/h26x.h"
#include "support/matchers.h"

extern "C" {
#include <libavutil/frame.h>
}

namespace weir::ladder {
namespace {

using support::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kRate = 25;
constexpr int kGop = 25;  // pictures; a chunk
constexpr int kSegment = 2 * kGop;

struct Recorder : RenditionSink {
  struct Change {
    bool dropped;
    std::int64_t at;
    std::size_t packets_before;
    bool operator==(const Change&) const = default;
  };
  std::vector<media::Packet> packets;
  std::vector<Change> changes;
  std::vector<std::int64_t> advances;
  std::optional<std::size_t> done_at;
  int finished = 0;

  Result<flow::Flow> push(media::Packet packet) override {
    packets.push_back(std::move(packet));
    return done_at && packets.size() >= *done_at ? flow::Flow::kDone : flow::Flow::kMore;
  }
  Result<void> finish() override {
    ++finished;
    return {};
  }
  void change(bool dropped, media::Time at) override {
    changes.push_back({dropped, at.ticks, packets.size()});
  }
  void advance(media::Time dts) override { advances.push_back(dts.ticks); }

  std::vector<std::int64_t> shown() const {
    std::vector<std::int64_t> all;
    for (const auto& packet : packets) all.push_back(packet.pts().ticks);
    std::sort(all.begin(), all.end());
    return all;
  }
};

// Decides what the test says.
class Script : public Guard {
 public:
  using Decide = std::function<Spending(std::int64_t chunk)>;
  explicit Script(Decide decide) : decide_(std::move(decide)) {}
  void begin(const Scope& given) override { scope = given; }
  Spending next(const Closed& chunk) override {
    closed.push_back(chunk);
    return decide_(static_cast<std::int64_t>(closed.size()) - 1);
  }
  void task_began() override { ++tasks; }
  void task_ended() override { --tasks; }

  Scope scope;
  std::vector<Closed> closed;
  int tasks = 0;

 private:
  Decide decide_;
};

media::Track source_track() {
  media::Track track;
  track.kind = media::Kind::kVideo;
  media::CodecParametersPtr par(avcodec_parameters_alloc());
  par->codec_type = AVMEDIA_TYPE_VIDEO;
  par->format = AV_PIX_FMT_YUV420P;
  par->width = 192;
  par->height = 108;
  track.par = media::copy_parameters(*par);
  track.time_base = {1, kRate};
  track.frame_rate = {kRate, 1};
  return track;
}

GridFrame picture(std::int64_t n) {
  GridFrame made;
  AVFrame& raw = *made.frame.raw();
  raw.format = AV_PIX_FMT_YUV420P;
  raw.width = 192;
  raw.height = 108;
  raw.pts = n;
  raw.time_base = {1, kRate};
  av_frame_get_buffer(&raw, 0);
  for (int plane = 0; plane < 3; ++plane)
    for (int y = 0; y < (plane == 0 ? 108 : 54); ++y)
      for (int x = 0; x < (plane == 0 ? 192 : 96); ++x)
        raw.data[plane][y * raw.linesize[plane] + x] =
            static_cast<std::uint8_t>((x * x / 9 + 5 * y + 3 * n) % 200 + 20);
  made.mark = {n % kGop == 0, n % kSegment == 0, n / kSegment};
  return made;
}

Rendition rung(std::string name, int width, int height, std::int64_t bitrate) {
  Rendition made;
  made.name = std::move(name);
  made.width = width;
  made.height = height;
  made.bitrate = bitrate;
  return made;
}

// Eight chunks, four segments, through three renditions.
struct Play {
  std::vector<Rendition> rungs{rung("low", 96, 54, 60'000), rung("top", 192, 108, 200'000),
                               rung("mid", 128, 72, 100'000)};
  ChunkOptions options;
  std::vector<Recorder> out{3};
  int pictures = 8 * kGop;
  bool captions = false;  // a letter with each picture
  int pushed = 0;

  Play() {
    options.gop = Micros(1'000'000);
    options.engine.memory = 16 << 20;
    options.engine.jobs = 2;
  }
  Result<void> play(Guard* guard = nullptr) {
    options.guard = guard;
    PacketSinks sinks;
    for (auto& recorder : out) sinks.push_back(&recorder);
    const auto source = source_track();
    WEIR_TRY_ASSIGN(auto engine,
                    open_chunk_engine(make_plan(rungs, source), source, options, sinks));
    for (; pushed < pictures; ++pushed) {
      GridFrame next = picture(pushed);
      if (captions) {
        auto* data = av_frame_new_side_data(next.frame.raw(), AV_FRAME_DATA_A53_CC, 3);
        data->data[0] = 0xFC;
        data->data[1] = data->data[2] = static_cast<std::uint8_t>('A' + pushed % 26);
      }
      WEIR_TRY_ASSIGN(const auto flow, engine->push(std::move(next)));
      if (flow == flow::Flow::kDone) break;
    }
    return engine->finish();
  }
};

std::vector<std::int64_t> range(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> all;
  for (; from < to; ++from) all.push_back(from);
  return all;
}

std::string text(const Recorder& recorder) {
  std::string all;
  for (const auto& packet : recorder.packets)
    all += fmt::format("{}/{} ", packet.pts().ticks, packet.dts().ticks) +
           std::string(packet.bytes().begin(), packet.bytes().end());
  return all;
}

Guard::Spending drop_second_segment(std::int64_t chunk) {
  return {0, chunk >= 2 && chunk < 4 ? 1 : 0};
}

TEST(ChunkEngine, ADroppedRenditionHasAHoleFromOneSegmentToAnother) {
  Play run;
  Script guard(drop_second_segment);
  ASSERT_THAT(run.play(&guard), IsOk());
  auto expected = range(0, kSegment);
  for (const auto pts : range(2 * kSegment, 8 * kGop)) expected.push_back(pts);
  EXPECT_EQ(run.out[1].shown(), expected);
  EXPECT_TRUE(run.out[1].packets[kSegment].key());
  EXPECT_EQ(run.out[1].packets[kSegment].pts().ticks, 2 * kSegment);
}

TEST(ChunkEngine, SaysWhereARenditionIsDroppedAndBackBeforeThatIsReached) {
  Play run;
  Script guard(drop_second_segment);
  ASSERT_THAT(run.play(&guard), IsOk());
  ASSERT_THAT(run.out[1].changes, SizeIs(2));
  EXPECT_EQ(run.out[1].changes[0].at, kSegment);
  EXPECT_TRUE(run.out[1].changes[0].dropped);
  EXPECT_LE(run.out[1].changes[0].packets_before, kSegment);
  EXPECT_EQ(run.out[1].changes[1].at, 2 * kSegment);
  EXPECT_FALSE(run.out[1].changes[1].dropped);
  EXPECT_LE(run.out[1].changes[1].packets_before, kSegment);
  EXPECT_THAT(run.out[0].changes, IsEmpty());
  EXPECT_THAT(run.out[2].changes, IsEmpty());
}

TEST(ChunkEngine, EveryRenditionCarriesTheCaptionsOfItsPictures) {
  Play run;
  run.pictures = 2 * kGop;
  run.rungs[1].fps = {kRate, 2};
  run.captions = true;
  ASSERT_THAT(run.play(), IsOk());
  for (const auto& recorder : run.out) {
    std::map<std::int64_t, std::string> shown;
    for (const auto& packet : recorder.packets)
      for (const auto& pair : media::find_captions(AV_CODEC_ID_H264, packet.bytes()))
        shown[packet.pts().ticks] += static_cast<char>(pair.first);
    std::string all;
    for (const auto& [pts, text] : shown) all += text;
    ASSERT_EQ(all.size(), 2u * kGop);
    for (int n = 0; n < 2 * kGop; ++n)
      EXPECT_EQ(all[static_cast<std::size_t>(n)], static_cast<char>('A' + n % 26)) << n;
  }
}

TEST(ChunkEngine, TheOtherRenditionsAreAsIfNothingWereDropped) {
  Play plain;
  ASSERT_THAT(plain.play(), IsOk());
  Play run;
  Script guard(drop_second_segment);
  ASSERT_THAT(run.play(&guard), IsOk());
  EXPECT_TRUE(text(run.out[0]) == text(plain.out[0]));
  EXPECT_TRUE(text(run.out[2]) == text(plain.out[2]));
}

TEST(ChunkEngine, DecodingTimesGoOnOverTheHole) {
  Play plain;
  ASSERT_THAT(plain.play(), IsOk());
  Play run;
  Script guard(drop_second_segment);
  ASSERT_THAT(run.play(&guard), IsOk());
  for (std::size_t i = 0; i < run.out[1].packets.size(); ++i) {
    const std::size_t same = i < kSegment ? i : i + kSegment;
    EXPECT_EQ(run.out[1].packets[i].dts(), plain.out[1].packets[same].dts());
  }
  const auto dts = [&](std::size_t i) { return plain.out[1].packets[i].dts().ticks; };
  EXPECT_THAT(run.out[1].advances, ElementsAre(dts(kSegment + kGop), dts(2 * kSegment)));
}

// What was not spent while it was dropped is no credit, and nothing is learned from it.
TEST(ChunkEngine, TheRateAfterTheHoleIsThatOfBefore) {
  const auto bytes = [](const Recorder& recorder, std::int64_t from, std::int64_t to) {
    std::size_t all = 0;
    for (const auto& packet : recorder.packets)
      if (packet.pts().ticks >= from && packet.pts().ticks < to) all += packet.bytes().size();
    return static_cast<double>(all);
  };
  Play run;
  run.pictures = 24 * kGop;
  Script guard([](std::int64_t chunk) {
    return Guard::Spending{0, chunk >= 8 && chunk < 20 ? 1 : 0};
  });
  ASSERT_THAT(run.play(&guard), IsOk());
  const double before = bytes(run.out[1], 4 * kGop, 8 * kGop);
  const double after = bytes(run.out[1], 20 * kGop, 24 * kGop);
  EXPECT_EQ(bytes(run.out[1], 8 * kGop, 20 * kGop), 0);
  EXPECT_NEAR(after / before, 1, 0.25);
}

TEST(ChunkEngine, CutsAreWhereASegmentBeginsWhateverTheGuardSays) {
  Play run;
  Script guard([](std::int64_t chunk) { return Guard::Spending{0, chunk >= 3 ? 1 : 0}; });
  ASSERT_THAT(run.play(&guard), IsOk());
  ASSERT_THAT(run.out[1].changes, SizeIs(1));
  EXPECT_EQ(run.out[1].changes[0].at, 2 * kSegment);
  EXPECT_EQ(run.out[1].shown(), range(0, 2 * kSegment));
}

TEST(ChunkEngine, DropsFromTheLargestOnAndKeepsTheLast) {
  Play run;
  Script guard([](std::int64_t chunk) { return Guard::Spending{0, chunk < 2 ? 0 : 99}; });
  ASSERT_THAT(run.play(&guard), IsOk());
  EXPECT_THAT(guard.scope.pixels, ElementsAre(192 * 108, 128 * 72, 96 * 54));
  EXPECT_EQ(run.out[0].shown(), range(0, 8 * kGop));
  EXPECT_EQ(run.out[1].shown(), range(0, kSegment));
  EXPECT_EQ(run.out[2].shown(), range(0, kSegment));
  for (const auto& recorder : run.out) EXPECT_EQ(recorder.finished, 1);
}

TEST(ChunkEngine, WhatIsDroppedFromTheStartCanComeLater) {
  Play run;
  Script guard([](std::int64_t chunk) { return Guard::Spending{0, chunk < 2 ? 2 : 0}; });
  ASSERT_THAT(run.play(&guard), IsOk());
  EXPECT_EQ(run.out[1].shown(), range(kSegment, 8 * kGop));
  EXPECT_EQ(run.out[2].shown(), range(kSegment, 8 * kGop));
}

TEST(ChunkEngine, TellsTheGuardWhatComesAndWhatIsInWork) {
  Play run;
  Script guard([](std::int64_t) { return Guard::Spending{}; });
  ASSERT_THAT(run.play(&guard), IsOk());
  ASSERT_THAT(guard.closed, SizeIs(8));
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_DOUBLE_EQ(guard.closed[i].seconds, 1);
    EXPECT_EQ(guard.closed[i].opens_segment, i % 2 == 0);
    EXPECT_GE(guard.closed[i].in_work, 1);
    EXPECT_LE(guard.closed[i].in_work, guard.scope.room);
  }
  EXPECT_EQ(guard.tasks, 0);
}

TEST(ChunkEngine, AGuardThatSavesNothingChangesNothing) {
  Play plain;
  ASSERT_THAT(plain.play(), IsOk());
  Play run;
  Script guard([](std::int64_t) { return Guard::Spending{}; });
  ASSERT_THAT(run.play(&guard), IsOk());
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(text(run.out[i]) == text(plain.out[i]));
}

// Parameter sets of all key pictures.
std::set<std::string> headers(const Recorder& recorder) {
  std::set<std::string> all;
  for (const auto& packet : recorder.packets) {
    if (!packet.key()) continue;
    const auto found = media::find_parameter_sets(AV_CODEC_ID_H264, packet.bytes());
    std::string sets;
    for (const auto* kind : {&found.sps, &found.pps})
      for (const auto& set : *kind) sets.append(set.begin(), set.end());
    all.insert(sets);
  }
  return all;
}

TEST(ChunkEngine, EveryNotchHasTheParameterSetsOfThePreset) {
  for (const std::string tune : {"", "film", "grain"}) {
    Play run;
    for (auto& one : run.rungs) one.tune = tune;
    run.options.engine.preset = "placebo";
    run.pictures = 10 * kGop;
    Script guard([](std::int64_t chunk) { return Guard::Spending{static_cast<int>(chunk), 0}; });
    ASSERT_THAT(run.play(&guard), IsOk());
    EXPECT_EQ(guard.scope.notches, 9) << tune;
    for (const auto& recorder : run.out) {
      ASSERT_THAT(headers(recorder), SizeIs(1)) << tune;
      EXPECT_FALSE(headers(recorder).begin()->empty());
    }
  }
}

TEST(ChunkEngine, AReaderThatWantsNoMoreEndsTheWork) {
  Play run;
  run.out[1].done_at = 3;
  run.pictures = 100 * kGop;
  ASSERT_THAT(run.play(), IsOk());
  EXPECT_LT(run.pushed, 20 * kGop);
  EXPECT_EQ(run.out[1].packets.size(), 3U);
  for (const auto& recorder : run.out) EXPECT_EQ(recorder.finished, 1);
}

TEST(ChunkEngine, NothingInNothingOut) {
  Play run;
  run.pictures = 0;
  ASSERT_THAT(run.play(), IsOk());
  for (const auto& recorder : run.out) {
    EXPECT_THAT(recorder.packets, IsEmpty());
    EXPECT_EQ(recorder.finished, 1);
  }
}

}  // namespace
}  // namespace weir::ladder
