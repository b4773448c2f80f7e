// Where finished files go: put named bytes whole, or not at all.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace weir {

/// Names are relative, with '/' between folders, never leading outside ("..", absolute: refused).
/// Threads: all calls are safe from any thread; two calls on one name must be ordered by the
/// caller.
class Store {
 public:
  virtual ~Store() = default;
  /// A reader of `name` sees the old bytes or all of the new ones, never part of them.
  virtual Result<void> put(std::string_view name, ByteView bytes) = 0;
  /// Removing what is not there is no failure.
  virtual Result<void> remove(std::string_view name) = 0;
};

/// Files below a folder: written under a temporary name beside the final one, then renamed.
/// Folders are made as needed; a failed put() leaves no temporary file behind.
class FolderStore : public Store {
 public:
  /// Makes the folder if it is not there. Fails with kIo, naming the path and the reason.
  static Result<std::unique_ptr<FolderStore>> open(std::string root);
  Result<void> put(std::string_view name, ByteView bytes) override;
  Result<void> remove(std::string_view name) override;

 private:
  explicit FolderStore(std::string root) : root_(std::move(root)) {}
  std::string root_;
};

/// Keeps everything in memory, for tests.
class MemoryStore : public Store {
 public:
  Result<void> put(std::string_view name, ByteView bytes) override;
  Result<void> remove(std::string_view name) override;
  /// A copy of what is there now.
  std::map<std::string, Bytes> files() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Bytes> files_;  // guarded by mutex_
};

}  // namespace weir
