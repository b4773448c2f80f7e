#include "base/write_all.h"

#include <poll.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace weir {
namespace {

constexpr std::size_t kAtOnce = 1024;  // IOV_MAX of Linux
// For more the page cache takes large folios, which are seldom memory that was just in use: that
// costs three times the processor time.
constexpr std::size_t kBytesAtOnce = 256 << 10;

/// Where writing goes on.
struct Place {
  std::size_t view = 0;
  std::size_t offset = 0;

  void pass(std::span<const ByteView> views, std::size_t count) {
    for (offset += count; view < views.size() && offset >= views[view].size(); ++view)
      offset -= views[view].size();
  }
};

int gather(std::span<const ByteView> views, Place place, std::span<iovec> into) {
  int count = 0;
  std::size_t room = kBytesAtOnce;
  for (std::size_t i = place.view; i < views.size() && count < std::ssize(into) && room > 0; ++i) {
    ByteView rest = views[i].subspan(i == place.view ? place.offset : 0);
    rest = rest.first(std::min(rest.size(), room));
    room -= rest.size();
    into[static_cast<std::size_t>(count++)] = {const_cast<std::uint8_t*>(rest.data()), rest.size()};
  }
  return count;
}

// errno, or 0.
int wait_for_room(int fd) {
  pollfd wait{fd, POLLOUT, 0};
  return ::poll(&wait, 1, -1) < 0 && errno != EINTR ? errno : 0;
}

}  // namespace

int write_all(int fd, std::span<const ByteView> views) {
  std::array<iovec, kAtOnce> parts;
  Place place;
  place.pass(views, 0);  // what is empty at the begin
  while (place.view < views.size()) {
    const auto written = ::writev(fd, parts.data(), gather(views, place, parts));
    if (written > 0) place.pass(views, static_cast<std::size_t>(written));
    if (written >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return errno;
    if (const int error = wait_for_room(fd)) return error;
  }
  return 0;
}

int write_all(int fd, ByteView bytes) {
  return write_all(fd, std::span(&bytes, 1));
}

}  // namespace weir
