#include "edge/origin_name.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "edge/http_request.h"

namespace weir::edge {
namespace {

constexpr std::string_view kUnfinished = ".tmp";

// Of those only that mean themselves wherever they stand.
bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '/';
}

bool is_hidden(std::string_view name) {
  return name.starts_with('.') || name.find("/.") != name.npos || name.ends_with(kUnfinished);
}

int open_beneath(int folder, const char* name, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, folder, name, &how, sizeof how));
}

bool is_regular(int fd, struct stat& facts) {
  return ::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
}

}  // namespace

std::optional<std::string_view> origin_name(std::string_view path, std::string& room) {
  std::string_view name = path.substr(std::min<std::size_t>(1, path.size()));
  const bool is_simple = path.starts_with('/') && path.find("//") == path.npos &&
                         std::all_of(name.begin(), name.end(), is_plain);
  if (!is_simple) {
    auto decoded = decode_path(path);
    if (!decoded) return {};
    room = std::move(*decoded);
    name = room;
  }
  if (name.empty() || name.ends_with('/') || is_hidden(name)) return {};
  return name;
}

std::string_view folder_of_name(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == name.npos ? std::string_view() : name.substr(0, slash);
}

// Opening a device or a pipe may do something to it, so it is looked at first.
std::optional<FoundFile> open_below(int folder, const std::string& name) {
  FoundFile out;
  const int seen = open_beneath(folder, name.c_str(), O_PATH);
  if (seen < 0) return {};
  const OpenFile path(seen);
  if (!is_regular(seen, out.facts)) return {};
  const int fd = open_beneath(folder, name.c_str(), O_RDONLY | O_NONBLOCK);
  if (fd < 0) return {};
  out.file = std::make_shared<const OpenFile>(fd);
  if (!is_regular(fd, out.facts)) return {};
  return out;
}

int open_folder_below(int folder, const std::string& name) {
  return open_beneath(folder, name.empty() ? "." : name.c_str(), O_RDONLY | O_DIRECTORY);
}

}  // namespace weir::edge
