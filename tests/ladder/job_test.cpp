// Two runs that would give different bytes never pass for the same job.
#include "ladder/job.h"

#include <functional>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "codec/x264_encoder.h"
#include "support/packets.h"

namespace weir::ladder {
namespace {

using namespace std::chrono_literals;

Profile profile_of(std::string_view text) {
  Profile profile;
  for (const auto& packet : support::packets(text)) profile.note(packet);
  profile.finish();
  return profile;
}

TranscodeOptions usual() {
  TranscodeOptions options;
  for (const char* name : {"720p", "360p"}) {
    Rendition rung;
    rung.name = name;
    rung.width = 640;
    rung.height = 360;
    rung.bitrate = 700'000;
    options.ladder.renditions.push_back(rung);
  }
  options.chunks.profile = profile_of("K0 d40 d80");
  return options;
}

std::string with(const std::function<void(TranscodeOptions&)>& change) {
  TranscodeOptions options = usual();
  change(options);
  return describe_job(options);
}

TEST(Job, TheSameOptionsAreTheSameJob) {
  EXPECT_EQ(describe_job(usual()), describe_job(usual()));
}

TEST(Job, WhatDoesNotShapeTheBytesIsLeftOut) {
  const std::string job = describe_job(usual());
  EXPECT_EQ(with([](auto& o) { o.chunks.engine.jobs = 7; }), job);
  EXPECT_EQ(with([](auto& o) { o.total_us = 7; }), job);
}

TEST(Job, WhateverShapesTheBytesMakesAnotherJob) {
  const std::map<std::string, std::function<void(TranscodeOptions&)>> changes{
      {"source", [](auto& o) { o.chunks.profile = profile_of("K0 d40 d81"); }},
      {"gop", [](auto& o) { o.grid.gop = 3s; }},
      {"segment", [](auto& o) { o.grid.segment = 4s; }},
      {"preset", [](auto& o) { o.chunks.engine.preset = "fast"; }},
      {"memory", [](auto& o) { o.chunks.engine.memory = 1 << 30; }},
      {"quality", [](auto& o) { o.chunks.quality = 23; }},
      {"another quality", [](auto& o) { o.chunks.quality = 23.5; }},
      {"a rung less", [](auto& o) { o.ladder.renditions.pop_back(); }},
      {"another order", [](auto& o) { std::swap(o.ladder.renditions[0], o.ladder.renditions[1]); }},
      {"name", [](auto& o) { o.ladder.renditions[0].name = "hd"; }},
      {"width", [](auto& o) { o.ladder.renditions[0].width = 1280; }},
      {"height", [](auto& o) { o.ladder.renditions[0].height = 720; }},
      {"bitrate", [](auto& o) { o.ladder.renditions[0].bitrate = 1; }},
      {"max_bitrate", [](auto& o) { o.ladder.renditions[0].max_bitrate = 1; }},
      {"buffer", [](auto& o) { o.ladder.renditions[0].buffer = 1; }},
      {"codec", [](auto& o) { o.ladder.renditions[0].codec = "hevc"; }},
      {"fps",
       [](auto& o) {
         o.ladder.renditions[0].fps = {25, 1};
       }},
      {"rung's preset", [](auto& o) { o.ladder.renditions[0].preset = "fast"; }},
      {"tune", [](auto& o) { o.ladder.renditions[0].tune = "film"; }},
  };
  std::set<std::string> seen{describe_job(usual())};
  for (const auto& [name, change] : changes) EXPECT_TRUE(seen.insert(with(change)).second) << name;
}

TEST(Job, IsJsonAndNamesWhatCodes) {
  const auto job = boost::json::parse(describe_job(usual())).as_object();
  EXPECT_EQ(job.at("weir").as_string(), WEIR_VERSION);
  EXPECT_EQ(std::string(job.at("x264").as_string()), codec::x264_version());
  EXPECT_EQ(job.at("renditions").as_array().size(), 2U);
}

}  // namespace
}  // namespace weir::ladder
