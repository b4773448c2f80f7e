// Any bytes, at once and broken anywhere, are answered alike, with a frame that is whole.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "edge/websocket.h"

using weir::ByteView;
using weir::edge::WebSocketReader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes(data + 1, size - 1);
  WebSocketReader whole, broken;
  whole.feed(bytes);
  const std::size_t step = data[0] % 16 + 1U;
  for (std::size_t at = 0; at < bytes.size(); at += step)
    broken.feed(bytes.subspan(at, std::min(step, bytes.size() - at)));
  const auto reply = whole.take_reply();
  if (reply != broken.take_reply() || whole.is_over() != broken.is_over()) std::abort();
  if (whole.is_over() && (!reply || (*reply)[0] != 0x88)) std::abort();
  if (reply && (reply->size() < 2 || reply->size() != 2U + (*reply)[1])) std::abort();
  return 0;
}
