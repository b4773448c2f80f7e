#include "probe/edit_list.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/boxes.h"
#include "support/temp_folder.h"

namespace weir::probe {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string number(std::uint64_t value, int size) {
  std::string out;
  for (int i = size - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

std::string box(const std::string& type, const std::string& content) {
  return number(content.size() + 8, 4) + type + content;
}

std::string header(const std::string& type, std::uint64_t scale) {
  return box(type, number(0, 12) + number(scale, 4) + number(0, 8));
}

std::string track(const std::string& handler, std::uint64_t scale, const std::string& edits) {
  const std::string media =
      box("mdia", header("mdhd", scale) + box("hdlr", number(0, 8) + handler + number(0, 12)));
  return box("trak", (edits.empty() ? "" : box("edts", box("elst", edits))) + media);
}

std::string edit(std::uint64_t duration, std::uint64_t media, int width) {
  return number(duration, width) + number(media, width) + number(0x10000, 4);
}

std::vector<TrackEdits> read(const std::string& moov) {
  return read_edit_lists(as_bytes(moov));
}

TEST(EditList, GivesTimesOfBothVersions) {
  const auto tracks =
      read(header("mvhd", 1000) +
           track("vide", 12'800,
                 number(0, 4) + number(2, 4) + edit(500, 0xffffffff, 4) + edit(2000, 1024, 4)) +
           track("text", 1000, "") +
           track("soun", 48'000, number(1u << 24, 4) + number(1, 4) + edit(3000, 2112, 8)) +
           track("soun", 48'000, ""));
  ASSERT_THAT(tracks, SizeIs(3));
  ASSERT_THAT(tracks[0].edits, SizeIs(2));
  EXPECT_EQ(tracks[0].edits[0].media_us, -1);
  EXPECT_EQ(tracks[0].edits[0].duration_us, 500'000);
  EXPECT_EQ(tracks[0].edits[1].media_us, 80'000);
  EXPECT_EQ(tracks[0].edits[1].rate, 1);
  EXPECT_EQ(tracks[1].edits.at(0).media_us, 44'000);
  EXPECT_EQ(tracks[1].edits.at(0).duration_us, 3'000'000);
  EXPECT_THAT(tracks[2].edits, IsEmpty());
}

TEST(EditList, BelievesNoCount) {
  const auto tracks =
      read(header("mvhd", 0) +
           track("vide", 0, number(0, 4) + number(0xffffffff, 4) + edit(1, 1, 4) + "x"));
  ASSERT_THAT(tracks, SizeIs(1));
  EXPECT_THAT(tracks[0].edits, SizeIs(2));
  EXPECT_EQ(tracks[0].edits[0].media_us, 0);
  EXPECT_THAT(read(number(0xffffffff, 4) + "trak"), IsEmpty());
}

TEST(TopBoxes, TellsWhatIsMissing) {
  const support::TempFolder folder;
  std::ofstream(folder / "a.mp4", std::ios::binary)
      << box("ftyp", "isom") << number(1, 4) << "free" << number(20, 8) << "1234" << number(100, 4)
      << "mdat"
      << "12345";
  const auto boxes = top_boxes(folder / "a.mp4");
  ASSERT_THAT(boxes, SizeIs(3));
  EXPECT_EQ(boxes[1].at, 12);
  EXPECT_EQ(boxes[1].present, 20);
  EXPECT_EQ(boxes[2].type, "mdat");
  EXPECT_EQ(boxes[2].declared, 100);
  EXPECT_EQ(boxes[2].present, 13);
  std::ofstream(folder / "b.txt") << "just some text";
  EXPECT_THAT(top_boxes(folder / "b.txt"), IsEmpty());
}

}  // namespace
}  // namespace weir::probe
