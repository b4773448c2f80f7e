// Requests for what is not there yet, held until it is.
// Source: draft-pantos-hls-rfc8216bis sections 6.2.5.2 and 6.2.6.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edge/http_server.h"
#include "hls/reload.h"

namespace weir::edge {

/// Of a request what its answer depends on, for longer than its bytes last.
class KeptRequest {
 public:
  explicit KeptRequest(const HttpRequest& request);
  KeptRequest(const KeptRequest&) = delete;
  KeptRequest& operator=(const KeptRequest&) = delete;
  /// Points into this.
  const HttpRequest& view() const { return view_; }

 private:
  static constexpr std::size_t kFields = 5;
  std::array<std::string, kFields> values_;
  std::array<HttpField, kFields> fields_;
  HttpRequest view_;
};

struct HeldRequest {
  HeldRequest(std::string_view file, const HttpRequest& of, HttpExchangePtr with,
              std::optional<hls::Directives> directives, std::chrono::nanoseconds last)
      : name(file),
        request(of),
        exchange(std::move(with)),
        executor(exchange->executor()),
        wish(directives),
        until(last) {}

  const std::string name;  ///< Of the file it is for.
  const KeptRequest request;
  HttpExchangePtr exchange;  ///< On the executor's thread only, from when it is held.
  const boost::asio::any_io_executor executor;
  const std::optional<hls::Directives> wish;  ///< Of a playlist; empty: for a part.
  const std::chrono::nanoseconds until;
};
using HeldRequestPtr = std::shared_ptr<HeldRequest>;

/// Threads    All calls from any.
class HeldRequests {
 public:
  using Which = std::function<bool(const HeldRequest& held)>;

  explicit HeldRequests(std::size_t most) : most_(most) {}
  /// False, and nothing is held, when there are as many as may be.
  bool add(HeldRequestPtr held);
  /// Those for that file that are to be answered now; they are not held any more.
  std::vector<HeldRequestPtr> take(const std::string& name, const Which& which);
  /// The same for all files.
  std::vector<HeldRequestPtr> take_all(const Which& which);
  bool remove(const HeldRequest& held);
  /// Files somebody waits for.
  std::vector<std::string> names() const;
  std::vector<HeldRequestPtr> all() const;
  std::size_t size() const;
  bool any_for(const std::string& name) const;

 private:
  using Held = std::map<std::string, std::vector<HeldRequestPtr>, std::less<>>;
  void take_from(std::vector<HeldRequestPtr>& list, const Which& which,
                 std::vector<HeldRequestPtr>& out);

  const std::size_t most_;
  mutable std::mutex mutex_;  // of what follows
  Held held_;
  std::size_t count_ = 0;
};

}  // namespace weir::edge
