#include "base/store.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <filesystem>

#include "base/os_error.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kPublic = 0666;
constexpr unsigned kPrivate = 0640;

// Errors of write() and close() both count: a full disk may show at either.
int write_file(const std::string& path, ByteView bytes, unsigned mode) {
  // What a killed run left keeps its rights when it is opened again.
  if (mode == kPrivate) ::unlink(path.c_str());
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return errno;
  int error = 0;
  while (!bytes.empty() && error == 0) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n >= 0)
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    else if (errno != EINTR)
      error = errno;
  }
  if (::close(fd) != 0 && error == 0) error = errno;
  return error;
}

}  // namespace

Result<void> check_store_name(std::string_view name) {
  const fs::path path(name);
  bool good = !name.empty() && path.is_relative();
  for (const auto& part : path) good = good && part != "..";
  if (!good) return fail(Code::kUsage, "'{}' is not a name inside the output folder", name);
  return {};
}

Result<void> Store::put_private(std::string_view name, ByteView bytes) {
  return put(name, bytes);
}

Result<void> Store::put_segment(std::string_view name, Bytes bytes, Micros) {
  return put(name, bytes);
}

Result<void> Store::put_listing(std::string_view name, Listing listing) {
  return put(name, listing([](std::string_view) { return false; }));
}

Result<void> Store::flush() {
  return {};
}

Result<std::unique_ptr<FolderStore>> FolderStore::open(std::string root) {
  std::error_code error;
  fs::create_directories(root, error);
  if (error)
    return fail(Code::kIo, "cannot make folder '{}': {}", root, os_error_text(error.value()));
  if (!fs::is_directory(root, error))
    return fail(Code::kIo, "cannot write to '{}': it is not a folder", root);
  if (::access(root.c_str(), W_OK | X_OK) != 0)
    return fail(Code::kIo, "cannot write to '{}': {}", root, os_error_text(errno));
  return std::unique_ptr<FolderStore>(new FolderStore(std::move(root)));
}

Result<void> FolderStore::put(std::string_view name, ByteView bytes) {
  return write(name, bytes, kPublic);
}

Result<void> FolderStore::put_private(std::string_view name, ByteView bytes) {
  return write(name, bytes, kPrivate);
}

Result<void> FolderStore::write(std::string_view name, ByteView bytes, unsigned mode) {
  WEIR_TRY(check_store_name(name));
  const fs::path path = fs::path(root_) / name;
  const std::string temporary =
      (path.parent_path() / ("." + path.filename().string() + ".tmp")).string();
  int error = write_file(temporary, bytes, mode);
  if (error == ENOENT) {
    std::error_code ignored;  // the write below names the reason
    fs::create_directories(path.parent_path(), ignored);
    error = write_file(temporary, bytes, mode);
  }
  if (error == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(temporary.c_str());
  return fail(Code::kIo, "cannot write '{}': {}", path.string(), os_error_text(error));
}

Result<void> FolderStore::remove(std::string_view name) {
  WEIR_TRY(check_store_name(name));
  const std::string path = (fs::path(root_) / name).string();
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return fail(Code::kIo, "cannot remove '{}': {}", path, os_error_text(errno));
  return {};
}

Result<void> MemoryStore::put(std::string_view name, ByteView bytes) {
  WEIR_TRY(check_store_name(name));
  const std::lock_guard lock(mutex_);
  files_[std::string(name)] = Bytes(bytes.begin(), bytes.end());
  return {};
}

Result<void> MemoryStore::remove(std::string_view name) {
  WEIR_TRY(check_store_name(name));
  const std::lock_guard lock(mutex_);
  files_.erase(std::string(name));
  return {};
}

std::map<std::string, Bytes> MemoryStore::files() const {
  const std::lock_guard lock(mutex_);
  return files_;
}

}  // namespace weir
