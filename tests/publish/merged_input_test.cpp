#include "publish/merged_input.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/output.h"
#include "support/coded_stream.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

class MergedInputTest : public ::testing::Test {
 protected:
  /// An MP4 with a picture of this height and the sound.
  std::string file(const std::string& name, int height, const support::CodedStream& heard) {
    const auto picture = support::encode_video({.width = 64, .height = height, .frames = 12});
    media::Tracks tracks{picture.track, heard.track};
    tracks[1].index = 1;
    const std::string path = folder.path() / (name + ".mp4");
    auto output = formats::open_mp4_output(path, tracks);
    EXPECT_THAT(output, IsOk());
    std::vector<media::Packet> all;
    for (const auto& packet : picture.packets) all.push_back(moved(packet, 0, 4));
    for (const auto& packet : heard.packets) all.push_back(moved(packet, 1, 2048));
    std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.dts() < b.dts(); });
    for (auto& packet : all) EXPECT_THAT((*output)->push(std::move(packet)), IsOk());
    EXPECT_THAT((*output)->finish(), IsOk());
    return path;
  }
  static media::Packet moved(const media::Packet& packet, int track, std::int64_t shift) {
    media::Packet copy = packet.share();
    copy.raw()->stream_index = track;
    copy.raw()->pts += shift;
    copy.raw()->dts += shift;
    return copy;
  }

  support::TempFolder folder;
  const support::CodedStream sound = support::encode_audio({});
};

TEST_F(MergedInputTest, NamesPicturesByTheirFilesAndTakesCommonSoundOnce) {
  const std::vector<std::string> urls{file("720p", 96, sound), file("360p", 48, sound)};
  auto input = MergedInput::open(urls, {});
  ASSERT_THAT(input, IsOk());
  const auto& tracks = (*input)->tracks();
  ASSERT_EQ(tracks.size(), 3u);
  EXPECT_EQ(tracks[0].rendition, "720p");
  EXPECT_TRUE(tracks[1].audio());
  EXPECT_EQ(tracks[2].rendition, "360p");
  std::vector<std::size_t> count(3);
  media::Time last{0, {1, 1}};
  while (true) {
    auto item = (*input)->next();
    ASSERT_THAT(item, IsOk());
    if (!*item) break;
    EXPECT_GE(media::position(**item).micros() + 25'000, last.micros());
    last = media::position(**item);
    ++count[static_cast<std::size_t>(std::get<media::Packet>(**item).track())];
  }
  EXPECT_THAT(count, ::testing::ElementsAre(12u, sound.packets.size(), 12u));
}

TEST_F(MergedInputTest, KeepsSoundThatOnlyLooksTheSame) {
  auto other = support::encode_audio({});
  for (auto& packet : other.packets) packet.raw()->data[packet.raw()->size - 1] ^= 1;
  auto input = MergedInput::open({file("a", 48, sound), file("b", 48, other)}, {});
  ASSERT_THAT(input, IsOk());
  EXPECT_EQ((*input)->tracks().size(), 4u);
}

TEST_F(MergedInputTest, ASingleInputIsPassedOnAsItIs) {
  auto input = MergedInput::open({file("a", 48, sound)}, {});
  ASSERT_THAT(input, IsOk());
  ASSERT_EQ((*input)->tracks().size(), 2u);
  EXPECT_EQ((*input)->tracks()[0].rendition, "");
  EXPECT_FALSE((*input)->has_events());
}

// One file with both, and the same in two files, each of which begins with a stamp of its own.
TEST_F(MergedInputTest, PictureAndSoundOfTwoFilesStayWhereTheyWere) {
  const auto picture = support::encode_video({.width = 64, .height = 48, .frames = 12});
  const auto write = [&](const std::string& name, bool seen, bool heard) {
    const std::string path = folder.path() / name;
    media::Tracks tracks;
    if (seen) tracks.push_back(picture.track);
    if (heard) tracks.push_back(sound.track);
    for (std::size_t i = 0; i < tracks.size(); ++i) tracks[i].index = static_cast<int>(i);
    auto output = formats::open_mp4_output(path, tracks);
    EXPECT_THAT(output, IsOk());
    const auto push = [&](const support::CodedStream& stream, int track, std::int64_t shift) {
      for (const auto& packet : stream.packets)
        EXPECT_THAT((*output)->push(moved(packet, track, shift)), IsOk());
    };
    if (seen) push(picture, 0, 0);
    if (heard) push(sound, seen ? 1 : 0, 0);
    EXPECT_THAT((*output)->finish(), IsOk());
    return path;
  };
  const auto begins = [](const std::vector<std::string>& urls) {
    std::vector<std::int64_t> out(2, -1);
    auto input = MergedInput::open(urls, {});
    EXPECT_THAT(input, IsOk());
    while (true) {
      auto item = (*input)->next();
      if (!item || !*item) return out;
      const auto& packet = std::get<media::Packet>(**item);
      auto& begin = out[static_cast<std::size_t>(packet.track())];
      if (begin < 0) begin = packet.pts().micros();
    }
  };
  EXPECT_EQ(begins({write("picture.mp4", true, false), write("sound.mp4", false, true)}),
            begins({write("both.mp4", true, true)}));
}

TEST_F(MergedInputTest, ARenditionDroppedInAnyInputIsToldWithItsNewNumber) {
  const auto picture = support::encode_video({.frames = 12});
  const std::string path = folder.path() / "second.nut";
  {
    auto output = formats::open_pipe_output(path, {picture.track});
    ASSERT_THAT(output, IsOk());
    for (const auto& packet : picture.packets)
      ASSERT_THAT((*output)->push(moved(packet, 0, 4)), IsOk());
    ASSERT_THAT((*output)->push(media::rendition_event(picture.track, true, {16, {1, 25}})),
                IsOk());
    ASSERT_THAT((*output)->push(media::make_event(media::event::kEnd, {16, {1, 25}})), IsOk());
    ASSERT_THAT((*output)->finish(), IsOk());
  }
  auto input = MergedInput::open({file("first", 96, sound), path}, {});
  ASSERT_THAT(input, IsOk());
  std::vector<int> told;
  while (true) {
    auto item = (*input)->next();
    ASSERT_THAT(item, IsOk());
    if (!*item) break;
    const auto* event = std::get_if<media::Event>(&**item);
    if (const auto change = event ? media::rendition_change(*event) : std::nullopt)
      told.push_back(change->track);
  }
  EXPECT_THAT(told, ::testing::ElementsAre(2));
}

TEST_F(MergedInputTest, AMissingFileIsNamed) {
  EXPECT_THAT(MergedInput::open({file("a", 48, sound), "/no/such.mp4"}, {}),
              FailsWith(Code::kIo, HasSubstr("/no/such.mp4")));
}

}  // namespace
}  // namespace weir::publish
