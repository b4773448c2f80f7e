#include "base/store.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "base/folder_file.h"
#include "base/os_error.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

Result<void> put_whole(Result<std::unique_ptr<StoreFile>> file, const Pieces& pieces) {
  if (!file) return fail(std::move(file).error());
  WEIR_TRY((*file)->append(pieces));
  return (*file)->commit();
}

Result<void> put_whole(Result<std::unique_ptr<StoreFile>> file, ByteView bytes) {
  Pieces one;
  one.borrow(bytes);
  return put_whole(std::move(file), one);
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

Result<void> Store::put_segment(std::string_view name, const Pieces& pieces, Micros) {
  return put(name, pieces.joined());
}

Result<void> Store::put_listing(std::string_view name, Listing listing) {
  return put(name, listing([](std::string_view) { return false; }));
}

Result<std::optional<Bytes>> Store::get(std::string_view name) {
  return fail(Code::kUnsupported, "'{}' cannot be read back from where it was put", name);
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
  return put_whole(begin(name, false), bytes);
}

Result<void> FolderStore::put_private(std::string_view name, ByteView bytes) {
  return put_whole(begin(name, true), bytes);
}

Result<void> FolderStore::put_segment(std::string_view name, const Pieces& pieces, Micros) {
  return put_whole(begin(name, false), pieces);
}

Result<std::unique_ptr<StoreFile>> FolderStore::open_file(std::string_view name) {
  return begin(name, false);
}

Result<std::unique_ptr<StoreFile>> FolderStore::begin(std::string_view name, bool is_private) {
  WEIR_TRY(check_store_name(name));
  const fs::path path = fs::path(root_) / name;
  const fs::path folder = path.parent_path();
  auto file = std::make_unique<FolderFile>(path.string());
  int error = file->open(is_private);
  if (error == ENOENT && is_known(folder))
    return fail(Code::kIo, "cannot write '{}': its folder was removed while it was in use",
                path.string());
  if (error == ENOENT) {
    std::error_code ignored;  // the attempt below names the reason
    fs::create_directories(folder, ignored);
    error = file->open(is_private);
  }
  if (error != 0)
    return fail(Code::kIo, "cannot write '{}': {}", path.string(), os_error_text(error));
  know(folder);
  return file;
}

// When the root is gone, so is all below it.
bool FolderStore::is_known(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  return known_.contains(folder) || ::access(root_.c_str(), F_OK) != 0;
}

void FolderStore::know(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  if (!known_.contains(folder)) known_.insert(folder);
}

Result<std::optional<Bytes>> FolderStore::get(std::string_view name) {
  WEIR_TRY(check_store_name(name));
  const std::string path = (fs::path(root_) / name).string();
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error == std::errc::no_such_file_or_directory) return std::nullopt;
  Bytes bytes(error ? 0 : size);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (file && !error) return bytes;
  return fail(Code::kIo, "cannot read '{}': {}", path,
              os_error_text(error ? error.value() : errno));
}

Result<void> FolderStore::remove(std::string_view name) {
  WEIR_TRY(check_store_name(name));
  const fs::path path = fs::path(root_) / name;
  remove_unfinished(name);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return fail(Code::kIo, "cannot remove '{}': {}", path.string(), os_error_text(errno));
  return {};
}

void FolderStore::remove_unfinished(std::string_view name) {
  if (check_store_name(name)) (void)::unlink(temporary_of(fs::path(root_) / name).c_str());
}

Result<void> MemoryStore::put(std::string_view name, ByteView bytes) {
  WEIR_TRY(check_store_name(name));
  const std::lock_guard lock(mutex_);
  files_[std::string(name)] = Bytes(bytes.begin(), bytes.end());
  return {};
}

Result<std::optional<Bytes>> MemoryStore::get(std::string_view name) {
  WEIR_TRY(check_store_name(name));
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(std::string(name));
  if (found == files_.end()) return std::nullopt;
  return found->second;
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
