// Replays files of our own making, whole and damaged, through the fuzz target.
#include "fuzz/flv_fuzz.cpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "flv/metadata.h"

namespace weir::flv {
namespace {

Bytes seed(std::uint8_t step, const std::vector<Tag>& tags) {
  Bytes bytes = {step};
  ByteWriter out(bytes);
  write_file_header(true, true, out);
  for (const auto& tag : tags) EXPECT_TRUE(write_tag(tag, out));
  return bytes;
}

std::vector<Bytes> seeds() {
  Metadata metadata;
  metadata.encoder = "seed";
  const Tag script = metadata_tag(metadata);
  return {seed(0, {}), seed(3, {script}),
          seed(255, {script, {TagType::kAudio, 0, {0xaf, 0, 0x12, 0x10}}}),
          seed(16, {{TagType::kVideo, 0xfffffff0, Bytes(300)}, {TagType::kVideo, 5, {}}}),
          seed(40, {{TagType::kVideo, 0, {0x17, 0, 0, 0, 0, 1}},
                    {TagType::kVideo, 0, {0x96, 0x11, 'h', 'v', 'c', '1', 0, 0, 0, 4, 0,
                                          0,    40,   7,   1,   0,   0,   3, 0, 0, 0}},
                    {TagType::kVideo, 0, {0x97, 2, 1, 2, 3, 3, 'a', 'v', 'c', '1', 7}},
                    {TagType::kAudio, 0, {0x95, 0x20, 'O', 'p', 'u', 's', 0, 0, 0, 1, 7}}})};
}

TEST(FlvFuzz, ReplaysItsSeeds) {
  for (const auto& bytes : seeds())
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
}

TEST(FlvFuzz, ReplaysDamagedSeeds) {
  std::mt19937 random(7);
  for (int round = 0; round < 5000; ++round) {
    const auto all = seeds();
    Bytes bytes = all[random() % all.size()];
    for (unsigned i = 0; i < 3; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    bytes.resize(random() % (bytes.size() + 1));
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
  }
}

}  // namespace
}  // namespace weir::flv
