#include "publish/dash_listed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "publish/xml_element.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::_;
using Set = hls::MpdAdaptationSet;

hls::MpdRepresentation representation(std::string id, std::int64_t number) {
  hls::MpdRepresentation out;
  out.id = std::move(id);
  out.bandwidth = 800'000;
  out.codecs = "hvc1.2.4.L93.B0";
  out.segments = {30'000,
                  180'180,
                  number,
                  "$RepresentationID$/init-1.mp4",
                  "$RepresentationID$/seg-$Number%05d$.m4s",
                  {{180'180, 60'060, 3}, {0, 5, 0}}};
  return out;
}

hls::Mpd example() {
  Set pictures;
  pictures.representations = {representation("a", 3), representation("b", 4)};
  for (auto& each : pictures.representations) {
    each.resolution = {1440, 1080};
    each.sample_shape = {4, 3};
    each.frame_rate = {30'000, 1001};
  }
  pictures.colour = {9, 16, 9};
  pictures.key_id = hls::AesBlock{1, 2, 3};
  pictures.clear_key = true;
  Set sound;
  sound.content = Set::Content::kAudio;
  sound.id = 2;
  sound.channels = 8;
  sound.label = "<&>";
  sound.representations = {representation("sound", 3)};
  sound.representations[0].sampling_rate = 48'000;
  hls::Mpd out;
  out.dynamic = true;
  out.availability_start_us = 1'790'000'000'123'000;
  out.periods = {{"3", 6'006'001us, {pictures, sound}}, {"9", 20s, {sound}}};
  return out;
}

TEST(ReadMpd, GivesBackWhatTheTextWasMadeFrom) {
  const hls::Mpd wanted = example();
  const auto read = read_mpd(to_text(wanted));
  ASSERT_THAT(read, IsOk());
  EXPECT_TRUE(read->dynamic);
  EXPECT_EQ(read->availability_start_us, wanted.availability_start_us);
  ASSERT_EQ(read->periods.size(), 2u);
  EXPECT_EQ(read->periods[0].start, 6'006'001us);
  ASSERT_EQ(read->periods[0].sets.size(), 2u);
  const Set &pictures = read->periods[0].sets[0], &sound = read->periods[0].sets[1];
  EXPECT_EQ(pictures.colour, wanted.periods[0].sets[0].colour);
  EXPECT_EQ(pictures.key_id, wanted.periods[0].sets[0].key_id);
  EXPECT_TRUE(pictures.clear_key);
  EXPECT_FALSE(sound.clear_key);
  ASSERT_EQ(pictures.representations.size(), 2u);
  EXPECT_EQ(pictures.representations[1].segments,
            wanted.periods[0].sets[0].representations[1].segments);
  EXPECT_EQ(pictures.representations[0].resolution, (Size{1440, 1080}));
  EXPECT_EQ(pictures.representations[0].sample_shape.num, 4);
  EXPECT_EQ(pictures.representations[0].codecs, "hvc1.2.4.L93.B0");
  EXPECT_EQ(sound.channels, 8);
  EXPECT_EQ(sound.representations[0].sampling_rate, 48'000);
  EXPECT_EQ(sound.representations[0].segments,
            wanted.periods[0].sets[1].representations[0].segments);
}

TEST(ReadMpd, ATextThatIsCutOffIsRefused) {
  const std::string text = to_text(example());
  for (std::size_t size = 0; size + 1 < text.size(); ++size)
    EXPECT_THAT(read_mpd(text.substr(0, size)), FailsWith(Code::kBadInput, _)) << size;
}

TEST(ReadMpd, AnyByteMayBeAnyOther) {
  const std::string text = to_text(example());
  for (std::size_t i = 0; i < text.size(); ++i)
    for (const char c : {'\0', '"', '<', '9', '-', 'z', '\xff'}) {
      std::string damaged = text;
      damaged[i] = c;
      (void)read_mpd(damaged);
    }
}

TEST(ReadMpd, NumbersThatCannotBeCountedWithAreRefused) {
  const std::string text = to_text(example());
  const auto refuses = [&](const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    ASSERT_NE(at, text.npos) << from;
    std::string damaged = text;
    damaged.replace(at, from.size(), to);
    EXPECT_THAT(read_mpd(damaged), FailsWith(Code::kBadInput, _)) << to;
  };
  refuses("r=\"3\"", "r=\"9223372036854775807\"");
  refuses("r=\"3\"", "r=\"-1\"");
  refuses("d=\"60060\"", "d=\"99999999999999999999\"");
  refuses("t=\"180180\"", "t=\"1152921504606846970\"");
  refuses("timescale=\"30000\"", "timescale=\"0\"");
  refuses("start=\"PT20S\"", "start=\"PT99999999999999S\"");
  refuses("<Period id=\"3\"", "<Period id=\"x\"");
  refuses("id=\"a\"", "id=\"../a\"");
}

TEST(ParseXml, ElementsNestedTooDeepAreRefused) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "<a>";
  EXPECT_THAT(parse_xml(text), FailsWith(Code::kBadInput, _));
}

TEST(ParseXml, AnAttributeMayBeThereOnce) {
  EXPECT_THAT(parse_xml("<a b=\"1\" b=\"2\"/>"), FailsWith(Code::kBadInput, _));
  const auto read = parse_xml("<a b=\"&lt;1&amp;\">x<c/>y</a>\n");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->attribute("b"), "<1&");
  EXPECT_EQ(read->text, "xy");
}

}  // namespace
}  // namespace weir::publish
