// Replays inputs of our own making, damaged ones, and foreign vectors through the fuzz target.
#define LLVMFuzzerTestOneInput fuzz_chunk  // another target may be in this program too
#include "fuzz/chunk_fuzz.cpp"

#include <gtest/gtest.h>

#include <random>

#include "support/go_corpus.h"
#include "support/media_files.h"

namespace weir::rtmp {
namespace {

int run(const Bytes& bytes) {
  return LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

Bytes seed(std::uint8_t piece, std::uint32_t chunk_size, std::uint32_t time) {
  ChunkWriter writer;
  Bytes out = {piece};
  writer.set_chunk_size(chunk_size, out);
  for (std::uint32_t i = 0; i < 6; ++i) {
    const Message sound{MessageType::kAudio, 1, time + 20 * i, Bytes(7, 'a')};
    const Message picture{MessageType::kVideo, 1, time + 20 * i, Bytes(30 * i, 'v')};
    EXPECT_TRUE(writer.write(sound, 4, out));
    EXPECT_TRUE(writer.write(picture, 64, out));
  }
  return out;
}

std::vector<Bytes> seeds() {
  return {seed(0, 128, 0),
          seed(6, 20, 0xfffff0),
          seed(200, 5, 0xffffffd0),
          {3, 0x04, 0xff, 0xff, 0xff, 0, 0, 200, 9, 1, 0, 0,    0, 1, 2, 3, 4, 0x42,
           0, 0,    0,    0,    0,    4, 2, 0,   0, 0, 4, 0xc4, 1, 2, 3, 4, 5}};
}

TEST(ChunkFuzz, ReplaysItsSeeds) {
  for (const auto& bytes : seeds()) EXPECT_EQ(run(bytes), 0);
}

TEST(ChunkFuzz, ReplaysDamagedSeeds) {
  std::mt19937 random(5);
  const auto all = seeds();
  for (int round = 0; round < 10000; ++round) {
    Bytes bytes = all[random() % all.size()];
    for (unsigned i = 0; i < 3; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    bytes.resize(1 + random() % bytes.size());
    EXPECT_EQ(run(bytes), 0);
  }
}

TEST(ChunkFuzz, ReplaysForeignVectors) {
  const auto folder = support::media_folder() / "rtmp-fuzz";
  auto vectors = support::read_go_corpora(folder / "chunk");
  for (auto& more : support::read_go_corpora(folder / "message"))
    vectors.push_back(std::move(more));
  if (vectors.empty()) GTEST_SKIP() << "no rtmp-fuzz in the media folder";
  for (const std::uint8_t piece : Bytes{0, 2, 255})
    for (auto bytes : vectors) {
      bytes.insert(bytes.begin(), piece);
      EXPECT_EQ(run(bytes), 0);
    }
}

}  // namespace
}  // namespace weir::rtmp
