#include "base/random.h"

#include <sys/random.h>
#include <cerrno>
#include <system_error>

namespace weir {
namespace {

class SystemRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) const override {
    while (!bytes.empty()) {
      const auto n = ::getrandom(bytes.data(), bytes.size(), 0);
      if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
      // A kernel without it is older than every system Weir builds on.
      if (n < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category());
    }
  }
};

}  // namespace

const Random& Random::system() {
  static const SystemRandom random;
  return random;
}

}  // namespace weir
