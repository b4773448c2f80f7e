#include "base/folder_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/os_error.h"
#include "base/write_all.h"

namespace weir {

std::string temporary_of(const std::string& path) {
  const std::filesystem::path final(path);
  return (final.parent_path() / ("." + final.filename().string() + ".tmp")).string();
}

FolderFile::~FolderFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!committed_) ::unlink(temporary_of(path_).c_str());
}

int FolderFile::open(bool is_private) {
  const std::string name = temporary_of(path_);
  // What a killed run left keeps its rights when it is opened again.
  if (is_private) ::unlink(name.c_str());
  fd_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, is_private ? 0640 : 0666);
  return fd_ < 0 ? errno : 0;
}

Result<void> FolderFile::append(const Pieces& pieces) {
  const int error = write_all(fd_, pieces.views());
  return error != 0 ? failed(error) : Result<void>();
}

// A full disk may show at closing.
Result<void> FolderFile::commit() {
  if (::close(std::exchange(fd_, -1)) != 0) return failed(errno);
  if (std::rename(temporary_of(path_).c_str(), path_.c_str()) != 0) return failed(errno);
  committed_ = true;
  return {};
}

// The file was there: what is missing since is the folder.
Result<void> FolderFile::failed(int error) const {
  return fail(
      Code::kIo, "cannot write '{}': {}", path_,
      error == ENOENT ? "its folder was removed while it was in use" : os_error_text(error));
}

}  // namespace weir
