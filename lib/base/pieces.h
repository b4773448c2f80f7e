// Bytes that lie in several places, in order: what is to be written need not be put together first.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace weir {

class Pieces {
 public:
  Pieces() = default;
  Pieces(Bytes bytes) { add(std::move(bytes)); }  // NOLINT: one piece is a case of several
  Pieces(Pieces&&) = default;
  Pieces& operator=(Pieces&&) = default;
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;

  void add(Bytes bytes) { borrow(keep(std::move(bytes))); }
  /// Bytes that lie elsewhere and must stay there as long as this is used.
  void borrow(ByteView bytes);
  /// Gives the place where the bytes stay for the life of this, for borrow().
  std::span<std::uint8_t> keep(Bytes bytes);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// None of them is empty.
  std::span<const ByteView> views() const { return views_; }
  Bytes joined() const;

 private:
  std::vector<Bytes> own_;  // moving one leaves its content where it is
  std::vector<ByteView> views_;
  std::size_t size_ = 0;
};

}  // namespace weir
