// Fuzzes the way from an FLV file to canonical packets.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "formats/flv_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  weir::flv::TagReader reader;
  reader.feed({data, size});
  weir::formats::FlvStream stream("a file");
  std::size_t bytes = 0;
  const auto take = [&] {
    while (stream.ready()) {
      const auto packet = stream.next();
      if (!packet) return;
      bytes += packet->bytes().size();
      if (packet->dts() > packet->pts()) std::abort();
    }
  };
  while (true) {
    const auto tag = reader.next();
    if (!tag || !*tag || !stream.push(**tag)) break;
    take();
  }
  (void)stream.finish();
  take();
  // A frame becomes longer by the parameter sets and start codes that go in front of it, no more.
  if (bytes > 64 * size + (1 << 20)) std::abort();
  return 0;
}
