#include "edge/folder_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "base/os_error.h"

namespace weir::edge {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kRoom = 64 << 10;
constexpr std::uint32_t kWhatMatters = IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE |
                                       IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t kItself = IN_DELETE_SELF | IN_MOVE_SELF;

}  // namespace

Result<std::unique_ptr<FolderWatch>> FolderWatch::open(asio::io_context& loop, Told told) {
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0)
    return fail(Code::kIo, "cannot watch folders: {}; fs.inotify.max_user_instances bounds it",
                os_error_text(errno));
  std::unique_ptr<FolderWatch> out(new FolderWatch(loop, fd, std::move(told)));
  asio::post(loop, [watch = out.get()] { watch->read(); });
  return out;
}

FolderWatch::FolderWatch(asio::io_context& loop, int fd, Told told)
    : told_(std::move(told)), events_(loop, fd), room_(kRoom, '\0') {}

FolderWatch::~FolderWatch() = default;

// By the descriptor, as a name may lead elsewhere by now.
bool FolderWatch::watch(const std::string& folder, int fd) {
  const std::lock_guard lock(mutex_);
  const int number = ::inotify_add_watch(events_.native_handle(),
                                         fmt::format("/proc/self/fd/{}", fd).c_str(), kWhatMatters);
  if (number < 0) return false;
  // One folder under two names tells of one only.
  const auto [at, is_new] = folders_.try_emplace(number, folder);
  if (!is_new && at->second != folder) return false;
  numbers_[folder] = number;
  return true;
}

bool FolderWatch::is_watched(std::string_view folder) const {
  const std::lock_guard lock(mutex_);
  return numbers_.contains(folder);
}

void FolderWatch::read() {
  events_.async_read_some(asio::buffer(room_.data(), room_.size()),
                          [this](boost::system::error_code ec, std::size_t count) {
                            if (ec) return;
                            take(std::string_view(room_).substr(0, count));
                            read();
                          });
}

void FolderWatch::take(std::string_view bytes) {
  inotify_event event{};
  while (bytes.size() >= sizeof event) {
    std::memcpy(&event, bytes.data(), sizeof event);
    bytes.remove_prefix(sizeof event);
    const std::string_view name = bytes.substr(0, event.len);
    tell(event.wd, event.mask, name.substr(0, name.find('\0')));
    bytes.remove_prefix(name.size());
  }
}

void FolderWatch::tell(int number, std::uint32_t mask, std::string_view name) {
  if ((mask & IN_Q_OVERFLOW) != 0) return told_(What::kEverything, "");
  std::string whole;
  {
    const std::lock_guard lock(mutex_);
    const auto found = folders_.find(number);
    if (found == folders_.end()) return;
    whole = found->second;
    if (!name.empty()) whole.append(whole.empty() ? "" : "/").append(name);
    if ((mask & (IN_ISDIR | kItself | IN_IGNORED)) != 0) forget(whole);
  }
  if ((mask & IN_IGNORED) == 0)
    told_((mask & (IN_ISDIR | kItself)) != 0 ? What::kFolder : What::kFile, whole);
}

// What lies in a folder that moves moves with it, and is not told of itself.
void FolderWatch::forget(const std::string& folder) {
  for (auto at = numbers_.lower_bound(folder); at != numbers_.end();) {
    if (!at->first.starts_with(folder)) break;
    if (at->first != folder && at->first[folder.size()] != '/' && !folder.empty()) {
      ++at;
      continue;
    }
    ::inotify_rm_watch(events_.native_handle(), at->second);
    folders_.erase(at->second);
    at = numbers_.erase(at);
  }
}

}  // namespace weir::edge
