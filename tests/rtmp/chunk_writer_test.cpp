#include "rtmp/chunk_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "rtmp/chunks.h"
#include "support/matchers.h"

namespace weir::rtmp {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

constexpr auto kVideo = MessageType::kVideo;
constexpr auto kAudio = MessageType::kAudio;

Bytes write(ChunkWriter& writer, const Message& message, std::uint32_t chunk_stream = 4) {
  Bytes out;
  EXPECT_THAT(writer.write(message, chunk_stream, out), IsOk());
  return out;
}

TEST(ChunkWriter, LeavesOutWhatIsAsBefore) {
  ChunkWriter writer;
  EXPECT_EQ(write(writer, message(kVideo, 0x107, 10, "ab")),
            (Bytes{0x04, 0, 0, 10, 0, 0, 2, 9, 7, 1, 0, 0, 'a', 'b'}));
  EXPECT_EQ(write(writer, message(kAudio, 0x107, 30, "c")),
            (Bytes{0x44, 0, 0, 20, 0, 0, 1, 8, 'c'}));
  EXPECT_EQ(write(writer, message(kAudio, 0x107, 60, "d")), (Bytes{0x84, 0, 0, 30, 'd'}));
  EXPECT_EQ(write(writer, message(kAudio, 0x107, 90, "e")), (Bytes{0xc4, 'e'}));
  EXPECT_EQ(write(writer, message(kAudio, 0x108, 120, "f")),
            (Bytes{0x04, 0, 0, 120, 0, 0, 1, 8, 8, 1, 0, 0, 'f'}));
}

TEST(ChunkWriter, NeverBeginsAMessageWithForm3AfterForm0) {
  ChunkWriter writer;
  write(writer, message(kVideo, 1, 0, "a"));
  EXPECT_EQ(write(writer, message(kVideo, 1, 0, "b")), (Bytes{0x84, 0, 0, 0, 'b'}));
  EXPECT_EQ(write(writer, message(kVideo, 1, 0, "c")), (Bytes{0xc4, 'c'}));
}

TEST(ChunkWriter, WritesChunkStreamIdsOfOneTwoAndThreeBytes) {
  for (const std::uint32_t id : {2u, 63u, 64u, 319u, 320u, 65'599u}) {
    ChunkWriter writer;
    const Bytes bytes = write(writer, message(kVideo, 1, 0, "a"), id);
    EXPECT_EQ(read_chunk_header(bytes)->chunk_stream, id);
    EXPECT_EQ(bytes.size(), 12u + (id < 64 ? 1 : id < 320 ? 2 : 3));
  }
}

TEST(ChunkWriter, RepeatsAnExtendedTimeInEveryChunk) {
  ChunkWriter writer;
  Bytes bytes;
  writer.set_chunk_size(2, bytes);
  EXPECT_EQ(bytes, (Bytes{0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 2}));
  EXPECT_EQ(write(writer, message(kVideo, 1, 0xffffff, "abc")),
            (Bytes{0x04, 0xff, 0xff, 0xff, 0,   0,   3,    9, 1,    0,    0,    0,
                   0,    0xff, 0xff, 0xff, 'a', 'b', 0xc4, 0, 0xff, 0xff, 0xff, 'c'}));
  EXPECT_EQ(write(writer, message(kVideo, 1, 0x1000000, "def")),
            (Bytes{0x84, 0, 0, 1, 'd', 'e', 0xc4, 'f'}));
}

TEST(ChunkWriter, ATimeThatGoesBackOrFarIsWrittenAbsolute) {
  for (const std::uint32_t to : {99u, 100u + 0xffffff, 100u + 0x80000000}) {
    ChunkWriter writer;
    write(writer, message(kVideo, 1, 100, "a"));
    EXPECT_EQ(write(writer, message(kVideo, 1, to, "b"))[0], 0x04);
  }
  ChunkWriter writer;
  write(writer, message(kVideo, 1, 0xffffffff, "a"));
  EXPECT_EQ(write(writer, message(kVideo, 1, 1, "b")), (Bytes{0x84, 0, 0, 2, 'b'}));
}

TEST(ChunkWriter, AMessageBeyondTheFormatIsNotWritten) {
  ChunkWriter writer;
  Bytes out;
  EXPECT_THAT(writer.write({kVideo, 1, 0, Bytes(kLongestMessage + 1)}, 4, out),
              FailsWith(Code::kUnsupported, HasSubstr("16777216 bytes")));
  EXPECT_TRUE(out.empty());
}

Message any_message(std::mt19937& random, std::uint32_t time) {
  static constexpr MessageType kTypes[] = {kVideo, kAudio, MessageType::kData};
  const std::size_t size = random() % 4 == 0 ? random() % 3000 : random() % 4;
  Bytes body(size);
  for (auto& byte : body) byte = static_cast<std::uint8_t>(random());
  return {kTypes[random() % 3], static_cast<std::uint32_t>(random() % 2 + 1), time, body};
}

// Small steps, none, backward ones, and leaps over every boundary.
std::uint32_t any_step(std::mt19937& random) {
  static constexpr std::uint32_t kSteps[] = {0, 0, 20, 20, 40, 0xffffff, 0xfffffffb, 0x7fffffff};
  return kSteps[random() % 8];
}

TEST(ChunkWriter, WhatItWritesIsReadAgainHoweverItIsCut) {
  static constexpr std::uint32_t kIds[] = {3, 4, 64, 320};
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    ChunkWriter writer;
    std::vector<Message> sent;
    Bytes bytes;
    std::uint32_t time = seed % 2 == 0 ? 0 : 0xfffffff0;
    for (int i = 0; i < 60; ++i) {
      if (random() % 10 == 0)
        writer.set_chunk_size(static_cast<std::uint32_t>(1 + random() % 500), bytes);
      sent.push_back(any_message(random, time += any_step(random)));
      EXPECT_THAT(writer.write(sent.back(), kIds[random() % 4], bytes), IsOk());
    }
    const auto random_size = [&](std::size_t left) {
      return 1 + random() % std::min<std::size_t>(left, 700);
    };
    for (const auto& out :
         {read_whole(bytes), read_single_bytes(bytes), read_pieces(bytes, random_size)}) {
      EXPECT_FALSE(out.failure);
      EXPECT_EQ(out.messages, sent) << "seed " << seed;
      EXPECT_EQ(out.repairs, ChunkRepairs{});
    }
  }
}

}  // namespace
}  // namespace weir::rtmp
