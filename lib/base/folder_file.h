// A file of a folder on its way: under a temporary name beside the final one until it is whole.
#pragma once

#include <string>

#include "base/store.h"

namespace weir {

/// Where a file is written until it is whole.
std::string temporary_of(const std::string& path);

class FolderFile : public StoreFile {
 public:
  explicit FolderFile(std::string path) : path_(std::move(path)) {}
  /// Leaves no temporary file behind.
  ~FolderFile() override;
  FolderFile(const FolderFile&) = delete;
  FolderFile& operator=(const FolderFile&) = delete;

  /// errno, or 0; may be tried again. With mode 0666, or 0640 and at no moment more, less what the
  /// umask takes away.
  int open(bool is_private);
  Result<void> append(const Pieces& pieces) override;
  Result<void> commit() override;

 private:
  Result<void> failed(int error) const;

  const std::string path_;
  int fd_ = -1;
  bool committed_ = false;
};

}  // namespace weir
