// Fuzzes one side of a connection: the first byte says which and whether hands were shaken, the
// second how the others are cut into pieces. What is answered must be chunks again, and not much
// more than came in.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "rtmp/wire.h"

namespace {

using namespace weir;

class FixedRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) const override {
    std::fill(bytes.begin(), bytes.end(), std::uint8_t{0x5a});
  }
};

void give(rtmp::Wire& wire, ByteView bytes) {
  wire.feed(bytes);
  while (true) {
    const auto message = wire.next();
    if (!message || !*message) return;
  }
}

// As the other side would.
void shake_hands(rtmp::Wire& wire, bool server, const Random& random) {
  Bytes first, second;
  if (server) {
    rtmp::ClientHandshake other(random, first);
    give(wire, first);
    if (!other.receive(wire.take_output(), second)) std::abort();
    give(wire, second);
  } else {
    rtmp::ServerHandshake other(random);
    if (!other.receive(wire.take_output(), first)) std::abort();
    give(wire, first);
    if (!other.receive(wire.take_output(), second)) std::abort();
  }
  if (!wire.open()) std::abort();
}

void check(const Bytes& output, std::size_t given) {
  rtmp::ChunkReader reader;
  reader.feed(output);
  while (true) {
    const auto message = reader.next();
    if (!message) std::abort();
    if (!*message) break;
  }
  if (output.size() > 100 + 4 * given) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const bool server = (data[0] & 1) != 0;
  const bool shaken = (data[0] & 2) != 0;
  const FixedRandom random;
  rtmp::Wire wire(server ? rtmp::Role::kServer : rtmp::Role::kClient, random);
  if (shaken) shake_hands(wire, server, random);
  ByteView rest(data + 2, size - 2);
  while (!rest.empty()) {
    const std::size_t piece = std::min<std::size_t>(rest.size(), data[1] * 8u + 1);
    const Bytes own(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(piece));
    rest = rest.subspan(piece);
    give(wire, own);
  }
  if (shaken) check(wire.take_output(), size);
  return 0;
}
