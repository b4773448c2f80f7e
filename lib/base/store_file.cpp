// Files that come in pieces.
#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/os_error.h"
#include "base/store.h"
#include "base/write_all.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

class FolderFile : public StoreFile {
 public:
  FolderFile(std::string path, std::string temporary)
      : path_(std::move(path)), temporary_(std::move(temporary)) {}
  ~FolderFile() override {
    if (fd_ >= 0) ::close(fd_);
    if (!committed_) ::unlink(temporary_.c_str());
  }

  Result<void> open() {
    constexpr int kNew = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
    fd_ = ::open(temporary_.c_str(), kNew, 0666);
    if (fd_ < 0 && errno == ENOENT) {
      std::error_code ignored;  // the next attempt names the reason
      fs::create_directories(fs::path(path_).parent_path(), ignored);
      fd_ = ::open(temporary_.c_str(), kNew, 0666);
    }
    return fd_ < 0 ? failed(errno) : Result<void>();
  }

  Result<void> append(const Pieces& pieces) override {
    const int error = write_all(fd_, pieces.views());
    return error != 0 ? failed(error) : Result<void>();
  }

  // A full disk may show at closing.
  Result<void> commit() override {
    if (::close(std::exchange(fd_, -1)) != 0) return failed(errno);
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return failed(errno);
    committed_ = true;
    return {};
  }

 private:
  Result<void> failed(int error) const {
    return fail(Code::kIo, "cannot write '{}': {}", path_, os_error_text(error));
  }

  const std::string path_, temporary_;
  int fd_ = -1;
  bool committed_ = false;
};

class MemoryFile : public StoreFile {
 public:
  MemoryFile(MemoryStore& store, std::string_view name) : store_(store), name_(name) {}
  Result<void> append(const Pieces& pieces) override {
    for (const ByteView view : pieces.views())
      bytes_.insert(bytes_.end(), view.begin(), view.end());
    return {};
  }
  Result<void> commit() override { return store_.put(name_, bytes_); }

 private:
  MemoryStore& store_;
  const std::string name_;
  Bytes bytes_;
};

}  // namespace

Result<std::unique_ptr<StoreFile>> Store::open_file(std::string_view name) {
  return fail(Code::kUnsupported, "'{}' cannot be put in pieces there: write to a folder", name);
}

Result<std::unique_ptr<StoreFile>> FolderStore::open_file(std::string_view name) {
  WEIR_TRY(check_store_name(name));
  const fs::path path = fs::path(root_) / name;
  const fs::path temporary = path.parent_path() / ("." + path.filename().string() + ".tmp");
  auto file = std::make_unique<FolderFile>(path.string(), temporary.string());
  WEIR_TRY(file->open());
  return file;
}

Result<std::unique_ptr<StoreFile>> MemoryStore::open_file(std::string_view name) {
  WEIR_TRY(check_store_name(name));
  return std::make_unique<MemoryFile>(*this, name);
}

}  // namespace weir
