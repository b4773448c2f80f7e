// Fuzzes the reader of chunks: the first byte says how the others are cut into pieces. What was
// read must not depend on that, must keep to the limits, and must survive being written again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "rtmp/chunk_reader.h"
#include "rtmp/chunk_writer.h"

namespace {

using namespace weir;

constexpr rtmp::ChunkLimits kLimits{
    .video = 4000, .other = 1000, .chunk_streams = 8, .unfinished = 6000};

std::vector<rtmp::Message> read(ByteView bytes, std::size_t piece, rtmp::ChunkLimits limits) {
  rtmp::ChunkReader reader(limits);
  std::vector<rtmp::Message> out;
  while (!bytes.empty()) {
    const Bytes own(bytes.begin(), bytes.begin() + std::min(piece, bytes.size()));
    bytes = bytes.subspan(own.size());
    reader.feed(own);
    while (true) {
      auto message = reader.next();
      if (!message) return out;
      if (!*message) break;
      out.push_back(std::move(**message));
    }
  }
  return out;
}

Bytes write(const std::vector<rtmp::Message>& messages) {
  rtmp::ChunkWriter writer;
  Bytes out;
  for (const auto& message : messages)
    if (!writer.write(message, 4, out)) std::abort();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes(data + 1, size - 1);
  const auto messages = read(bytes, bytes.size() + 1, kLimits);
  if (messages != read(bytes, data[0] + std::size_t{1}, kLimits)) std::abort();
  for (const auto& message : messages)
    if (message.body.size() > kLimits.video) std::abort();
  if (read(write(messages), 77, {}) != messages) std::abort();
  return 0;
}
