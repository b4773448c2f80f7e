// One client of the HTTP server.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <boost/intrusive/list.hpp>

#include "edge/http_server.h"

namespace weir::edge {

/// What the connections of all loops share.
struct HttpShared {
  HttpServerOptions options;
  const HttpRoutes& routes;
  const Clock& clock;
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> bytes_sent{0};
  std::atomic<std::uint64_t> open{0};
  std::array<std::atomic<std::uint64_t>, 5> answers{};  // by class of their status
  std::atomic<bool> draining{false};
};

/// What the connections of one loop share, besides.
class HttpConnection;
using HttpHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
struct HttpLoopState {
  std::shared_ptr<HttpShared> shared;
  std::chrono::nanoseconds now{};  ///< As of the last tick: deadlines need no more.
  std::string date;                ///< "Date: …\r\n"
  boost::intrusive::list<HttpConnection, boost::intrusive::base_hook<HttpHook>,
                         boost::intrusive::constant_time_size<false>>
      connections;

  /// Asks the clock again.
  void tick();
};

/// Reads requests, several at a time when they come so, and writes their answers in one go.
/// Threads    All on the loop.
class HttpConnection : public std::enable_shared_from_this<HttpConnection>, public HttpHook {
 public:
  HttpConnection(boost::asio::ip::tcp::socket socket, std::shared_ptr<HttpLoopState> loop,
                 std::shared_ptr<void> place);
  void start();
  /// Ends it when its deadline has passed.
  void check_deadline();
  /// At once when it is between requests, else with its answer.
  void drain();
  void close();

  void answer(HttpAnswer answer, std::uint64_t number);
  TakenConnection take_over();
  bool waits_for(std::uint64_t number) const { return answering_ && number == number_; }
  boost::asio::any_io_executor executor() const { return executor_; }
  const std::string& peer() const { return peer_; }

 private:
  class Exchange;
  enum class Written { kAll, kLater, kFailed };

  void go_on();
  void read();
  void make_room();
  void got(std::size_t count);
  void serve();
  bool serve_one();
  void give(const HttpRequest& request);
  void next_request();
  void refuse(unsigned status);
  void record(const HttpRequest& request, unsigned status, std::uint64_t bytes) const;
  void append(HttpAnswer answer);
  Written write();
  std::int64_t write_text();
  std::int64_t write_file();
  void written(std::uint64_t count);
  void wait_to_write();
  void wait_for_request();
  void finish();
  void linger();
  void set_deadline(Micros time);

  std::optional<boost::asio::ip::tcp::socket> socket_;  // until it is closed or taken
  const boost::asio::any_io_executor executor_;
  const std::shared_ptr<HttpLoopState> loop_;
  HttpShared& shared_;
  std::shared_ptr<void> place_;
  std::string peer_;

  std::string in_;          // its size is its room
  std::size_t begin_ = 0;   // of the request at work
  std::size_t filled_ = 0;  // bytes read
  HttpRequestParser parser_;
  bool reading_ = false;
  bool in_head_ = false;  // part of a request is there

  std::uint64_t number_ = 0;          // of the request at work
  bool answering_ = false;            // a handler has it
  std::chrono::nanoseconds begun_{};  // when it was there, for the access log
  bool serving_ = false;
  bool is_head_ = false;  // its method
  bool last_ = false;     // the connection ends with its answer

  std::string out_;  // heads and small bodies
  std::size_t out_done_ = 0;
  HttpAnswer body_;  // what is left of a large one, behind out_
  bool has_body_ = false;
  bool writing_ = false;    // the client's turn
  bool lingering_ = false;  // all is written, and the client is to close
  bool closed_ = false;
  std::chrono::nanoseconds deadline_{};
};

}  // namespace weir::edge
