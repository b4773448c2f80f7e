// Random bytes that anybody can guess: 1, 2, 3, …
#pragma once

#include "base/random.h"

namespace weir::support {

class CountingRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) const override {
    for (auto& byte : bytes) byte = ++last_;
  }

 private:
  mutable std::uint8_t last_ = 0;
};

}  // namespace weir::support
