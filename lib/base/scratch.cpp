#include "base/scratch.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

#include <unistd.h>

#include "base/os_error.h"

namespace weir {

namespace {

// The process that made a folder of this name, 0 when no run of ours did.
int owner_of(const std::string& name) {
  int owner = 0;
  int end = 0;
  const bool ours = std::sscanf(name.c_str(), "weir-%d-%n", &owner, &end) == 1 && end > 0 &&
                    name.size() == static_cast<std::size_t>(end) + 6;
  return ours ? owner : 0;
}

// A run that was killed leaves its folder; its number tells that nobody uses it any more.
void remove_orphans(const std::filesystem::path& root) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(root, ignored)) {
    const int owner = owner_of(entry.path().filename().string());
    if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH)
      std::filesystem::remove_all(entry.path(), ignored);
  }
}

}  // namespace

Result<Scratch> Scratch::make(ScratchPlace place) {
  std::error_code error;
  std::filesystem::path root = "/dev/shm";
  if (place == ScratchPlace::kDisk || ::access(root.c_str(), W_OK | X_OK) != 0)
    root = std::filesystem::temp_directory_path(error);
  if (error)
    return fail(Code::kIo, "cannot make a temporary folder: TMPDIR is no folder: {}",
                os_error_text(error.value()));
  remove_orphans(root);
  std::string name = (root / ("weir-" + std::to_string(::getpid()) + "-XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr)
    return fail(Code::kIo, "cannot make a temporary folder in '{}': {}", root.string(),
                os_error_text(errno));
  return Scratch(name);
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

}  // namespace weir
