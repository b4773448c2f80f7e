// File descriptors as libavformat's byte streams.
#pragma once

#include <memory>

#include "base/stop.h"
#include "media/av_ptr.h"

namespace weir::formats {

struct FreeIo {
  void operator()(AVIOContext* io) const noexcept;
};
using IoPtr = std::unique_ptr<AVIOContext, FreeIo>;
/// One that libavformat opened.
struct CloseIo {
  void operator()(AVIOContext* io) const noexcept { avio_close(io); }
};
using UrlIoPtr = std::unique_ptr<AVIOContext, CloseIo>;

/// One that calls `read` and, unless it is null, `seek`, as avio_alloc_context() has them, with
/// `self`.
IoPtr make_reader(void* self, int (*read)(void*, std::uint8_t*, int),
                  std::int64_t (*seek)(void*, std::int64_t, int));

/// Reads a descriptor it borrows. A read blocks until there is something, hands out what is there,
/// and ends with AVERROR_EXIT once a stop is requested. Seeks when the descriptor can.
class FdReader {
 public:
  FdReader(int fd, const StopSource* stop);
  AVIOContext* io() { return io_.get(); }
  bool seekable() const { return seekable_; }

 private:
  static int read(void* self, std::uint8_t* to, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  int fd_;
  const StopSource* stop_;
  bool seekable_;
  IoPtr io_;
};

/// Writes to a descriptor it borrows, all or nothing of each call.
class FdWriter {
 public:
  explicit FdWriter(int fd);
  AVIOContext* io() { return io_.get(); }
  /// errno of the first write that failed, 0 while all went well; EPIPE: the reader has gone.
  int error() const { return error_; }

 private:
  static int write(void* self, std::uint8_t* from, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  int fd_;
  int error_ = 0;
  IoPtr io_;
};

}  // namespace weir::formats
