// Keeps a folder for one writer.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace weir {

/// While it lives nobody else gets a lock of that folder, in this process or another. It leaves no
/// file behind and ends with the process, however that ends. Where the file system knows no locks
/// everybody gets one.
class FolderLock {
 public:
  /// Of a folder that is there. kIo when somebody has it, or it cannot be opened.
  static Result<FolderLock> take(const std::string& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace weir
