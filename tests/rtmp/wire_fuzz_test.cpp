// Replays inputs of our own making, whole and damaged, through the fuzz target.
#define LLVMFuzzerTestOneInput fuzz_wire  // other targets are in this program too
#include "fuzz/wire_fuzz.cpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace weir::rtmp {
namespace {

int run(const Bytes& bytes) {
  return LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

// Every control message, and one that is handed out.
Bytes controls(std::uint8_t kind) {
  Bytes out = {kind, 3};
  ChunkWriter writer;
  for (std::uint8_t type = 3; type < 7; ++type)
    for (std::uint8_t event = 0; event < 8; ++event) {
      const Bytes body = {0, event, 0, 0, 0, 1};
      EXPECT_TRUE(writer.write({static_cast<MessageType>(type), 0, 0, body}, 2, out));
    }
  EXPECT_TRUE(writer.write({MessageType::kCommand, 0, 0, Bytes(200)}, 3, out));
  return out;
}

std::vector<Bytes> seeds() {
  Bytes hello = {1, 100};
  const FixedRandom random;
  ClientHandshake client(random, hello);
  hello.resize(hello.size() + kHandshakePacket);
  return {controls(2), controls(3), hello, {1, 0, 6}, {0, 0, 3}};
}

TEST(WireFuzz, ReplaysItsSeeds) {
  for (const auto& bytes : seeds()) EXPECT_EQ(run(bytes), 0);
}

TEST(WireFuzz, ReplaysDamagedSeeds) {
  std::mt19937 random(3);
  const auto all = seeds();
  for (int round = 0; round < 3000; ++round) {
    Bytes bytes = all[random() % all.size()];
    for (unsigned i = 0; i < 3; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    bytes.resize(1 + random() % bytes.size());
    EXPECT_EQ(run(bytes), 0);
  }
}

}  // namespace
}  // namespace weir::rtmp
