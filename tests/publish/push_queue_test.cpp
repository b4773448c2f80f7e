#include "publish/push_queue.h"

#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>

#include "flv/amf0.h"
#include "flv/body.h"

namespace weir::publish {
namespace {

using flv::TagType;

TagPtr tag(TagType type, std::int64_t at_ms, Bytes body) {
  return std::make_shared<flv::Tag>(flv::Tag{type, at_ms, std::move(body)});
}
TagPtr picture(std::int64_t at_ms, bool key, std::size_t size = 100, int track = 0) {
  const flv::BodyForm form{track > 0 ? flv::four_cc("avc1") : flv::kAvcId, track};
  return tag(TagType::kVideo, at_ms, flv::video_frame(form, {key, 0}, Bytes(size, 7)));
}
TagPtr sound(std::int64_t at_ms) {
  return tag(TagType::kAudio, at_ms, {0xaf, 1, 7});
}
TagPtr metadata() {
  Bytes body;
  flv::AmfWriter(body).text("onMetaData");
  return tag(TagType::kScript, 0, body);
}
TagPtr video_header(std::int64_t at_ms, std::uint8_t version = 1) {
  return tag(TagType::kVideo, at_ms, {0x17, 0, 0, 0, 0, version});
}
TagPtr audio_header() {
  return tag(TagType::kAudio, 0, {0xaf, 0, 0x12, 0x10});
}

/// All that can be taken: "M0 V0.1 A0 K0 P40 s23", headers with their stamps in capitals.
std::string take_all(PushQueue& queue) {
  std::string out;
  while (const TagPtr next = queue.take()) {
    const Bytes& body = next->body;
    std::string word = "?";
    if (next->type == TagType::kScript) word = "M";
    if (next->type == TagType::kAudio) word = body[1] == 0 ? "A" : "s";
    if (next->type == TagType::kVideo)
      word = body[0] == 0x17 ? (body[1] == 0 ? "V" : "K") : (body[0] == 0x27 ? "p" : "t");
    const std::string version =
        word == "V" ? fmt::format(".{}", static_cast<int>(body.back())) : "";
    out += fmt::format("{}{}{}{}", out.empty() ? "" : " ", word, next->timestamp_ms, version);
  }
  return out;
}

/// One second: a key frame, sound, and pictures of 40 ms.
void push_second(PushQueue& queue, std::int64_t second, std::size_t size = 100) {
  for (int i = 0; i < 25; i += 5) {
    queue.push(picture(second * 1000 + i * 40, i == 0, size));
    queue.push(sound(second * 1000 + i * 40 + 10));
  }
}

void push_headers(PushQueue& queue) {
  queue.push(metadata());
  queue.push(audio_header());
  queue.push(video_header(0));
}

TEST(PushQueue, GivesATagStreamAsItCame) {
  PushQueue queue({}, true);
  push_headers(queue);
  push_second(queue, 0);
  EXPECT_EQ(take_all(queue), "M0 A0 V0.1 K0 s10 p200 s210 p400 s410 p600 s610 p800 s810");
  EXPECT_EQ(queue.take(), nullptr);
  EXPECT_EQ(queue.bytes(), 0);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.drops().tags, 0U);
}

TEST(PushQueue, BeginsANewConnectionWithHeadersAndAKeyFrame) {
  PushQueue queue({}, true);
  push_headers(queue);
  push_second(queue, 0);
  for (int i = 0; i < 6; ++i) queue.take();
  queue.push(video_header(1000, 2));  // a new configuration
  push_second(queue, 1);
  queue.restart();
  EXPECT_EQ(take_all(queue),
            "M1000 A1000 V1000.2 K1000 s1010 p1200 s1210 p1400 s1410 p1600 s1610 p1800 s1810");
  EXPECT_EQ(queue.drops().tags, 7U);
  EXPECT_EQ(queue.drops().times, 0U);
}

TEST(PushQueue, SendsAConfigurationInMidStreamAtItsPlace) {
  PushQueue queue({}, true);
  push_headers(queue);
  queue.push(picture(0, true));
  queue.push(video_header(40, 2));
  queue.push(picture(40, true));
  EXPECT_EQ(take_all(queue), "M0 A0 V0.1 K0 V40.2 K40");
}

TEST(PushQueue, DropsToTheNextKeyFrameWhenItHoldsTooLong) {
  PushQueue queue({.bytes = 1 << 20, .duration = Micros(2'500'000)}, true);
  push_headers(queue);
  for (int second = 0; second < 4; ++second) push_second(queue, second);
  EXPECT_LE(queue.duration(), Micros(2'500'000));
  EXPECT_EQ(queue.drops().tags, 20U);
  EXPECT_EQ(queue.drops().times, 2U);
  EXPECT_EQ(take_all(queue).substr(0, 37), "M2000 A2000 V2000.1 K2000 s2010 p2200");
}

TEST(PushQueue, DropsToTheNextKeyFrameWhenItHoldsTooMuch) {
  PushQueue queue({.bytes = 12'000}, true);
  push_headers(queue);
  std::int64_t most = 0;
  for (int second = 0; second < 20; ++second) {
    push_second(queue, second, 1000);
    most = std::max(most, queue.bytes());
  }
  EXPECT_LE(most, 12'000);
  EXPECT_GT(queue.drops().bytes, 60'000);
  const std::string rest = take_all(queue);
  EXPECT_EQ(rest.substr(0, 28), "M18000 A18000 V18000.1 K1800") << rest;
}

TEST(PushQueue, LosesAGroupThatIsLargerThanItself) {
  PushQueue queue({.bytes = 3'000}, true);
  push_headers(queue);
  push_second(queue, 0, 1000);
  EXPECT_EQ(take_all(queue), "");
  push_second(queue, 1, 100);
  EXPECT_EQ(take_all(queue).substr(0, 31), "M1000 A1000 V1000.1 K1000 s1010");
}

TEST(PushQueue, LetsOneTagPassThatIsLargerThanItself) {
  PushQueue queue({.bytes = 100}, true);
  queue.push(picture(0, true, 5000));
  EXPECT_EQ(take_all(queue), "K0");
}

TEST(PushQueue, OfSoundAloneHasNoKeyFramesToWaitFor) {
  PushQueue queue({.duration = Micros(1'000'000)}, false);
  queue.push(audio_header());
  for (int i = 0; i <= 20; ++i) queue.push(sound(i * 100));
  EXPECT_GT(queue.drops().tags, 0U);
  const std::string rest = take_all(queue);
  EXPECT_EQ(rest.front(), 'A');
  EXPECT_NE(rest.find("s2000"), std::string::npos);
  queue.push(sound(2100));
  queue.restart();
  EXPECT_EQ(take_all(queue), "A2100 s2100");
}

TEST(PushQueue, SendsSoundAloneWhenThePicturesStayAway) {
  PushQueue queue({}, true);
  queue.push(audio_header());
  queue.push(sound(-100));
  queue.push(picture(-50, false));
  queue.push(sound(-20));
  EXPECT_EQ(take_all(queue), "A-100 s-100 s-20");  // in front of the first picture it goes at once
  queue.restart();
  for (int i = 0; i <= 60; ++i) queue.push(sound(i * 100));
  EXPECT_EQ(take_all(queue).substr(0, 23), "A5000 s5000 s5100 s5200");
  queue.push(picture(6100, false));
  queue.push(sound(6150));
  queue.push(picture(6200, true));
  queue.push(sound(6250));
  EXPECT_EQ(take_all(queue), "K6200 s6250");
}

TEST(PushQueue, WaitsForTheKeyFrameOfEveryTrack) {
  PushQueue queue({}, true);
  queue.push(picture(0, true, 10, 1));  // the ordinary track has not begun
  queue.push(picture(40, true));
  queue.push(picture(80, false, 10, 1));
  queue.push(picture(120, true, 10, 1));
  queue.push(picture(160, false, 10, 1));
  EXPECT_EQ(take_all(queue), "K40 t120 t160");
  EXPECT_EQ(queue.drops().tags, 2U);
}

TEST(PushQueue, TakesTagsItCannotReadAlong) {
  PushQueue queue({}, true);
  queue.push(picture(0, true));
  queue.push(tag(TagType::kVideo, 10, {}));
  queue.push(tag(TagType::kVideo, 20, {0x97}));
  queue.push(tag(TagType::kScript, 30, {0xff}));
  EXPECT_TRUE(queue.take());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.take());
  EXPECT_FALSE(queue.take());
}

}  // namespace
}  // namespace weir::publish
