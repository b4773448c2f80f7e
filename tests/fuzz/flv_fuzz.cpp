// Fuzzes the readers of FLV tags and of their bodies. The first byte says in pieces of how many
// bytes the rest is fed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "flv/body_reader.h"
#include "flv/tag.h"

namespace {

// What is told of a body lies within it.
void check_body(const weir::flv::Tag& tag) {
  const auto parts = weir::flv::read_body(tag);
  if (!parts) return;
  const auto* end = tag.body.data() + tag.body.size();
  std::size_t sum = 0;
  for (const auto& part : *parts) {
    sum += part.bytes.size();
    if (part.nanoseconds > 999'999 || part.track < 0 || part.track > 255) std::abort();
    if (!part.bytes.empty() && part.bytes.data() + part.bytes.size() > end) std::abort();
  }
  if (sum > tag.body.size()) std::abort();
}

}  // namespace

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
      check_body(**tag);
    }
  }
  return 0;
}
