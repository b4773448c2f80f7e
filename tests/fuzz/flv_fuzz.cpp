// Fuzzes the FLV reader. The first byte says in pieces of how many bytes the rest is fed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "flv/tag.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = data[0] + 1u;
  weir::ByteView rest(data + 1, size - 1);
  weir::flv::TagReader reader;
  while (!rest.empty()) {
    const auto piece = rest.first(std::min(step, rest.size()));
    rest = rest.subspan(piece.size());
    reader.feed(piece);
    while (true) {
      const auto tag = reader.next();
      if (!tag) return 0;
      if (!*tag) break;
      if ((*tag)->body.size() > size || reader.pending() > size) std::abort();
    }
  }
  return 0;
}
