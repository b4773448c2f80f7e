// The files of an origin's folder as they are now, from memory where that can be.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "edge/folder_watch.h"
#include "edge/origin_file.h"
#include "guard/cache.h"

namespace weir::edge {

/// Files are kept, small ones as bytes and others open, for as long as the folder's watch tells of
/// no change; in folders that cannot be watched they are looked at each time. Nothing is kept of
/// what is not there.
/// Memory     `bytes` at most, of which an open file has OriginFile::kOpenFileCost: that bounds
///            their number as well.
/// Waiting    What is not kept waits for the disk.
/// Threads    All calls from any; `changed` is called on the loop, and by touch().
class OriginFiles {
 public:
  /// A file has changed, or, when the name is empty, any may have.
  using Changed = std::function<void(const std::string& name)>;
  /// A file was read that was not kept.
  using Loaded = std::function<void(std::string_view name, const OriginFile& file)>;

  /// Borrows the loop and the clock. kIo, naming the folder, when it cannot be opened.
  static Result<std::unique_ptr<OriginFiles>> open(const std::string& root, std::int64_t bytes,
                                                   boost::asio::io_context& loop,
                                                   const Clock& clock);
  /// Before the first call of another.
  void on_change(Changed changed) { changed_ = std::move(changed); }
  void on_load(Loaded loaded) { loaded_ = std::move(loaded); }

  /// `name` as origin_name() gives it. nullptr: there is no such file.
  std::shared_ptr<const OriginFile> get(std::string_view name);
  /// The same as it is on the disk now, whatever is kept: the folder may not have told yet.
  std::shared_ptr<const OriginFile> get_anew(std::string_view name) {
    return load(std::string(name));
  }
  /// Somebody knows that it has changed, before the folder tells.
  void touch(const std::string& name);
  /// Some folder is not watched, so that changes in it are not told of.
  bool is_blind() const { return is_blind_; }
  /// Of the folder itself.
  int folder() const { return root_.fd(); }

 private:
  OriginFiles(int root, std::int64_t bytes, const Clock& clock)
      : root_(root), kept_({.bytes = bytes, .shards = 4}, clock) {}
  void told(FolderWatch::What what, const std::string& name);
  std::shared_ptr<const OriginFile> load(const std::string& name);
  bool watch(const std::string& name);

  const OpenFile root_;
  guard::Cache<OriginFile> kept_;
  Changed changed_ = [](const std::string&) {};
  Loaded loaded_ = [](std::string_view, const OriginFile&) {};
  std::unique_ptr<FolderWatch> watch_;
  std::atomic<bool> is_blind_{false};
};

}  // namespace weir::edge
