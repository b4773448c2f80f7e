// Clocks that run over on the way in: of RTMP through the door for publishers, of a transport
// stream as a file, each to the end of what `ingest` writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/log.h"
#include "base/progress.h"
#include "flv/muxer.h"
#include "ingest/session.h"
#include "rtmp/clients.h"
#include "support/coded_stream.h"
#include "support/collect.h"
#include "support/fake_clock.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using support::IsOk;
using Items = std::vector<media::Item>;

/// Keeps what it was given beyond its end.
class Kept : public support::Collect<media::Item> {
 public:
  explicit Kept(Items& all) : all_(all) {}
  Result<void> finish() override {
    all_ = std::move(items);
    return {};
  }

 private:
  Items& all_;
};

class WrapsTest : public ::testing::Test {
 protected:
  WrapsTest() {
    video.track.index = 0;
    sound.track.index = 1;
    for (auto& packet : video.packets) packet.raw()->stream_index = 0;
    for (auto& packet : sound.packets) packet.raw()->stream_index = 1;
    options.open_output = [this](const media::Tracks& tracks) {
      tracks_ = tracks;
      return Result<std::unique_ptr<formats::Output>>(std::make_unique<Kept>(items));
    };
  }
  /// All of both, in order of their stamps.
  std::vector<media::Packet> packets() const {
    std::vector<media::Packet> out;
    for (const auto* stream : {&video, &sound})
      for (const auto& packet : stream->packets) out.push_back(packet.share());
    std::ranges::stable_sort(out, {}, [](const auto& packet) { return packet.dts().micros(); });
    return out;
  }
  Surroundings around() { return {stop, log, progress, clock, Random::system(), &health}; }

  void expect_whole() const {
    std::map<int, std::vector<const media::Packet*>> came;
    for (const auto& item : items) {
      if (const auto* packet = std::get_if<media::Packet>(&item))
        came[packet->track()].push_back(packet);
      else
        EXPECT_THAT(std::string(std::get<media::Event>(item).kind()),
                    testing::AnyOf("anchor", "end"));
    }
    for (const auto& track : tracks_) {
      const auto& own = came[track.index];
      const auto& sent = track.video() ? video.packets : sound.packets;
      ASSERT_EQ(own.size(), sent.size());
      EXPECT_GE(own.front()->dts().ticks, 0);
      for (std::size_t i = 1; i < own.size(); ++i)
        EXPECT_NEAR(own[i]->dts().seconds() - own[i - 1]->dts().seconds(),
                    sent[i].dts().seconds() - sent[i - 1].dts().seconds(), 0.0015);
    }
  }

  support::CodedStream video = support::encode_video({.frames = 100, .gop = 25});
  support::CodedStream sound = support::encode_audio({.frames = 187});
  IngestOptions options;
  Items items;
  support::FakeClock clock;
  StopSource stop;
  NullLog log;
  NullProgress progress;
  Health health{clock};

 private:
  media::Tracks tracks_;
};

class RtmpWraps : public WrapsTest, public ::testing::WithParamInterface<std::int64_t> {
 protected:
  /// Tags that pass that moment in their middle.
  std::vector<flv::Tag> tags(std::int64_t wrap_ms) {
    auto muxer = flv::Muxer::open(&video.track, &sound.track);
    EXPECT_THAT(muxer, IsOk());
    const auto all = packets();
    muxer->set_origin(flv::to_ms(all.front().dts()) - wrap_ms + 2000);
    std::vector<flv::Tag> out = *muxer->headers(wrap_ms - 2000);
    for (const auto& packet : all)
      for (Result<std::vector<flv::Tag>> made = muxer->push(packet); auto& tag : *made)
        out.push_back(std::move(tag));
    return out;
  }
};

TEST_P(RtmpWraps, AreCrossedByAPublisherWithoutASeam) {
  ListenSettings settings;
  settings.url = *rtmp::parse_tc_url("rtmp://127.0.0.1/live");
  settings.url.port = 0;
  settings.reconnect_window = 0us;
  settings.repairs = &health.repairs;
  auto feed = ListenFeed::open(settings, clock, Random::system(), stop, log);
  ASSERT_THAT(feed, IsOk());
  rtmp::Report report;
  rtmp::Clients clients;
  const std::string url = fmt::format("rtmp://127.0.0.1:{}/live/show", (*feed)->port());
  clients.start(rtmp::to(rtmp::Purpose::kPublish, url), report,
                [all = tags(GetParam())](rtmp::Client& client) {
                  for (const auto& tag : all) client.publish(tag);
                  client.finish();
                });
  ASSERT_THAT(run_feed(**feed, options, around()), IsOk());
  EXPECT_EQ(report.end().code, Code::kStopped);
  expect_whole();
  EXPECT_EQ(health.repairs.wraps, GetParam() == std::int64_t{1} << 32 ? 1 : 0);
  EXPECT_EQ(health.repairs.resets + health.repairs.losses + health.repairs.stalls, 0);
}

INSTANTIATE_TEST_SUITE_P(Moments, RtmpWraps,
                         ::testing::Values(std::int64_t{1} << 24, std::int64_t{1} << 31,
                                           std::int64_t{1} << 32));

TEST_F(WrapsTest, A33BitClockIsCrossedWithoutASeam) {
  constexpr std::int64_t kBegin = (std::int64_t{1} << 33) - 2 * 90'000;
  const support::TempFolder folder;
  options.input = folder / "wraps.ts";
  auto writer = formats::open_recording(options.input, {video.track, sound.track});
  ASSERT_THAT(writer, IsOk());
  for (auto& packet : packets()) {
    packet.shift({kBegin, {1, 90'000}});
    ASSERT_THAT((*writer)->push(std::move(packet)), IsOk());
  }
  ASSERT_THAT((*writer)->finish(), IsOk());
  ASSERT_THAT(run(options, around()), IsOk());
  expect_whole();
  EXPECT_EQ(health.repairs.wraps, 2);  // one a track
  EXPECT_EQ(health.repairs.resets + health.repairs.losses, 0);
}

}  // namespace
}  // namespace weir::ingest
