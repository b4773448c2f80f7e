#include "base/stop.h"

#include <sys/eventfd.h>
#include <unistd.h>
#include <cerrno>
#include <cstdint>

namespace weir {

StopSource::StopSource() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StopSource::~StopSource() {
  if (fd_ >= 0) close(fd_);
}

void StopSource::request() noexcept {
  requested_.store(true, std::memory_order_relaxed);
  const int saved = errno;  // a signal handler must leave errno alone
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
  errno = saved;
}

}  // namespace weir
