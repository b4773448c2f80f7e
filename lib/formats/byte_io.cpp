#include "formats/byte_io.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <new>

extern "C" {
#include <libavutil/mem.h>
}

namespace weir::formats {
namespace {

constexpr int kBufferBytes = 64 * 1024;

AVIOContext* make_io(bool writing, void* self, int (*read)(void*, std::uint8_t*, int),
                     int (*write)(void*, std::uint8_t*, int),
                     std::int64_t (*seek)(void*, std::int64_t, int)) {
  auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
  AVIOContext* io = buffer == nullptr ? nullptr
                                      : avio_alloc_context(buffer, kBufferBytes, writing ? 1 : 0,
                                                           self, read, nullptr, seek);
  if (io == nullptr) throw std::bad_alloc();
  // Assigned here because FFmpeg 7 made the buffer of this callback const.
  io->write_packet = reinterpret_cast<decltype(io->write_packet)>(write);
  return io;
}

std::int64_t seek_fd(int fd, std::int64_t offset, int whence) {
  if (whence == AVSEEK_SIZE) {
    struct stat info {};
    return fstat(fd, &info) == 0 ? info.st_size : AVERROR(errno);
  }
  const auto at = lseek(fd, offset, whence & ~AVSEEK_FORCE);
  return at >= 0 ? at : AVERROR(errno);
}

bool can_seek(int fd) {
  struct stat info {};
  return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace

void FreeIo::operator()(AVIOContext* io) const noexcept {
  av_freep(&io->buffer);
  avio_context_free(&io);
}

IoPtr make_reader(void* self, int (*read)(void*, std::uint8_t*, int),
                  std::int64_t (*seek)(void*, std::int64_t, int)) {
  return IoPtr(make_io(false, self, read, nullptr, seek));
}

FdReader::FdReader(int fd, const StopSource* stop)
    : fd_(fd),
      stop_(stop),
      seekable_(can_seek(fd)),
      io_(make_reader(this, &read, seekable_ ? &seek : nullptr)) {}

int FdReader::read(void* opaque, std::uint8_t* to, int size) {
  auto* self = static_cast<FdReader*>(opaque);
  while (true) {
    pollfd waits[2] = {{self->fd_, POLLIN, 0}, {self->stop_ ? self->stop_->fd() : -1, POLLIN, 0}};
    if (poll(waits, 2, -1) < 0 && errno != EINTR) return AVERROR(errno);
    if (self->stop_ != nullptr && self->stop_->requested()) return AVERROR_EXIT;
    if (waits[0].revents == 0) continue;
    const auto n = ::read(self->fd_, to, static_cast<std::size_t>(size));
    if (n > 0) return static_cast<int>(n);
    if (n == 0) return AVERROR_EOF;
    if (errno != EINTR && errno != EAGAIN) return AVERROR(errno);
  }
}

std::int64_t FdReader::seek(void* self, std::int64_t offset, int whence) {
  return seek_fd(static_cast<FdReader*>(self)->fd_, offset, whence);
}

FdWriter::FdWriter(int fd)
    : fd_(fd), io_(make_io(true, this, nullptr, &write, can_seek(fd) ? &seek : nullptr)) {}

int FdWriter::write(void* opaque, std::uint8_t* from, int size) {
  auto* self = static_cast<FdWriter*>(opaque);
  int left = size;
  while (left > 0 && self->error_ == 0) {
    const auto n = ::write(self->fd_, from + (size - left), static_cast<std::size_t>(left));
    if (n >= 0) left -= static_cast<int>(n);
    if (n >= 0 || errno == EINTR) continue;
    pollfd wait{self->fd_, POLLOUT, 0};
    if (errno != EAGAIN || poll(&wait, 1, -1) < 0) self->error_ = errno;
  }
  return self->error_ == 0 ? size : AVERROR(self->error_);
}

std::int64_t FdWriter::seek(void* self, std::int64_t offset, int whence) {
  return seek_fd(static_cast<FdWriter*>(self)->fd_, offset, whence);
}

}  // namespace weir::formats
