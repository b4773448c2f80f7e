// Bytes of an FLV on their way into the file system; for the outputs of flv_output.h alone.
#pragma once

#include <sys/types.h>
#include <unistd.h>
#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "flv/metadata.h"

namespace weir::publish {

/// A descriptor that is closed with its owner, unless it is standard output.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  /// errno, or 0: some file systems tell of a full disk only here.
  int close() {
    const int fd = std::exchange(fd_, -1);
    return fd > STDERR_FILENO && ::close(fd) != 0 ? errno : 0;
  }

 private:
  int fd_;
};

tl::unexpected<Error> write_failure(const std::string& name, int error);
/// The file header for what the metadata tells of.
Bytes flv_file_start(const flv::Metadata& metadata);

/// Tags in a file.
struct FlvRegion {
  int fd = -1;
  off_t at = 0;
  off_t size = 0;
};
/// Writes header, onMetaData with index, and the tags under a temporary name, which then becomes
/// `path`. Key frames in `metadata` are offsets in the region. kIo.
Result<void> replace_file(const std::filesystem::path& path, flv::Metadata metadata,
                          FlvRegion tags);

}  // namespace weir::publish
