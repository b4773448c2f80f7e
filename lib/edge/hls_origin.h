// Serves the folder a packager writes HLS and DASH into.
// Source: draft-pantos-hls-rfc8216bis sections 3, 6.2, 6.2.5 and 6.2.6; RFC 9110.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "base/units.h"
#include "edge/http_server.h"
#include "edge/origin_push.h"

namespace weir::edge {

struct OriginOptions {
  std::string prefix;                   ///< As it is given to HttpRoutes.
  std::string root;                     ///< The folder.
  std::optional<PushRules> push{};      ///< Files may be put into it; empty: they may not.
  std::size_t held = 16'000;            ///< Requests that may wait at a time.
  std::int64_t cache_bytes = 64 << 20;  ///< As OriginFiles has them.
  Micros tick{250'000};                 ///< How often it is looked for who has waited too long.
};

/// GET, HEAD and OPTIONS; what is answered OriginFile says. PUT and DELETE where there are rules
/// for them, see OriginPush.
///
/// Low latency    A request for a playlist that says CAN-BLOCK-RELOAD is held until the playlist
///                has the segment (_HLS_msn) or part (_HLS_part) it asks for, one for a part that a
///                playlist hints at until the part is there, and then answered whole. It is 503
///                after three target durations or when too many are held, 400 for what no player
///                asks in earnest, 404 for a part that is not to come any more. Whoever leaves is
///                forgotten. With _HLS_skip a delta update is given.
/// Never outside the folder: no path that says so, and no symbolic link below it is followed. Names
/// that begin with '.' or end in ".tmp" are not there for anyone, as are folders and what is no
/// regular file.
/// Waiting    What is not kept in memory waits for the disk; sending a file is the kernel's matter.
/// End        Behind the end of the loop, and of the server that calls it.
/// Threads    As HttpHandler.
class HlsOrigin : public HttpHandler {
 public:
  /// The loop, borrowed as the clock is, tells what changes in the folder. kIo, naming the folder,
  /// when that cannot be opened.
  static Result<std::unique_ptr<HlsOrigin>> open(const OriginOptions& options,
                                                 boost::asio::io_context& loop, const Clock& clock);
  ~HlsOrigin() override;

  void handle(const HttpRequest& request, HttpExchangePtr exchange) override;
  /// From any thread: whoever waits is answered with 503, and nobody is held any more.
  void drain();
  /// Requests that wait now.
  std::size_t held() const;

 private:
  class Impl;
  explicit HlsOrigin(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace weir::edge
