#include "base/pieces.h"

namespace weir {

std::span<std::uint8_t> Pieces::keep(Bytes bytes) {
  return own_.emplace_back(std::move(bytes));
}

void Pieces::borrow(ByteView bytes) {
  if (bytes.empty()) return;
  views_.push_back(bytes);
  size_ += bytes.size();
}

Bytes Pieces::joined() const {
  Bytes out;
  out.reserve(size_);
  for (const ByteView view : views_) out.insert(out.end(), view.begin(), view.end());
  return out;
}

}  // namespace weir
