#include "probe/repair.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/demuxer.h"
#include "formats/output.h"
#include "support/coded_stream.h"
#include "support/matchers.h"
#include "support/read_all.h"
#include "support/temp_folder.h"

namespace weir::probe {
namespace {

using support::FailsWith;
using support::IsOk;
using support::read_all;
using support::ReadAll;
using ::testing::HasSubstr;

constexpr int kCuts = 40;

Result<std::unique_ptr<formats::Output>> open(const std::string& path,
                                              const media::Tracks& tracks) {
  if (path.ends_with("indexed.mp4")) return formats::open_mp4_output(path, tracks);
  return formats::open_recording(path, tracks);
}

// Four seconds of pictures and sound.
Result<void> write_recording(const std::string& path) {
  auto video = support::encode_video({.frames = 100, .gop = 25});
  auto audio = support::encode_audio({.frames = 188});
  audio.track.index = 1;
  std::vector<media::Packet> all;
  for (auto& packet : video.packets) all.push_back(std::move(packet));
  for (auto& packet : audio.packets) {
    packet.raw()->stream_index = 1;
    all.push_back(std::move(packet));
  }
  // Stamps of a recording are not negative.
  for (auto& packet : all) {
    const auto by = media::Time{1, {1, 1}}.in(packet.base());
    packet.raw()->pts += by;
    packet.raw()->dts += by;
  }
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.dts() < b.dts(); });
  WEIR_TRY_ASSIGN(const auto output, open(path, {video.track, audio.track}));
  for (auto& packet : all) WEIR_TRY(output->push(media::Item(std::move(packet))));
  if (path.ends_with(".nut"))
    WEIR_TRY(output->push(media::Item(media::make_event(media::event::kEnd, {5, {1, 1}}))));
  return output->finish();
}

// Packets of a track whose bytes are all among the first `bytes`, as libavformat finds them.
std::size_t whole_packets(const std::string& path, int track, std::int64_t bytes) {
  auto demuxer = formats::Demuxer::open(path, nullptr);
  if (!demuxer) return 0;
  std::size_t count = 0;
  for (auto packet = (*demuxer)->read(); packet && *packet; packet = (*demuxer)->read())
    if ((*packet)->track() == track && (*packet)->raw()->pos + (*packet)->raw()->size <= bytes)
      ++count;
  return count;
}

void expect_begins_like(const ReadAll& whole, const ReadAll& part, int track) {
  const auto all = whole.packets(track);
  const auto kept = part.packets(track);
  ASSERT_LE(kept.size(), all.size());
  for (std::size_t i = 0; i < kept.size(); ++i)
    ASSERT_TRUE(std::ranges::equal(kept[i]->bytes(), all[i]->bytes())) << "packet " << i;
}

class Repair : public ::testing::TestWithParam<const char*> {
 protected:
  Result<RepairReport> run(const std::string& from, const std::string& to) {
    return repair(from, to, like_, stop_, log_, progress_);
  }
  support::TempFolder folder_;
  std::string like_;
  StopSource stop_;
  NullLog log_;
  NullProgress progress_;
};

TEST_P(Repair, KeepsEveryWholePacketWhereverTheFileIsCut) {
  const std::string full = folder_ / GetParam();
  const std::string cut = folder_ / (std::string("cut-") + GetParam());
  ASSERT_THAT(write_recording(full), IsOk());
  const ReadAll whole = read_all(full);
  ASSERT_EQ(whole.packets(0).size(), 100U);
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(full));
  // In a transport stream a packet is longer than its bytes, and the last one has no end; in
  // Matroska and NUT the place of a packet is not exact.
  const std::size_t unsure = full.ends_with(".ts") ? 2 : full.ends_with(".mp4") ? 0 : 1;
  std::mt19937 random(20);
  for (int i = 0; i < kCuts; ++i) {
    const std::int64_t bytes = size * (600 + std::int64_t(random() % 399)) / 1000;
    SCOPED_TRACE(fmt::format("{} of {} bytes", bytes, size));
    std::filesystem::copy_file(full, cut, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(cut, static_cast<std::uintmax_t>(bytes));
    const auto report = run(cut, folder_ / "out.nut");
    ASSERT_THAT(report, IsOk());
    const ReadAll part = read_all(folder_ / "out.nut");
    EXPECT_THAT(part.outcome, IsOk());
    EXPECT_EQ(part.events(media::event::kEnd).size(), 1U);
    for (const int track : {0, 1}) {
      SCOPED_TRACE(track);
      expect_begins_like(whole, part, track);
      const auto kept = part.packets(track).size();
      EXPECT_GE(kept + unsure, whole_packets(full, track, bytes));
      EXPECT_EQ(kept, std::size_t(report->written.tracks[std::size_t(track)].stats.packets));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Containers, Repair,
                         ::testing::Values("a.mp4", "indexed.mp4", "a.ts", "a.mkv", "a.nut"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

using RepairOne = Repair;

TEST_F(RepairOne, SaysHowMuchIsLostWhereTheIndexTells) {
  ASSERT_THAT(write_recording(folder_ / "indexed.mp4"), IsOk());
  const auto size = std::filesystem::file_size(folder_ / "indexed.mp4");
  std::filesystem::resize_file(folder_ / "indexed.mp4", size * 3 / 4);
  const auto report = run(folder_ / "indexed.mp4", folder_ / "out.ts");
  ASSERT_THAT(report, IsOk());
  ASSERT_TRUE(report->lost_us());
  EXPECT_NEAR(double(*report->lost_us() + report->written.duration_us()), 4.03e6, 0.1e6);
  EXPECT_GT(*report->lost_us(), 500'000);
  EXPECT_TRUE(report->written.damage);
  EXPECT_THAT(repair_text(*report), HasSubstr("lost: "));
}

TEST_F(RepairOne, LeavesAWholeFileWhole) {
  ASSERT_THAT(write_recording(folder_ / "a.mkv"), IsOk());
  const auto report = run(folder_ / "a.mkv", folder_ / "out.mp4");
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->left_out, 0);
  EXPECT_FALSE(report->written.damage);
  EXPECT_EQ(read_all(folder_ / "out.mp4").packets(0).size(), 100U);
}

TEST_F(RepairOne, LeavesOutWhatMayNotBeWhole) {
  ASSERT_THAT(write_recording(folder_ / "a.ts"), IsOk());
  const auto report = run(folder_ / "a.ts", folder_ / "out.mkv");
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->left_out, 2);
  EXPECT_GT(report->left_bytes, 0);
  EXPECT_EQ(read_all(folder_ / "out.mkv").packets(0).size(), 99U);
}

TEST_F(RepairOne, WritesNothingWhenThereIsNothing) {
  std::ofstream(folder_ / "a.mp4", std::ios::binary) << std::string(
      "\0\0\0\x10"
      "ftypisom\0\0\0\0"
      "\0\1\0\0mdatpicture",
      31);
  EXPECT_THAT(run(folder_ / "a.mp4", folder_ / "out.mkv"),
              FailsWith(Code::kBadInput, HasSubstr("its index (moov) is not there")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.mkv"));
}

TEST_F(RepairOne, NeverWritesOverWhatItReads) {
  ASSERT_THAT(write_recording(folder_ / "a.mkv"), IsOk());
  const auto size = std::filesystem::file_size(folder_ / "a.mkv");
  EXPECT_THAT(run(folder_ / "a.mkv", folder_ / "./a.mkv"),
              FailsWith(Code::kUsage, HasSubstr("onto itself")));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "a.mkv"), size);
}

}  // namespace
}  // namespace weir::probe
