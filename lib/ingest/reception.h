// The port publishers come to.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "base/log.h"
#include "base/random.h"
#include "base/result.h"
#include "base/units.h"
#include "formats/input.h"
#include "ingest/publisher_desk.h"
#include "media/repairs.h"
#include "net/event_loop.h"
#include "rtmp/server.h"
#include "rtmp/url.h"

namespace weir::ingest {

/// So long a busy reception lets what comes wait, to take it together (net::EventLoop).
inline constexpr Micros kGather{2'000};

struct ListenSettings {
  rtmp::Url url;         ///< Where to listen, and the app; port 0 is one that is free.
  std::string stream;    ///< Its name; "" for the first that comes, and none but that afterwards.
  std::string key_file;  ///< rtmp::StreamKeys; "" lets everybody in, on loopback only.
  std::string certificate_file, certificate_key_file;  ///< For rtmps.
  Micros reconnect_window{15'000'000};      ///< How long a publisher that left is waited for.
  Micros track_wait = formats::kTrackWait;  ///< How long a track may come behind the others.
  std::int64_t most_waiting = 32 << 20;     ///< Bytes not yet taken, beyond which nobody is read.
  media::Repairs* repairs = nullptr;        ///< Borrowed.
};

/// Who may publish. kUsage for rtmps without a certificate, and for an address that is not loopback
/// without a key file; otherwise as rtmp::StreamKeys::load() fails.
Result<DeskRules> desk_rules(const ListenSettings& settings, Log& log);

/// For people and scripts that wait for it.
void tell_listening(const rtmp::Url& url, std::uint16_t port, Log& log);

/// A server for publishers; players are refused.
/// End        The destructor; every handler hears of it before.
/// Threads    One of its own, on which the gate, the handlers and what is posted run; the rest by
///            one other.
class Reception {
 public:
  Reception() = default;
  ~Reception();
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;

  /// Once. Borrows `random` and `log`. As rtmp::Server::open() and net::make_tls_server() fail.
  Result<void> open(const ListenSettings& settings, rtmp::StreamGate gate, const Random& random,
                    Log& log);
  std::uint16_t port() const { return server_->port(); }
  /// From any thread.
  void post(std::function<void()> task) { loop_.post(std::move(task)); }
  /// The same, and waits until it has run. Not from a task.
  void run(const std::function<void()>& task);

 private:
  Result<void> listen(const ListenSettings& settings, rtmp::StreamGate gate, const Random& random,
                      Log& log);

  std::optional<boost::asio::ssl::context> tls_;
  std::unique_ptr<rtmp::Server> server_;
  net::EventLoop loop_{kGather};
};

}  // namespace weir::ingest
