#include "cli/words.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

namespace weir::cli {
namespace {

constexpr std::string_view kEraseLine = "\r\x1b[K";

std::size_t terminal_width(int fd) {
  winsize size{};
  const bool known = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col : 80;
}

}  // namespace

void Words::write_all(std::string_view text) const {
  while (!text.empty()) {
    const auto n = ::write(fd_, text.data(), text.size());
    if (n < 0 && errno != EINTR) return;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
}

// A line as wide as the terminal would wrap, and the wrapped part could not be erased.
std::string Words::drawn() const {
  return std::string(kEraseLine) + status_.substr(0, terminal_width(fd_) - 1);
}

void Words::line(std::string_view text) {
  std::string whole(text);
  std::replace(whole.begin(), whole.end(), '\n', ' ');
  whole += '\n';
  const std::lock_guard lock(mutex_);
  if (!status_.empty()) whole = std::string(kEraseLine) + whole + drawn();
  write_all(whole);
}

void Words::status(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (!terminal_ || (text.empty() && status_.empty())) return;
  status_ = text;
  write_all(drawn());
}

void Words::keep_status() {
  const std::lock_guard lock(mutex_);
  if (!status_.empty()) write_all("\n");
  status_.clear();
}

}  // namespace weir::cli
