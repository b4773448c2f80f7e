// Tells what appears and what goes in folders.
// Source: inotify(7).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/result.h"

namespace weir::edge {

/// Folders are known by their names below one that the caller means; "" is that one itself.
/// Threads    watch() from any; the rest on the loop, where `told` is called.
class FolderWatch {
 public:
  enum class What {
    kFile,       ///< A file of that name is there, goes, or is another one.
    kFolder,     ///< The same of a folder, and of all that is in it.
    kEverything  ///< Too much happened to tell.
  };
  using Told = std::function<void(What what, const std::string& name)>;

  /// `loop` is borrowed. kIo when the system has no more to give.
  static Result<std::unique_ptr<FolderWatch>> open(boost::asio::io_context& loop, Told told);
  ~FolderWatch();

  /// From now on it is told of what happens right in that folder; `fd` is one that is open. False
  /// where that cannot be. What happened before is not told of. A folder that goes is forgotten.
  bool watch(const std::string& folder, int fd);
  bool is_watched(std::string_view folder) const;

 private:
  FolderWatch(boost::asio::io_context& loop, int fd, Told told);
  void read();
  void take(std::string_view bytes);
  void tell(int number, std::uint32_t mask, std::string_view name);
  void forget(const std::string& folder);

  const Told told_;
  boost::asio::posix::stream_descriptor events_;
  std::string room_;
  mutable std::mutex mutex_;            // of what follows
  std::map<int, std::string> folders_;  // by the number the system gave
  std::map<std::string, int, std::less<>> numbers_;
};

}  // namespace weir::edge
