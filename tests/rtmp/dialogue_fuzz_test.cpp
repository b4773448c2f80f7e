// Replays whole conversations, and damaged ones, through the fuzz target.
#define LLVMFuzzerTestOneInput fuzz_dialogue  // another target is in this program too
#include "fuzz/dialogue_fuzz.cpp"

#include <gtest/gtest.h>

#include <random>

#include "captured.h"

namespace weir::rtmp {
namespace {

Bytes input_of(const std::vector<Message>& messages) {
  Bytes out;
  ByteWriter writer(out);
  for (const auto& message : messages) {
    writer.u8(static_cast<std::uint8_t>(message.type));
    writer.u8(message.stream);
    writer.u8(0);
    writer.u16(message.body.size());
    writer.bytes(message.body);
  }
  return out;
}

std::vector<Message> answers_of_a_server() {
  ServerDialogue server(our_capabilities(kCanForward));
  std::vector<Message> out;
  for (auto message : obs_publishes()) {
    EXPECT_TRUE(server.take(std::move(message)));
    answer(server);
    for (auto& answered : server.take_output()) out.push_back(std::move(answered));
  }
  return out;
}

std::vector<Bytes> seeds() {
  auto with_media = ffmpeg_publishes();
  with_media.push_back({MessageType::kVideo, 1, 0, {0x17, 1, 0, 0, 0}});
  with_media.push_back(
      {MessageType::kAggregate, 1, 0, {9, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x17, 0, 0, 0, 12}});
  with_media.push_back({MessageType::kAmf3Data, 1, 0, {0, 2, 0, 1, 'x'}});
  return {input_of(with_media), input_of(ffmpeg_plays()), input_of(rtmpdump_plays()),
          input_of(obs_publishes()), input_of(answers_of_a_server())};
}

TEST(DialogueFuzz, ReplaysItsSeeds) {
  for (const auto& bytes : seeds())
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
}

TEST(DialogueFuzz, ReplaysDamagedSeeds) {
  std::mt19937 random(13);
  const auto all = seeds();
  for (int round = 0; round < 5000; ++round) {
    Bytes bytes = all[random() % all.size()];
    for (unsigned i = 0; i < 3; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    if (round % 2 == 0) bytes.resize(random() % (bytes.size() + 1));
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
  }
}

}  // namespace
}  // namespace weir::rtmp
