// Finished chunks survive whatever ends a run, and nothing damaged passes for one.
#include "ladder/work.h"

#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <fstream>
#include <iterator>
#include <limits>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ladder/crc32.h"
#include "support/matchers.h"
#include "support/packets.h"
#include "support/temp_folder.h"

namespace weir::ladder {
namespace {

namespace fs = std::filesystem;
using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kJob = R"({"input": "a.mp4", "preset": "veryfast"})";

FinishedChunk chunk(std::string_view packets = "K0/-80 d120/-40 d40/0",
                    const std::string& payload = "some coded picture") {
  FinishedChunk made;
  made.packets = support::packets(
      packets, {.track = 2, .base = {1, 12'800}, .duration = 512, .payload = payload});
  made.qp = 27.3;
  return made;
}

std::unique_ptr<Work> open(const fs::path& folder, std::string_view job = kJob) {
  auto work = Work::open(folder, job);
  EXPECT_THAT(work, IsOk());
  return work ? std::move(*work) : nullptr;
}

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> names_below(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    names.push_back(fs::relative(entry.path(), folder).string());
  return names;
}

void expect_same(const FinishedChunk& a, const FinishedChunk& b) {
  EXPECT_EQ(a.qp, b.qp);
  ASSERT_EQ(a.packets.size(), b.packets.size());
  for (std::size_t i = 0; i < a.packets.size(); ++i) {
    const AVPacket& one = *a.packets[i].raw();
    const AVPacket& two = *b.packets[i].raw();
    EXPECT_EQ(one.pts, two.pts);
    EXPECT_EQ(one.dts, two.dts);
    EXPECT_EQ(one.duration, two.duration);
    EXPECT_EQ(one.flags, two.flags);
    EXPECT_EQ(one.stream_index, two.stream_index);
    EXPECT_EQ(one.time_base.num, two.time_base.num);
    EXPECT_EQ(one.time_base.den, two.time_base.den);
    EXPECT_TRUE(std::ranges::equal(a.packets[i].bytes(), b.packets[i].bytes()));
    EXPECT_EQ(one.side_data_elems, two.side_data_elems);
  }
}

TEST(Work, GivesBackWhatItKept) {
  const support::TempFolder folder;
  const auto work = open(folder / "work");
  EXPECT_FALSE(work->load(3, 1));
  ASSERT_THAT(work->keep(3, 1, chunk()), IsOk());
  const auto back = work->load(3, 1);
  ASSERT_TRUE(back);
  expect_same(*back, chunk());
  EXPECT_FALSE(work->load(3, 0));
  EXPECT_FALSE(work->load(2, 1));
}

TEST(Work, KeepsSideDataAndAnyStamp) {
  const support::TempFolder folder;
  const auto work = open(folder.path());
  FinishedChunk made = chunk("K0");
  AVPacket& raw = *made.packets[0].raw();
  raw.pts = std::numeric_limits<std::int64_t>::max();
  raw.dts = media::kNoTime;
  raw.flags |= AV_PKT_FLAG_DISPOSABLE;
  auto* data = av_packet_new_side_data(&raw, AV_PKT_DATA_QUALITY_STATS, 4);
  std::copy_n("stat", 4, data);
  ASSERT_THAT(work->keep(0, 0, made), IsOk());
  const auto back = work->load(0, 0);
  ASSERT_TRUE(back);
  expect_same(*back, made);
  std::size_t size = 0;
  const auto* kept =
      av_packet_get_side_data(back->packets[0].raw(), AV_PKT_DATA_QUALITY_STATS, &size);
  ASSERT_EQ(size, 4U);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(kept), size), "stat");
}

TEST(Work, AChunkWithoutPacketsIsAChunk) {
  const support::TempFolder folder;
  const auto work = open(folder.path());
  ASSERT_THAT(work->keep(0, 0, FinishedChunk{}), IsOk());
  const auto back = work->load(0, 0);
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->packets.empty());
}

TEST(Work, FactsKeepEveryBit) {
  const support::TempFolder folder;
  const auto work = open(folder.path());
  const ChunkFacts facts{std::nextafter(0.1, 1.0), -0.0};
  EXPECT_FALSE(work->load_facts(0, 0));
  ASSERT_THAT(work->keep_facts(0, 0, facts), IsOk());
  const auto back = work->load_facts(0, 0);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->complexity, facts.complexity);
  EXPECT_TRUE(back->distortion == 0 && std::signbit(back->distortion));
  EXPECT_FALSE(work->load(0, 0));
  EXPECT_FALSE(work->load_facts(0, 1));
}

TEST(Work, TheSameJobGoesOnInItsFolder) {
  const support::TempFolder folder;
  ASSERT_THAT(open(folder / "work")->keep(0, 0, chunk()), IsOk());
  const auto again = open(folder / "work");
  ASSERT_TRUE(again->load(0, 0));
}

TEST(Work, AnotherJobIsRefusedAndLeavesTheFolderAlone) {
  const support::TempFolder folder;
  ASSERT_THAT(open(folder.path())->keep(0, 0, chunk()), IsOk());
  EXPECT_THAT(Work::open(folder.path(), "{}"),
              FailsWith(Code::kUsage, HasSubstr("holds another job: choose another folder")));
  EXPECT_TRUE(open(folder.path())->load(0, 0));
}

TEST(Work, ChunksOfAnUnknownJobAreRefused) {
  const support::TempFolder folder;
  ASSERT_THAT(open(folder.path())->keep(0, 0, chunk()), IsOk());
  fs::remove(folder / "job.json");
  EXPECT_THAT(Work::open(folder.path(), kJob),
              FailsWith(Code::kUsage, HasSubstr("holds another job")));
}

TEST(Work, AChunkOfAnotherJobOrPlaceIsNotLoaded) {
  const support::TempFolder folder;
  ASSERT_THAT(open(folder / "a", "one")->keep(0, 0, chunk()), IsOk());
  const auto other = open(folder / "b", "two");
  ASSERT_THAT(other->keep(5, 1, chunk()), IsOk());
  fs::copy(folder / "a/chunks/00000000-0.chunk", folder / "b/chunks/00000000-0.chunk");
  fs::copy(folder / "b/chunks/00000005-1.chunk", folder / "b/chunks/00000006-1.chunk");
  EXPECT_FALSE(other->load(0, 0));
  EXPECT_FALSE(other->load(6, 1));
  EXPECT_TRUE(other->load(5, 1));
}

TEST(Work, OneRunHasTheFolderAtATime) {
  const support::TempFolder folder;
  auto first = open(folder.path());
  EXPECT_THAT(Work::open(folder.path(), kJob),
              FailsWith(Code::kUsage, HasSubstr("another run works in")));
  first.reset();
  open(folder.path());
}

TEST(Work, WhatAKilledRunLeftHalfWrittenIsRemoved) {
  const support::TempFolder folder;
  ASSERT_THAT(open(folder.path())->keep(0, 0, chunk()), IsOk());
  for (const char* name : {".job.json.tmp", ".spool.nut.tmp", "chunks/.00000001-0.chunk.tmp",
                           "chunks/.00000001-0.facts.tmp", ".mine.tmp", "chunks/.mine.tmp"})
    std::ofstream(folder / name) << "half";
  open(folder.path());
  EXPECT_THAT(names_below(folder.path()),
              UnorderedElementsAre("job.json", "chunks", "chunks/00000000-0.chunk", ".mine.tmp",
                                   "chunks/.mine.tmp"));
}

TEST(Work, ClearLeavesNothingOfOurs) {
  const support::TempFolder folder;
  auto work = open(folder / "work");
  ASSERT_THAT(work->keep(0, 0, chunk()), IsOk());
  ASSERT_THAT(work->keep_facts(0, 0, {}), IsOk());
  std::ofstream(folder.path() / "work" / Work::kSpool) << "the input";
  EXPECT_THAT(work->clear(), IsOk());
  EXPECT_THAT(names_below(folder.path()), IsEmpty());
}

TEST(Work, ClearLeavesWhatIsNotOurs) {
  const support::TempFolder folder;
  std::ofstream(folder / "notes.txt") << "keep me";
  auto work = open(folder.path());
  ASSERT_THAT(work->keep(0, 0, chunk()), IsOk());
  EXPECT_THAT(work->clear(), IsOk());
  EXPECT_THAT(names_below(folder.path()), UnorderedElementsAre("notes.txt"));
  work.reset();
  open(folder.path(), "the next job");
}

TEST(Work, AFullDiskIsAFailureThatNamesIt) {
  const support::TempFolder folder;
  const auto work = open(folder.path());
  fs::create_directory(folder / "chunks");
  fs::create_symlink("/dev/full", folder / "chunks/.00000000-0.chunk.tmp");
  EXPECT_THAT(work->keep(0, 0, chunk()),
              FailsWith(Code::kIo, HasSubstr("00000000-0.chunk': no space left on device")));
  EXPECT_FALSE(work->load(0, 0));
}

TEST(Work, AFileInPlaceOfTheFolderIsAFailure) {
  const support::TempFolder folder;
  std::ofstream(folder / "file") << "x";
  EXPECT_THAT(Work::open(folder / "file", kJob), FailsWith(Code::kIo, HasSubstr("file")));
}

TEST(Work, ManyThreadsLoadAndKeepAtOnce) {
  const support::TempFolder folder;
  const auto work = open(folder.path());
  std::atomic<int> lost = 0;
  std::vector<std::jthread> threads;
  for (int lane = 0; lane < 4; ++lane)
    threads.emplace_back([&, lane] {
      for (int i = 0; i < 50; ++i) {
        if (!work->keep(i, lane, chunk("K0", std::string(5'000, static_cast<char>('a' + lane)))))
          ++lost;
        const auto back = work->load(i, lane);
        if (!back || back->packets[0].bytes()[0] != 'a' + lane) ++lost;
        work->load(i, (lane + 1) % 4);  // there whole, or not there
      }
    });
  threads.clear();
  EXPECT_EQ(lost, 0);
}

TEST(Work, SurvivesAKillAtAnyMoment) {
  const support::TempFolder folder;
  for (int round = 0; round < 5; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      auto work = Work::open(folder.path(), kJob);
      for (std::int64_t i = 0; work; ++i)
        if (!(*work)->keep(i % 50, 0, chunk("K0", std::string(200'000, 'p')))) break;
      _exit(1);
    }
    const auto last = folder.path() / "chunks" / fmt::format("{:08}-0.chunk", 9 * round);
    int status = 0;
    while (!fs::exists(last) && waitpid(child, &status, WNOHANG) == 0) std::this_thread::yield();
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto work = open(folder.path());
    for (const auto& name : names_below(folder.path())) EXPECT_THAT(name, Not(HasSubstr(".tmp")));
    for (int i = 0; i <= 9 * round; ++i) EXPECT_TRUE(work->load(i, 0)) << i;
  }
}

TEST(DamagedChunk, CutOffAnywhereIsNotThere) {
  const support::TempFolder folder;
  const auto work = open(folder.path());
  ASSERT_THAT(work->keep(0, 0, chunk()), IsOk());
  const fs::path path = folder / "chunks/00000000-0.chunk";
  const std::string whole = content(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::ofstream(path, std::ios::binary) << whole.substr(0, size);
    EXPECT_FALSE(work->load(0, 0)) << size;
  }
  std::ofstream(path, std::ios::binary) << whole << "x";
  EXPECT_FALSE(work->load(0, 0));
}

TEST(DamagedChunk, WithOneWrongBitIsNotThere) {
  const support::TempFolder folder;
  const auto work = open(folder.path());
  ASSERT_THAT(work->keep(0, 0, chunk()), IsOk());
  const fs::path path = folder / "chunks/00000000-0.chunk";
  const std::string whole = content(path);
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += 3) {
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    std::ofstream(path, std::ios::binary) << bytes;
    EXPECT_FALSE(work->load(0, 0)) << bit;
  }
}

void sign(Bytes& file) {
  file.resize(file.size() - 4);
  const auto crc = crc32(file);
  ByteWriter(file).u32(crc);
}

TEST(DamagedChunk, WithAMatchingChecksumNeverCrashes) {
  const ChunkKey key{7, 1, 2};
  FinishedChunk made = chunk();
  av_packet_new_side_data(made.packets[0].raw(), AV_PKT_DATA_QUALITY_STATS, 8)[0] = 1;
  const Bytes whole = write_chunk(key, made);
  ASSERT_TRUE(read_chunk(key, whole));
  std::uint32_t random = 1;
  for (std::size_t at = 0; at + 4 < whole.size(); ++at)
    for (const int value : {0, 1, 0x7f, 0x80, 0xff}) {
      Bytes bytes = whole;
      bytes[at] = static_cast<std::uint8_t>(value);
      random = random * 1664525 + 1013904223;
      if (random >> 31) bytes.resize(40 + random % (bytes.size() - 40));
      sign(bytes);
      read_chunk(key, bytes);
      read_facts(key, bytes);
    }
}

TEST(DamagedChunk, WithAnImpossibleTimeBaseOrCountIsNotThere) {
  const ChunkKey key{7, 1, 2};
  constexpr std::size_t kContent = 40;  // after magic, version, kind, key and length
  const Bytes whole = write_chunk(key, chunk());
  for (const std::size_t at : {kContent + 8, kContent + 12 + 28, kContent + 12 + 32}) {
    for (const int value : {0, 0xff}) {
      Bytes bytes = whole;
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), 4,
                  static_cast<std::uint8_t>(value));
      sign(bytes);
      EXPECT_FALSE(read_chunk(key, bytes)) << at << " " << value;
    }
  }
}

}  // namespace
}  // namespace weir::ladder
