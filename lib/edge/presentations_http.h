// The presentations in a server's folders, for the player page and whoever asks.
#pragma once

#include <chrono>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "edge/http_server.h"
#include "edge/presentations.h"

namespace weir::edge {

/// GET and HEAD of /presentations: see presentations_json(); for pages of any origin. The folders
/// are looked through at most once in a second, however many ask.
/// Waiting    One asks the disk, others wait for it.
/// Threads    As HttpHandler.
class PresentationsHttp : public HttpHandler {
 public:
  /// Borrows the clock.
  PresentationsHttp(std::vector<PresentationFolder> folders, const Clock& clock)
      : folders_(std::move(folders)), clock_(clock) {}
  void handle(const HttpRequest& request, HttpExchangePtr exchange) override;

 private:
  HttpAnswer answer();

  const std::vector<PresentationFolder> folders_;
  const Clock& clock_;
  std::mutex mutex_;  // for what follows
  std::chrono::nanoseconds looked_{};
  SharedText text_;
};

}  // namespace weir::edge
