// Replays inputs of our own making, damaged ones, and foreign vectors through the fuzz target.
#define LLVMFuzzerTestOneInput fuzz_amf  // another target is in this program too
#include "fuzz/amf_fuzz.cpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "support/go_corpus.h"
#include "support/media_files.h"

namespace weir::flv {
namespace {

std::vector<Bytes> seeds() {
  return {{2, 0, 1, 'a', 0, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 5, 6, 1, 1},
          {3, 0, 1, 'a', 8, 0, 0, 0, 1, 0, 1, 'b', 5, 0, 0, 9, 0, 0, 9, 7, 0, 1},
          {0x0a, 0, 0, 0, 2, 0x0c, 0, 0, 0, 1, 'x', 0x10, 0, 1, 'C', 0, 0, 9},
          {0x11, 0x0a, 0x1b, 0x01, 0x03, 'a', 4, 0x82, 0x2c, 3, 'b', 6,
           0,    3,    'c',  9,    5,    1,   3, 1,    1,    2, 0,   0},
          {0x11, 9, 9, 1, 0x0a, 0x13, 1, 3, 'd', 4, 5, 0x0a, 2, 0x0a, 1, 4, 6, 0x0c, 3, 0xfe}};
}

int run(const Bytes& bytes) {
  return LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

TEST(AmfFuzz, ReplaysItsSeeds) {
  for (const auto& bytes : seeds()) EXPECT_EQ(run(bytes), 0);
}

TEST(AmfFuzz, ReplaysDamagedSeeds) {
  std::mt19937 random(11);
  const auto all = seeds();
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes = all[random() % all.size()];
    for (unsigned i = 0; i < 3; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    bytes.resize(random() % (bytes.size() + 1));
    EXPECT_EQ(run(bytes), 0);
  }
}

TEST(AmfFuzz, ReplaysForeignVectors) {
  const auto vectors = support::read_go_corpora(support::media_folder() / "rtmp-fuzz" / "amf0");
  if (vectors.empty()) GTEST_SKIP() << "no rtmp-fuzz in the media folder";
  for (const auto& bytes : vectors) EXPECT_EQ(run(bytes), 0);
}

}  // namespace
}  // namespace weir::flv
