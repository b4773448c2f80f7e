// Bytes nobody can guess, passed in so that tests can say what they are.
#pragma once

#include <cstdint>
#include <span>

namespace weir {

/// Threads: all calls are safe from any thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) const = 0;
  /// The kernel's generator, fit for keys.
  static const Random& system();
};

}  // namespace weir
