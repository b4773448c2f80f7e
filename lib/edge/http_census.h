// How many clients an HTTP server has, and from where.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/log.h"
#include "base/sparing_log.h"

namespace weir::edge {

struct HttpCensusLimits {
  std::size_t all = 16'000;
  std::size_t of_one_network = 0;  ///< Of one rtmp::network_of(), which has a /64 as one; 0: any.
};

/// Threads    All calls from any thread.
class HttpCensus : public std::enable_shared_from_this<HttpCensus> {
 public:
  struct Answer {
    std::shared_ptr<void> place;  ///< Free again with its last owner.
    unsigned status = 0;  ///< 503 when there are too many, 429 of its network; 0: it may stay.
  };

  /// Borrows `clock` and `log` (nullptr: nobody listens), which is told of refusals, sparingly.
  HttpCensus(const HttpCensusLimits& limits, const Clock& clock, Log* log);
  Answer enter(std::string_view address);
  /// For those who come from now on.
  void set(const HttpCensusLimits& limits);
  std::size_t count() const;
  /// For the log: nobody can be taken, as the system has nothing left for it.
  void tell(std::string_view why);

 private:
  unsigned judge(const std::string& network, std::string_view address);
  void leave(const std::string& network);
  void say(const std::string& line);

  const Clock& clock_;
  mutable std::mutex mutex_;  // of what follows
  HttpCensusLimits limits_;
  std::size_t count_ = 0;
  std::unordered_map<std::string, std::size_t> networks_;
  std::optional<SparingLog> log_;
};

}  // namespace weir::edge
