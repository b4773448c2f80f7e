#include "rtmp/capabilities.h"

#include <gtest/gtest.h>

#include "flv/amf_reader.h"
#include "flv/body.h"

namespace weir::rtmp {
namespace {

using flv::four_cc;
using flv::TagType;

template <typename Members>
flv::AmfValue object_of(Members write_members) {
  Bytes bytes;
  flv::AmfWriter amf(bytes);
  amf.object([&] { write_members(amf); });
  return *flv::AmfReader(bytes).next();
}

Capabilities listed(std::vector<std::string_view> codes) {
  return read_capabilities(
      object_of([&](flv::AmfWriter& amf) { amf.name("fourCcList").texts(codes); }));
}

TEST(Capabilities, AreReadAsTheyWereWritten) {
  const Capabilities ours = our_capabilities(kCanEncode);
  const auto read =
      read_capabilities(object_of([&](flv::AmfWriter& amf) { write_capabilities(ours, amf); }));
  EXPECT_EQ(read.video.named, ours.video.named);
  EXPECT_EQ(read.audio.named, ours.audio.named);
  EXPECT_TRUE(read.reconnect && read.multitrack && read.mod_ex && read.nanoseconds);
  EXPECT_EQ(read.video_function, ours.video_function);
}

TEST(Capabilities, OfAClassicPeerSayNothing) {
  const auto classic = read_capabilities(object_of([](flv::AmfWriter& amf) {
    amf.name("app").text("live");
    amf.name("videoFunction").number(1);
  }));
  EXPECT_FALSE(classic.enhanced());
  EXPECT_EQ(takes(classic, TagType::kVideo, four_cc("hvc1"), kCanDecode), Taking::kUnsaid);
  EXPECT_EQ(takes(classic, TagType::kVideo, flv::kAvcId, kCanDecode), Taking::kYes);
}

TEST(Capabilities, OfTheListAreForEveryUse) {
  const auto peer = listed({"av01", "Opus"});
  EXPECT_EQ(takes(peer, TagType::kVideo, four_cc("av01"), kCanDecode), Taking::kYes);
  EXPECT_EQ(takes(peer, TagType::kAudio, four_cc("Opus"), kCanForward), Taking::kYes);
  EXPECT_EQ(takes(peer, TagType::kVideo, four_cc("hvc1"), kCanDecode), Taking::kNo);
  EXPECT_EQ(takes(listed({"*"}), TagType::kVideo, four_cc("hvc1"), kCanDecode), Taking::kYes);
  EXPECT_EQ(takes(listed({}), TagType::kVideo, four_cc("hvc1"), kCanDecode), Taking::kNo);
}

TEST(Capabilities, OfTheMapsCountMoreThanTheList) {
  const auto peer = read_capabilities(object_of([](flv::AmfWriter& amf) {
    const std::string_view codes[]{"hvc1"};
    amf.name("fourCcList").texts(codes);
    amf.name("videoFourCcInfoMap").object([&] {
      amf.name("hvc1").number(kCanEncode);
      amf.name("*").number(kCanForward);
    });
  }));
  EXPECT_EQ(takes(peer, TagType::kVideo, four_cc("hvc1"), kCanDecode), Taking::kNo);
  EXPECT_EQ(takes(peer, TagType::kVideo, four_cc("hvc1"), kCanForward), Taking::kYes);
  EXPECT_EQ(takes(peer, TagType::kVideo, four_cc("vp09"), kCanForward), Taking::kYes);
}

TEST(Capabilities, OfTheWrongKindArePassedOver) {
  const auto peer = read_capabilities(object_of([](flv::AmfWriter& amf) {
    amf.name("fourCcList").text("hvc1");
    amf.name("videoFourCcInfoMap").number(7);
    amf.name("capsEx").number(-1);
    amf.name("audioFourCcInfoMap").object([&] {
      amf.name("Opus").text("x");
      amf.name("too long").number(1);
    });
  }));
  EXPECT_FALSE(peer.multitrack);
  EXPECT_TRUE(peer.video.named.empty());
  EXPECT_EQ(takes(peer, TagType::kAudio, four_cc("Opus"), kCanAll), Taking::kNo);
}

TEST(Capabilities, RefusalNamesTheCodecAndThoseThatGo) {
  EXPECT_EQ(refusal_text(listed({"av01", "avc1"}), TagType::kVideo, four_cc("hvc1")),
            "the peer takes no hvc1 (it names av01, avc1)");
  EXPECT_EQ(refusal_text(listed({}), TagType::kAudio, four_cc("Opus")),
            "the peer takes no Opus (it names no other codec)");
}

}  // namespace
}  // namespace weir::rtmp
