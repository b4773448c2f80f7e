// Room that grows and is used again: nothing is made or cleared between one text and the next.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace weir::safety {

/// For plain values only. What is in it is lost when it grows.
template <typename T>
class Grown {
 public:
  /// Room for `size` values, of which none is there.
  T* start(std::size_t size) {
    if (size > room_) {
      values_.reset();
      values_ = std::make_unique_for_overwrite<T[]>(size);
      room_ = size;
    }
    size_ = 0;
    return values_.get();
  }
  /// So many were written.
  void finish(std::size_t size) { size_ = size; }
  /// Gives the room back when it is larger than that.
  void trim(std::size_t most) {
    if (room_ <= most) return;
    values_.reset();
    room_ = size_ = 0;
  }

  std::size_t size() const { return size_; }
  const T* data() const { return values_.get(); }
  const T& operator[](std::size_t i) const { return values_[i]; }
  std::span<const T> view() const { return {values_.get(), size_}; }

 private:
  std::unique_ptr<T[]> values_;
  std::size_t room_ = 0;
  std::size_t size_ = 0;
};

}  // namespace weir::safety
