// Fuzzes the readers of FLV tags and of their bodies. The first byte says in pieces of how many
// bytes the rest is fed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "flv/body_reader.h"
#include "flv/channels.h"
#include "flv/colour_info.h"
#include "flv/file_scan.h"
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
    (void)weir::flv::read_colour_info(part.bytes);
    weir::flv::ChannelLayout layout;
    if (weir::flv::read_channels(part.bytes, layout) && layout.nb_channels < 1) std::abort();
    if (part.nanoseconds > 999'999 || part.track < 0 || part.track > 255) std::abort();
    if (!part.bytes.empty() && part.bytes.data() + part.bytes.size() > end) std::abort();
  }
  if (sum > tag.body.size()) std::abort();
}

void check_scan(weir::ByteView bytes) {
  weir::flv::FileScan scan;
  (void)scan.feed(bytes);
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (scan.whole_size() > size || scan.media_start() > scan.whole_size()) std::abort();
  for (const auto& frame : scan.key_frames())
    if (bytes[static_cast<std::size_t>(frame.position)] != 9) std::abort();
}

// False when more is to be fed.
bool read_tag(weir::flv::TagReader& reader, std::size_t size, bool end) {
  const auto tag = reader.next();
  if (reader.pending() > size || reader.skipped() > reader.consumed()) std::abort();
  if (!tag || (!*tag && end)) return reader.resync(end);
  if (!*tag) return false;
  if ((*tag)->body.size() > size) std::abort();
  check_body(**tag);
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = data[0] + 1u;
  weir::ByteView rest(data + 1, size - 1);
  check_scan(rest);
  weir::flv::TagReader reader;
  while (!rest.empty()) {
    const auto piece = rest.first(std::min(step, rest.size()));
    rest = rest.subspan(piece.size());
    reader.feed(piece);
    while (read_tag(reader, size, false)) continue;
  }
  while (read_tag(reader, size, true)) continue;
  return 0;
}
