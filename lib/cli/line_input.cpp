#include "cli/line_input.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/os_error.h"

namespace weir::cli {

Result<LineInput> LineInput::open(const std::string& path) {
  if (path == "-") return LineInput(STDIN_FILENO, false);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(Code::kIo, "cannot open '{}': {}", path, os_error_text(errno));
  return LineInput(fd, true);
}

LineInput::LineInput(LineInput&& other) noexcept
    : fd_(other.fd_), own_(std::exchange(other.own_, false)) {}

LineInput::~LineInput() {
  if (own_) ::close(fd_);
}

bool LineInput::take(Line& line) {
  const auto end = buffer_.find('\n', seen_);
  seen_ = buffer_.size();
  if (end == buffer_.npos && !(ended_ && begin_ < buffer_.size())) return false;
  line.text = std::string_view(buffer_).substr(begin_, end == buffer_.npos ? end : end - begin_);
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  line.cut = std::exchange(cut_, false);
  begin_ = seen_ = end == buffer_.npos ? buffer_.size() : end + 1;
  return true;
}

bool LineInput::ready(bool wait, const StopSource& stop) const {
  std::array<pollfd, 2> waits{pollfd{fd_, POLLIN, 0}, pollfd{stop.fd(), POLLIN, 0}};
  return ::poll(waits.data(), waits.size(), wait ? -1 : 0) > 0 && waits[0].revents != 0;
}

// The rest of a line that is too long is dropped while it is read, and its beginning kept.
void LineInput::keep(std::string_view bytes) {
  const auto end = bytes.find('\n');
  const std::size_t line = buffer_.size() - begin_ + std::min(end, bytes.size());
  if (buffer_.find('\n', seen_) == buffer_.npos && line > kLongestLine) {
    const std::size_t room = kLongestLine - std::min(kLongestLine, buffer_.size() - begin_);
    buffer_ += bytes.substr(0, room);
    bytes = end == bytes.npos ? std::string_view() : bytes.substr(end);
    cut_ = true;
  }
  buffer_ += bytes;
}

Result<bool> LineInput::fill() {
  buffer_.erase(0, begin_);
  seen_ -= begin_;
  begin_ = 0;
  std::array<char, 64 * 1024> bytes;
  const auto size = ::read(fd_, bytes.data(), bytes.size());
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) return false;
  if (size < 0) return fail(Code::kIo, "cannot read the input: {}", os_error_text(errno));
  ended_ = size == 0;
  keep(std::string_view(bytes.data(), static_cast<std::size_t>(size)));
  return true;
}

Result<LineInput::Next> LineInput::next(Line& line, bool wait, const StopSource& stop) {
  while (!stop.requested()) {
    if (take(line)) return Next::kLine;
    if (ended_) return Next::kEnd;
    if (!ready(wait, stop)) return stop.requested() ? Next::kEnd : Next::kNothing;
    WEIR_TRY_ASSIGN(const bool read, fill());
    if (!read) return Next::kNothing;
  }
  return Next::kEnd;
}

}  // namespace weir::cli
