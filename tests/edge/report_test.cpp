// What Prometheus and pages read about the streams.
#include "edge/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "edge/live.h"
#include "flv/utc.h"
#include "support/fake_clock.h"

namespace weir::edge {
namespace {

using namespace std::chrono_literals;
using support::FakeClock;
using ::testing::HasSubstr;
using ::testing::Not;

struct Owner : ViewerOwner {
  void ready() override {}
  std::unique_ptr<Viewer> viewer;
};

class ReportTest : public ::testing::Test {
 protected:
  static HubLimits limits() {
    HubLimits out;
    out.live.batch = Micros(0);
    return out;
  }
  void play(Owner& owner, Via via) { owner.viewer = *hub.play("live/a", owner, Form::kFlv, via); }
  EdgeReport report() const { return {1s, clock.utc_us(), report_streams(hub)}; }

  FakeClock clock;
  Hub hub{limits(), clock};
};

TEST_F(ReportTest, CountsViewersAndWhatWaitsForThemByProtocol) {
  auto publication = *hub.publish("live/a", {});
  publication.take(video_header());
  Owner quick, slow;
  play(quick, Via::kHttpFlv);
  play(slow, Via::kRtmp);
  clock.advance(300ms);
  publication.take(picture(0, true));
  for (Owner* one : {&quick, &slow})
    while (one->viewer->next()) {
    }
  publication.take(picture(40, false, 1000));
  publication.take(picture(80, false, 1000));
  while (quick.viewer->next()) {
  }
  const auto reported = report().streams;
  ASSERT_EQ(reported.size(), 1U);
  const auto& queues = reported[0].queues;
  EXPECT_EQ(queues[0].viewers, 1U);
  EXPECT_EQ(queues[0].bytes, 0U);
  EXPECT_EQ(queues[1].viewers, 1U);
  EXPECT_GT(queues[1].bytes, 2000U);
  EXPECT_LT(queues[1].bytes, 2100U);
  EXPECT_EQ(queues[1].longest, queues[1].bytes);

  const std::string text = metrics_text(report());
  for (const char* line : {
           "weir_edge_streams 1\n",
           "weir_edge_published{stream=\"live/a\"} 1\n",
           "weir_edge_received_frames_total{stream=\"live/a\"} 3\n",
           "weir_edge_viewers{stream=\"live/a\",protocol=\"http-flv\"} 1\n",
           "weir_edge_viewers{stream=\"live/a\",protocol=\"rtmp\"} 1\n",
           "weir_edge_queue_bytes{stream=\"live/a\",protocol=\"http-flv\"} 0\n",
           "weir_edge_start_seconds_bucket{stream=\"live/a\",protocol=\"rtmp\",le=\"0.25\"} 0\n",
           "weir_edge_start_seconds_bucket{stream=\"live/a\",protocol=\"rtmp\",le=\"0.5\"} 1\n",
           "weir_edge_start_seconds_bucket{stream=\"live/a\",protocol=\"rtmp\",le=\"+Inf\"} 1\n",
           "weir_edge_start_seconds_sum{stream=\"live/a\",protocol=\"rtmp\"} 0.3\n",
       })
    EXPECT_THAT(text, HasSubstr(line));
  slow.viewer.reset();
  EXPECT_THAT(metrics_text(report()),
              HasSubstr("weir_edge_viewers{stream=\"live/a\",protocol=\"rtmp\"} 0\n"));
}

TEST_F(ReportTest, HasEachFamilyOnceAndInOnePlace) {
  const auto first = hub.publish("live/a", {});
  const auto second = hub.publish("live/b", {});
  EdgeReport both = report();
  both.http = HttpCounters{};
  both.http->answers[3] = 7;
  both.rtmp = RtmpReport{2, 3};
  std::istringstream text(metrics_text(both));
  std::set<std::string> families;
  std::string family;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(families.insert(family).second) << family << " is there twice";
    }
    EXPECT_TRUE(line.starts_with("#") || line.starts_with(family)) << line;
  }
  EXPECT_TRUE(families.contains("weir_edge_queue_bytes"));
  EXPECT_THAT(metrics_text(both), HasSubstr("weir_edge_http_answers_total{class=\"4xx\"} 7\n"));
  EXPECT_THAT(metrics_text(both), HasSubstr("weir_edge_rtmp_refused_total 3\n"));
  EXPECT_THAT(metrics_text(report()), Not(HasSubstr("http_requests")));
}

TEST_F(ReportTest, ANameCannotBreakOutOfItsLabel) {
  const auto publication = hub.publish("live/a\"} 1\nx{\\", {});
  EXPECT_THAT(metrics_text(report()),
              HasSubstr("weir_edge_published{stream=\"live/a\\\"} 1\\nx{\\\\\"} 1\n"));
}

TEST_F(ReportTest, ListsStreamsAsJson) {
  auto publication = hub.publish("live/a b", {});
  publication->take(video_header());
  publication->take(picture(0, true));
  const auto json = boost::json::parse(streams_json(report())).as_object();
  EXPECT_EQ(json.at("version").as_int64(), 1);
  const auto& one = json.at("streams").as_array().at(0).as_object();
  EXPECT_EQ(one.at("name").as_string(), "live/a b");
  EXPECT_EQ(one.at("url").as_string(), "/live/a%20b.flv");
  EXPECT_TRUE(one.at("published").as_bool());
  EXPECT_EQ(one.at("viewers").as_object().at("rtmp").as_int64(), 0);
  EXPECT_EQ(one.at("received_frames").as_int64(), 1);
  hub.close();
  EXPECT_THAT(streams_json(report()), HasSubstr("\"published\":false"));
}

// By which a viewer learns how late what it shows is.
TEST_F(ReportTest, TellsWhenAFrameCame) {
  auto publication = *hub.publish("live/a", {});
  const auto asked = [&] { return boost::json::parse(streams_json(report())).as_object(); };
  const auto stream = [&] { return asked().at("streams").as_array().at(0).as_object(); };
  EXPECT_FALSE(stream().contains("clock"));
  const auto begin = clock.utc_us() / 1000;
  publication.take(video_header());
  clock.advance(200ms);
  publication.take(picture(5'000, true));
  clock.advance(40ms);
  publication.take(picture(5'040, false));
  clock.advance(1s);
  EXPECT_EQ(asked().at("now_ms").as_int64(), begin + 1240);
  const auto clock_of = stream().at("clock").as_object();
  EXPECT_EQ(clock_of.at("stamp_ms").as_int64(), 40) << "the first stamp of a stream is 0";
  EXPECT_EQ(clock_of.at("utc_ms").as_int64(), begin + 240);
  EXPECT_EQ(clock_of.at("of").as_string(), "server");
}

TEST_F(ReportTest, TellsWhenAFrameWasOnAirWhenThePublisherDoes) {
  constexpr std::int64_t kNoon = 1'767'268'800'000;
  const auto clock_of = [&] {
    const auto json = boost::json::parse(streams_json(report())).as_object();
    return json.at("streams").as_array().at(0).as_object().at("clock").as_object();
  };
  const auto utc = [](std::int64_t at_ms, std::int64_t utc_ms) {
    return flv::Tag{flv::TagType::kScript, at_ms, flv::utc_body(utc_ms * 1000)};
  };
  std::optional<Publication> publication;
  publication.emplace(*hub.publish("live/a", {}));
  publication->take(video_header());
  publication->take(utc(0, 1));
  publication->take(picture(5'000, true));
  EXPECT_EQ(clock_of().at("of").as_string(), "server")
      << "in front of the first frame it says nothing";
  publication->take(utc(5'000, kNoon));
  publication->take(picture(5'040, false));
  EXPECT_EQ(clock_of().at("of").as_string(), "source");
  EXPECT_EQ(clock_of().at("stamp_ms").as_int64(), 0);
  EXPECT_EQ(clock_of().at("utc_ms").as_int64(), kNoon);
  publication->take(picture(90'000, true));
  EXPECT_EQ(clock_of().at("of").as_string(), "server") << "behind a jump it does not hold";
  publication->take(utc(90'000, kNoon));
  EXPECT_EQ(clock_of().at("of").as_string(), "source");
  publication.reset();
  publication.emplace(*hub.publish("live/a", {}));
  publication->take(video_header());
  publication->take(picture(0, true));
  EXPECT_EQ(clock_of().at("of").as_string(), "server") << "another publisher says it anew";
}

TEST(StartTimesTest, CountEachTimeInOneBound) {
  StartTimes times;
  for (const auto time : {0ms, 10ms, 11ms, 10'000ms, 10'001ms}) times.add(time);
  EXPECT_EQ(times.counts.front(), 2U) << "a bound has itself";
  EXPECT_EQ(times.counts[1], 1U);
  EXPECT_EQ(times.counts[8], 1U);
  EXPECT_EQ(times.counts.back(), 1U);
  EXPECT_DOUBLE_EQ(times.seconds, 20.022);
}

}  // namespace
}  // namespace weir::edge
