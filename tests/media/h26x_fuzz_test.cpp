// Replays headers of real encoders, whole and damaged, through the fuzz target.
#include "fuzz/h26x_fuzz.cpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "support/coded_stream.h"

namespace weir::media {
namespace {

std::vector<Bytes> seeds() {
  std::vector<Bytes> all;
  const auto add = [&](std::uint8_t first, ByteView bytes) {
    all.push_back({first});
    all.back().insert(all.back().end(), bytes.begin(), bytes.end());
  };
  for (const char* encoder : {"libx264", "libx265"}) {
    support::VideoSpec spec;
    spec.encoder = encoder;
    spec.frames = 2;
    const bool hevc = spec.encoder == "libx265";
    if (hevc) spec.options = {{"x265-params", "log-level=none:repeat-headers=1"}};
    const auto stream = support::encode_video(spec);
    const std::uint8_t first = hevc ? 1 : 0;
    const auto unit = stream.packets.front().bytes();
    add(first, unit);
    add(first, *decoder_configuration(stream.track.codec(), unit));
    add(first, find_parameter_sets(stream.track.codec(), unit).sps.front());
  }
  return all;
}

TEST(H26xFuzz, ReplaysItsSeeds) {
  for (const auto& bytes : seeds())
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
}

TEST(H26xFuzz, ReplaysDamagedSeeds) {
  std::mt19937 random(7);
  const auto all = seeds();
  for (int round = 0; round < 10000; ++round) {
    Bytes bytes = all[random() % all.size()];
    for (unsigned i = 0; i < 3; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    bytes.resize(random() % (bytes.size() + 1));
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
  }
}

}  // namespace
}  // namespace weir::media
