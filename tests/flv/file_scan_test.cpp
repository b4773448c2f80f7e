#include "flv/file_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir::flv {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::_;

struct File {
  Bytes bytes;
  std::vector<std::int64_t> at;  // of the tags
  void add(TagType type, std::int64_t ms, Bytes body) {
    ByteWriter out(bytes);
    if (bytes.empty()) write_file_header(true, true, out);
    at.push_back(static_cast<std::int64_t>(bytes.size()));
    EXPECT_THAT(write_tag({type, ms, std::move(body)}, out), IsOk());
  }
};

File sample() {
  File file;
  const Metadata metadata;
  file.add(TagType::kScript, 0, metadata_tag(metadata).body);
  file.add(TagType::kAudio, 0, {0xaf, 0, 0x11, 0x90});
  file.add(TagType::kVideo, 0, {0x17, 0, 0, 0, 0, 1});
  file.add(TagType::kVideo, 0, {0x17, 1, 0, 0, 80, 1, 2});
  file.add(TagType::kAudio, 10, {0xaf, 1, 7});
  file.add(TagType::kAudio, 31, {0xaf, 1, 7});
  file.add(TagType::kVideo, 40, {0x27, 1, 0, 0, 120, 1});
  file.add(TagType::kVideo, 80, {0x17, 1, 0, 0, 80, 1});
  file.add(TagType::kVideo, 80, {0x96, 3, 'h', 'v', 'c', '1', 1, 9});
  file.add(TagType::kVideo, 80, {0x17, 2, 0, 0, 0});
  return file;
}

FileScan scan(ByteView bytes, std::size_t step) {
  FileScan scan;
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(step, bytes.size())))
    EXPECT_THAT(scan.feed(bytes.first(std::min(step, bytes.size()))), IsOk());
  return scan;
}

TEST(FileScan, FindsTracksStampsAndPlacesHoweverItIsFed) {
  const File file = sample();
  for (const std::size_t step : {std::size_t{1}, std::size_t{17}, file.bytes.size()}) {
    const auto found = scan(file.bytes, step);
    ASSERT_EQ(found.tracks().size(), 3u);
    const auto& sound = found.tracks()[0];
    EXPECT_EQ(sound.codec, kAacId);
    EXPECT_EQ(sound.configuration, (Bytes{0x11, 0x90}));
    EXPECT_EQ(sound.next_ms(), 52);
    const auto& picture = found.tracks()[1];
    EXPECT_EQ(picture.frames, 3);
    EXPECT_EQ(picture.first_ms, 80);
    EXPECT_EQ(picture.next_ms(), 120);
    EXPECT_EQ(picture.end_ms(), 200);
    EXPECT_EQ(found.tracks()[2].id, 1);
    ASSERT_EQ(found.key_frames().size(), 2u);
    EXPECT_EQ(found.key_frames()[0].position, file.at[3]);
    EXPECT_EQ(found.key_frames()[1].position, file.at[7]);
    EXPECT_EQ(found.media_start(), file.at[1]);
    EXPECT_EQ(found.whole_size(), static_cast<std::int64_t>(file.bytes.size()));
    EXPECT_EQ(found.pending(), 0u);
  }
}

TEST(FileScan, TellsWhatIsCutOff) {
  const File file = sample();
  const auto found = scan(ByteView(file.bytes).first(file.bytes.size() - 3), 100);
  EXPECT_EQ(found.whole_size(), file.at.back());
  EXPECT_EQ(found.pending(), file.bytes.size() - 3 - static_cast<std::size_t>(file.at.back()));
}

TEST(FileScan, WithoutMetadataMediaBeginsBehindTheHeader) {
  File file;
  file.add(TagType::kVideo, 0, {0x17, 0, 0, 0, 0, 1});
  EXPECT_EQ(scan(file.bytes, 5).media_start(), 13);
  EXPECT_EQ(scan(ByteView(file.bytes).first(13), 5).media_start(), 13);
  EXPECT_EQ(scan(ByteView(file.bytes).first(12), 5).media_start(), 0);
}

TEST(FileScan, OfDamageInTheMiddleFails) {
  File file = sample();
  file.bytes[static_cast<std::size_t>(file.at[5]) - 1] ^= 1;
  FileScan found;
  EXPECT_THAT(found.feed(file.bytes), FailsWith(Code::kBadInput, _));
}

}  // namespace
}  // namespace weir::flv
