// Serves the folder a packager writes HLS and DASH into.
// Source: RFC 8216bis sections 3 and 6.2; RFC 9110 sections 13 and 14; RFC 9111 section 5.2;
// RFC 8246 (immutable).
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "edge/http_server.h"

namespace weir::edge {

/// GET, HEAD and OPTIONS. Playlists (.m3u8, .mpd) may be cached for half a target duration; those
/// that have none are asked for again each time, with what the client has; everything else never
/// changes under its name and may be kept. NAME.gz beside a playlist, not older than it, is sent to
/// whom takes gzip. Pages of any origin may read everything.
///
/// Never outside the folder: no path that says so, and no symbolic link below it is followed. Names
/// that begin with '.' are not there for anyone, as are folders and what is no regular file.
/// Waiting    Opening a file waits for the disk; sending it is the kernel's matter.
/// Threads    As HttpHandler.
class HlsOrigin : public HttpHandler {
 public:
  /// `prefix` as it is given to HttpRoutes. kIo, naming the folder, when it cannot be opened.
  static Result<std::unique_ptr<HlsOrigin>> open(std::string prefix, const std::string& folder);
  void handle(const HttpRequest& request, HttpExchangePtr exchange) override;

 private:
  HlsOrigin(std::string prefix, int folder) : prefix_(std::move(prefix)), folder_(folder) {}
  HttpAnswer answer(const HttpRequest& request) const;

  const std::string prefix_;  // without '/' at its end
  const OpenFile folder_;
};

}  // namespace weir::edge
