#include "ingest/publisher_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "flv/muxer.h"
#include "support/coded_stream.h"
#include "support/fake_clock.h"
#include "support/words.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using State = flow::Awaited<FeedItem>::State;
using ::testing::ElementsAre;

class PublisherFeedTest : public ::testing::Test {
 protected:
  /// A publisher comes, gives so many pictures with or without sound, and leaves.
  void publish(int pictures, bool sound) {
    queue.put({.kind = Notice::Kind::kBegin, .text = "the publisher"});
    for (auto& tag : tags(pictures, sound))
      queue.put({.kind = Notice::Kind::kTag, .tag = std::move(tag)});
    queue.put({.kind = Notice::Kind::kEnd, .text = "it ended its stream"});
  }
  static std::vector<flv::Tag> tags(int pictures, bool sound) {
    auto video = support::encode_video({.frames = pictures, .b_frames = 0});
    auto audio = support::encode_audio({.frames = pictures * 2});
    video.track.index = 0;
    audio.track.index = 1;
    std::vector<const media::Track*> tracks{&video.track};
    if (sound) tracks.push_back(&audio.track);
    auto muxer = flv::Muxer::open(tracks, {});
    std::vector<flv::Tag> out = *muxer->headers();
    muxer->set_origin(0);
    const auto add = [&](const media::Packet& packet, int index) {
      auto copy = packet.share();
      copy.raw()->stream_index = index;
      auto pushed = muxer->push(copy);
      for (auto& tag : *pushed) out.push_back(std::move(tag));
    };
    for (const auto& packet : video.packets) add(packet, 0);
    if (sound)
      for (const auto& packet : audio.packets) add(packet, 1);
    std::ranges::stable_sort(out, {}, &flv::Tag::timestamp_ms);
    return out;
  }
  /// Numbers of tracks of the arrivals there are now, and how that ended.
  std::vector<std::size_t> arrivals() {
    std::vector<std::size_t> out;
    while (true) {
      auto awaited = feed.next_within(0ns);
      state = awaited ? std::optional(awaited->state) : std::nullopt;
      if (state != State::kItem) return out;
      if (const auto* arrival = std::get_if<Arrival>(&*awaited->item))
        out.push_back(arrival->tracks.size());
    }
  }
  static ListenSettings settings() {
    ListenSettings out;
    out.reconnect_window = 15s;
    return out;
  }

  NoticeQueue queue;
  support::FakeClock clock;
  support::Words words;
  StopSource stop;
  std::optional<State> state;
  PublisherFeed feed{queue, [] {}, settings(), clock, stop, words};
};

TEST_F(PublisherFeedTest, AFirstPublisherThatLeavesAtOnceDoesNotSayWhichTracksThereAre) {
  publish(5, false);
  EXPECT_THAT(arrivals(), ElementsAre());
  EXPECT_EQ(state, State::kNothingYet);
  publish(100, true);
  EXPECT_THAT(arrivals(), ElementsAre(2));
}

TEST_F(PublisherFeedTest, IfItWasTheOnlyOneItIsTheStream) {
  publish(5, false);
  EXPECT_THAT(arrivals(), ElementsAre());
  clock.advance(15s);
  EXPECT_THAT(arrivals(), ElementsAre(1));
  EXPECT_EQ(state, State::kEnd);
}

TEST_F(PublisherFeedTest, AStopGivesItToo) {
  publish(5, false);
  EXPECT_THAT(arrivals(), ElementsAre());
  stop.request();
  EXPECT_THAT(arrivals(), ElementsAre(1));
  EXPECT_EQ(state, std::nullopt);
}

TEST_F(PublisherFeedTest, OneThatComesBackForAMomentIsTaken) {
  publish(100, true);
  publish(5, false);
  EXPECT_THAT(arrivals(), ElementsAre(2, 1));
}

}  // namespace
}  // namespace weir::ingest
