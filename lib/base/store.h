// Where finished files go: put named bytes whole, or not at all.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/pieces.h"
#include "base/result.h"
#include "base/units.h"

namespace weir {

/// True for a name that was put as a segment and will never be there.
using IsLost = std::function<bool(std::string_view name)>;
/// Makes the bytes of a file that names others, when it is known which of them are there. Owns what
/// it needs: it may be called later, and from another thread.
using Listing = std::function<Bytes(const IsLost& lost)>;

/// A file that comes in pieces and appears whole, on commit(); until then what was there before
/// stays. Must not outlive its store. After a failure it is of no use. One thread at a time.
class StoreFile {
 public:
  virtual ~StoreFile() = default;
  virtual Result<void> append(const Pieces& pieces) = 0;
  virtual Result<void> commit() = 0;
};

/// Names are relative, with '/' between folders, never leading outside ("..", absolute: refused).
///
/// Order      A store may work behind the caller's back. In a folder things happen in the order of
///            the calls, and a listing appears after all that was put before it in its own folder,
///            in those above and in those below.
/// Failure    What happened behind the caller's back is told by a later call, at the latest by
///            flush().
/// Threads    All calls are safe from any thread; two calls on one name must be ordered by the
///            caller.
class Store {
 public:
  virtual ~Store() = default;
  /// A reader of `name` sees the old bytes or all of the new ones, never part of them.
  virtual Result<void> put(std::string_view name, ByteView bytes) = 0;
  /// put() for what only its owner and his group may read, such as keys; a store that knows no
  /// rights puts it like everything else.
  virtual Result<void> put_private(std::string_view name, ByteView bytes);
  /// put() for what a viewer can do without, `duration` of stream time: where the way is slow or
  /// broken a store may give it up, and tells so to the listings that follow.
  virtual Result<void> put_segment(std::string_view name, const Pieces& pieces, Micros duration);
  /// put() for what names other files. Of several of one name, some in the middle may be left out.
  virtual Result<void> put_listing(std::string_view name, Listing listing);
  /// What is there under that name, perhaps from an earlier run; empty: nothing. kUnsupported when
  /// the store can only be written to.
  virtual Result<std::optional<Bytes>> get(std::string_view name);
  /// For a file too large to be held in memory. kUnsupported where files can only be put whole.
  virtual Result<std::unique_ptr<StoreFile>> open_file(std::string_view name);
  /// Removing what is not there is no failure.
  virtual Result<void> remove(std::string_view name) = 0;
  /// Removes what a killed run left of an unfinished put(), and not what is there under the name.
  virtual void remove_unfinished(std::string_view) {}
  /// Waits until everything is where it belongs.
  virtual Result<void> flush();
};

/// kUsage for a name that a Store refuses.
Result<void> check_store_name(std::string_view name);

/// Files below a folder: written under a temporary name beside the final one, then renamed.
/// Folders are made as needed; a failed put() leaves no temporary file behind, and remove() takes
/// one away that a killed run left. A folder that was written to and is gone is a failure: the
/// files that were in it would be missed, so it is not made again.
class FolderStore : public Store {
 public:
  /// Makes the folder if it is not there. Fails with kIo, naming the path and the reason.
  static Result<std::unique_ptr<FolderStore>> open(std::string root);
  Result<void> put(std::string_view name, ByteView bytes) override;
  /// With mode 0640, less what the umask takes away; at no moment with more.
  Result<void> put_private(std::string_view name, ByteView bytes) override;
  Result<void> put_segment(std::string_view name, const Pieces& pieces, Micros duration) override;
  Result<std::optional<Bytes>> get(std::string_view name) override;
  Result<std::unique_ptr<StoreFile>> open_file(std::string_view name) override;
  Result<void> remove(std::string_view name) override;
  void remove_unfinished(std::string_view name) override;

 private:
  explicit FolderStore(std::string root) : root_(std::move(root)) { known_.insert(root_); }
  Result<std::unique_ptr<StoreFile>> begin(std::string_view name, bool is_private);
  bool is_known(const std::string& folder);
  void know(const std::string& folder);

  const std::string root_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> known_;  // folders that were there; guarded by mutex_
};

/// Keeps everything in memory, for tests.
class MemoryStore : public Store {
 public:
  Result<void> put(std::string_view name, ByteView bytes) override;
  Result<std::optional<Bytes>> get(std::string_view name) override;
  Result<std::unique_ptr<StoreFile>> open_file(std::string_view name) override;
  Result<void> remove(std::string_view name) override;
  /// A copy of what is there now.
  std::map<std::string, Bytes> files() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Bytes> files_;  // guarded by mutex_
};

}  // namespace weir
