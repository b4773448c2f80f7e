// A client of the HTTP server that speaks HTTP/2.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "edge/http2_session.h"
#include "edge/http_loop.h"

namespace weir::edge {

/// Requests at the same time, each with a stream of its own; see Http2Session.
/// Threads    All on the loop.
class Http2Connection : public std::enable_shared_from_this<Http2Connection>,
                        public HttpClient,
                        private Http2Events {
 public:
  explicit Http2Connection(HttpArrival arrival);
  void start();
  void check_deadline() override;
  void drain() override;
  void close() override;

 private:
  class Exchange;
  /// A request at its handler.
  struct Waiting {
    bool is_head = false;
    std::chrono::nanoseconds deadline{};
    std::chrono::nanoseconds begun{};  // for the access log, as the rest
    std::string method, path, agent, referer;
  };

  void asked(std::int32_t stream, const HttpRequest& request) override;
  void refused(unsigned status) override;
  void ended(std::int32_t stream) override;
  void answer(std::int32_t stream, HttpAnswer answer);
  void require_http1(std::int32_t stream);
  bool waits_for(std::int32_t stream) const { return !closed_ && waiting_.contains(stream); }
  void count(unsigned status);
  void record(const Waiting& request, unsigned status, std::uint64_t bytes) const;
  void answer_late_ones();
  void read();
  void got(std::size_t count);
  void pump();
  bool write();
  void wait_to_write();
  void finish();
  void set_deadline();

  std::optional<net::PeerSocket> socket_;  // until it is closed
  const boost::asio::any_io_executor executor_;
  const std::shared_ptr<HttpLoopState> loop_;
  HttpShared& shared_;
  std::shared_ptr<void> place_;
  const std::string peer_;
  std::map<std::int32_t, Waiting> waiting_;
  Http2Session session_;
  std::array<std::uint8_t, 4096> in_;
  std::string out_;
  std::size_t out_done_ = 0;
  bool feeding_ = false;
  bool writing_ = false;    // the client's turn
  bool lingering_ = false;  // all is written, and the client is to close
  bool closed_ = false;
  std::uint64_t sent_ = 0;  // content, when the deadline was set
  Micros time_{};           // that it was set for
  std::chrono::nanoseconds deadline_{};
};

}  // namespace weir::edge
