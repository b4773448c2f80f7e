// A store at the other end of HTTP: files are put with PUT and removed with DELETE.
// Source: RFC 9110 sections 9.3.4 (PUT), 9.3.5 (DELETE) and 15 (status), RFC 7617 (Basic).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/store.h"
#include "net/http_client.h"
#include "net/outbox.h"
#include "net/retry.h"

namespace weir::net {

struct HttpStoreOptions {
  /// What happens when the queue is full.
  enum class WhenFull {
    kWait,  ///< Calls wait for the target.
    kDrop,  ///< The oldest segments that are not being sent are lost, once what waits has waited
            ///< as long as it lasts: only sources quicker than real time are made to wait.
  };

  std::vector<std::string> headers;  ///< "Name: value", for every request. Secret.
  std::string user_agent = "weir";
  /// A segment that cannot be put is lost and the work goes on; otherwise that is the end.
  bool may_lose = false;
  WhenFull when_full = WhenFull::kWait;
  OutboxLimits queue;
  RetryPolicy retry;
  HttpTimeouts timeouts;
  std::size_t connections = 12;  ///< At most; each lane needs one while it has work.
};

/// `clock` and `log` are borrowed; `random` is called on the store's thread only.
struct HttpStoreServices {
  const Clock& clock;
  Log& log;
  Random random;
};

/// Order      put() and its like queue and return; Outbox says in which order things are sent: one
///            request at a time for each folder, folders in parallel, a listing when all that it
///            may name was answered with 2xx or is lost. Names ending in .m3u8 or .mpd are listings
///            also when they come through put().
/// Retry      5xx, 408, 425, 429 and whatever goes wrong before an answer, until the budget of that
///            object is spent; Retry-After is honoured up to a limit. Other answers and an
///            untrusted certificate are final. Redirects are not followed.
/// Failure    An object that cannot be put ends the store: what is queued is dropped, the next
///            call tells. Unless `may_lose`, and something has arrived before: then a segment is
///            lost, a listing gives way to its successor or else is tried again when the rest of
///            its folder has been sent, and what segments need (kNeeded) is tried again at once,
///            one segment behind it lost for every budget; unless it is refused for good, which
///            ends the store. flush() ends such waiting. After a failure remove() is still carried
///            out, so that a run can be cleaned up.
/// Removal    Best effort, tried once; the first refusal is a warning.
/// Memory     The queue's limits, overshot by one object for each folder; when it is full put()
///            and put_segment() do as WhenFull says.
/// Threads    One thread of its own (EventLoop) does all sending, and calls the listings. The
///            destructor stops at once: flush() first. Waiting in any call never takes longer than
///            the budgets of what is queued.
/// Secrets    User, password, query and headers are in no message.
class HttpStore : public Store {
 public:
  /// `url` is the folder, http or https; nothing is sent yet. kUsage when it is no such URL, or a
  /// header no header.
  static Result<std::unique_ptr<HttpStore>> open(std::string_view url, HttpStoreOptions options,
                                                 HttpStoreServices services);
  ~HttpStore() override;

  Result<void> put(std::string_view name, ByteView bytes) override;
  Result<void> put_segment(std::string_view name, const Pieces& pieces, Micros duration) override;
  Result<void> put_listing(std::string_view name, Listing listing) override;
  Result<void> remove(std::string_view name) override;
  Result<void> flush() override;

 private:
  class Impl;
  explicit HttpStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::net
