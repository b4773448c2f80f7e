// One client of the HTTP server.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "edge/http_content.h"
#include "edge/http_loop.h"

namespace weir::edge {

/// Reads requests, several at a time when they come so, and writes their answers in one go.
/// Threads    All on the loop.
class HttpConnection : public std::enable_shared_from_this<HttpConnection>, public HttpClient {
 public:
  explicit HttpConnection(HttpArrival arrival);
  void start();
  void check_deadline() override;
  void drain() override;
  void close() override;

  void answer(HttpAnswer answer, std::uint64_t number);
  void read_content(std::unique_ptr<HttpContentSink> sink, std::uint64_t number);
  TakenConnection take_over();
  bool waits_for(std::uint64_t number) const { return answering_ && number == number_; }
  boost::asio::any_io_executor executor() const { return executor_; }
  const std::string& peer() const { return peer_; }

 private:
  class Exchange;
  enum class Written { kAll, kLater, kFailed };
  struct Content {
    HttpContentReader reader;
    std::unique_ptr<HttpContentSink> sink;
    std::string room{};
  };

  void go_on();
  void read();
  void make_room();
  std::span<std::uint8_t> room();
  void got(std::size_t count);
  void serve();
  bool serve_one();
  void give(const HttpRequest& request);
  void next_request();
  void take_content(std::string_view bytes);
  void end_content(std::string_view behind);
  void wait_for_content();
  void refuse(unsigned status);
  void record(const HttpRequest& request, unsigned status, std::uint64_t bytes) const;
  void append(HttpAnswer answer);
  Written write();
  net::Moved write_text();
  net::Moved write_file();
  void written(std::uint64_t count);
  void wait_to_write();
  void wait_for_request();
  void finish();
  void linger();
  void set_deadline(Micros time);

  std::optional<net::PeerSocket> socket_;  // until it is closed or taken
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
  bool is_head_ = false;              // its method
  bool last_ = false;                 // the connection ends with its answer
  std::shared_ptr<Content> content_;  // while it comes

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
