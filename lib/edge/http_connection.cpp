#include "edge/http_connection.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "edge/http_conditions.h"

namespace weir::edge {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kFirstRoom = 2048;      // most requests
constexpr std::size_t kSmallBody = 16 << 10;  // is copied behind its head
constexpr std::size_t kBatch = 64 << 10;      // of answers before they are written
constexpr std::size_t kFileShare = 1 << 20;   // of one file before others have their turn
constexpr std::size_t kContentRoom = 64 << 10;
constexpr Micros kLinger{2'000'000};

}  // namespace

void HttpLoopState::tick() {
  now = shared->clock.monotonic();
  date = "Date: " + http_date(shared->clock.utc_us() / 1'000'000) + "\r\n";
}

// Knows its request by its number: the connection may be at a later one.
class HttpConnection::Exchange : public HttpExchange {
 public:
  Exchange(std::shared_ptr<HttpConnection> connection, std::uint64_t number)
      : connection_(std::move(connection)), number_(number) {}
  ~Exchange() override {
    if (!is_over()) connection_->answer(plain_answer(503), number_);
  }
  void answer(HttpAnswer answer) override { connection_->answer(std::move(answer), number_); }
  void read_content(std::unique_ptr<HttpContentSink> sink) override {
    connection_->read_content(std::move(sink), number_);
  }
  TakenConnection take_over() override { return connection_->take_over(); }
  bool is_over() const override { return !connection_->waits_for(number_); }
  asio::any_io_executor executor() override { return connection_->executor(); }
  const std::string& peer() const override { return connection_->peer(); }

 private:
  const std::shared_ptr<HttpConnection> connection_;
  const std::uint64_t number_;
};

HttpConnection::HttpConnection(HttpArrival arrival)
    : socket_(std::move(arrival.socket)),
      executor_(socket_->executor()),
      loop_(std::move(arrival.loop)),
      shared_(*loop_->shared),
      place_(std::move(arrival.place)),
      peer_(socket_->peer()),
      parser_(shared_.options.limits) {}

void HttpConnection::start() {
  loop_->clients.push_back(*this);
  wait_for_request();
}

void HttpConnection::set_deadline(Micros time) {
  deadline_ = loop_->now + time;
}

void HttpConnection::check_deadline() {
  if (closed_) return;
  if (answering_ && !content_ && socket_->has_left()) return close();
  if (loop_->now < deadline_) return;
  const auto self = shared_from_this();
  if (content_) return close();
  if (answering_) {
    last_ = true;
    answer(plain_answer(503), number_);
  } else if (in_head_ && !writing_ && !lingering_) {
    refuse(408);
    go_on();
  } else {
    close();
  }
}

void HttpConnection::drain() {
  if (answering_ || writing_)
    last_ = true;
  else if (!in_head_)
    close();
}

void HttpConnection::close() {
  closed_ = true;
  answering_ = false;
  socket_.reset();
  place_.reset();
  body_ = {};
  unlink();
  content_.reset();  // which may be the last to know this
}

// What can be done now, and then the next wait.
void HttpConnection::go_on() {
  while (!closed_ && !answering_) {
    const Written state = write();
    if (state == Written::kFailed) return close();
    if (state == Written::kLater) return wait_to_write();
    if (last_) return finish();
    const auto before = begin_;
    serve();
    if (!closed_ && out_.empty() && !has_body_ && !answering_ && begin_ == before)
      return wait_for_request();
  }
}

void HttpConnection::wait_for_request() {
  const bool has_begun = filled_ > begin_;
  if (!has_begun)
    set_deadline(shared_.options.timeouts.idle);
  else if (!in_head_)
    set_deadline(shared_.options.timeouts.head);
  in_head_ = has_begun;
  read();
}

void HttpConnection::make_room() {
  if (begin_ > 0) {
    std::memmove(in_.data(), in_.data() + begin_, filled_ - begin_);
    filled_ -= begin_;
    begin_ = 0;
  }
  if (filled_ == in_.size())
    in_.resize(std::min(std::max(kFirstRoom, 2 * in_.size()), shared_.options.limits.head_bytes));
}

void HttpConnection::read() {
  make_room();
  reading_ = true;
  socket_->read_into(room(), [self = shared_from_this()](error_code ec, std::size_t count) {
    self->reading_ = false;
    if (self->closed_) return;
    if (ec) return self->close();
    count > 0 ? self->got(count) : self->read();
  });
}

std::span<std::uint8_t> HttpConnection::room() {
  return {reinterpret_cast<std::uint8_t*>(in_.data()) + filled_, in_.size() - filled_};
}

void HttpConnection::got(std::size_t count) {
  if (lingering_) return linger();
  filled_ += count;
  go_on();
}

void HttpConnection::serve() {
  serving_ = true;
  while (!closed_ && !answering_ && !has_body_ && out_.size() < kBatch && serve_one()) {
  }
  serving_ = false;
}

bool HttpConnection::serve_one() {
  if (last_ || filled_ == begin_) return false;
  switch (parser_.parse(std::string_view(in_).substr(begin_, filled_ - begin_))) {
    case HttpRequestParser::State::kMore:
      return false;
    case HttpRequestParser::State::kRefused:
      refuse(parser_.status());
      return false;
    case HttpRequestParser::State::kComplete:
      break;
  }
  give(parser_.request());
  if (closed_ || answering_) return false;
  next_request();
  return true;
}

void HttpConnection::give(const HttpRequest& request) {
  ++number_;
  in_head_ = false;
  is_head_ = request.method == "HEAD";
  last_ = !request.keep_alive || request.has_content() || shared_.draining;
  shared_.requests.fetch_add(1, std::memory_order_relaxed);
  if (shared_.options.access != nullptr) begun_ = shared_.options.access->now();
  answering_ = true;
  HttpHandler* const handler = shared_.routes.find(request.path);
  if (handler == nullptr) return answer(plain_answer(404), number_);
  set_deadline(shared_.options.timeouts.answer);
  handler->handle(request, std::make_shared<Exchange>(shared_from_this(), number_));
}

void HttpConnection::next_request() {
  begin_ += parser_.size();
  parser_.reset();
}

// Where the next request begins is not known, so there is none.
void HttpConnection::refuse(unsigned status) {
  is_head_ = false;
  last_ = true;
  in_head_ = false;
  if (shared_.options.access != nullptr) begun_ = shared_.options.access->now();
  record({}, status, 0);
  append(plain_answer(status));
}

void HttpConnection::record(const HttpRequest& request, unsigned status,
                            std::uint64_t bytes) const {
  AccessLog* const log = shared_.options.access;
  if (log == nullptr) return;
  log->write({"http", peer_, request.method, request.path, status, bytes, begun_,
              request.field("User-Agent"), request.field("Referer")});
}

void HttpConnection::answer(HttpAnswer answer, std::uint64_t number) {
  if (!waits_for(number)) return;
  const auto self = shared_from_this();
  answering_ = false;
  content_.reset();
  record(parser_.request(), answer.status, is_head_ ? 0 : answer.size);
  append(std::move(answer));
  if (serving_) return;  // whoever called the handler goes on
  next_request();
  go_on();
}

void HttpConnection::read_content(std::unique_ptr<HttpContentSink> sink, std::uint64_t number) {
  if (!waits_for(number)) return;
  const HttpRequest& request = parser_.request();
  content_ = std::make_shared<Content>(Content{HttpContentReader(request), std::move(sink)});
  const std::size_t end = begin_ + parser_.size();
  const std::string first = in_.substr(end, filled_ - end);
  filled_ = end;
  if (request.expects_continue && first.empty()) {
    out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    if (write() == Written::kFailed) return close();
  }
  take_content(first);
}

// It may be let go of by an answer while it takes something.
void HttpConnection::take_content(std::string_view bytes) {
  const auto self = shared_from_this();
  const auto content = content_;
  while (content->reader.state() == HttpContentReader::State::kMore && !bytes.empty()) {
    const std::string_view piece = content->reader.take(bytes);
    if (!piece.empty() && !content->sink->take(piece)) return;
  }
  switch (content->reader.state()) {
    case HttpContentReader::State::kMore:
      return wait_for_content();
    case HttpContentReader::State::kRefused:
      return answer(plain_answer(400), number_);
    case HttpContentReader::State::kWhole:
      return end_content(bytes);
  }
}

// `behind` are requests that follow.
void HttpConnection::end_content(std::string_view behind) {
  in_.resize(std::max(in_.size(), filled_ + behind.size()));
  std::memcpy(in_.data() + filled_, behind.data(), behind.size());
  filled_ += behind.size();
  last_ = !parser_.request().keep_alive || shared_.draining;
  set_deadline(shared_.options.timeouts.answer);
  std::exchange(content_, nullptr)->sink->end();
}

void HttpConnection::wait_for_content() {
  set_deadline(shared_.options.timeouts.content);
  content_->room.resize(kContentRoom);
  const std::span room(reinterpret_cast<std::uint8_t*>(content_->room.data()), kContentRoom);
  socket_->read_into(
      room, [self = shared_from_this(), content = content_](error_code ec, std::size_t count) {
        if (self->closed_ || self->content_ != content) return;
        if (ec) return self->close();
        self->take_content(std::string_view(content->room).substr(0, count));
      });
}

void HttpConnection::append(HttpAnswer answer) {
  shared_.answers[std::clamp(answer.status / 100, 1U, 5U) - 1].fetch_add(1,
                                                                         std::memory_order_relaxed);
  out_.append(*answer.head).append(loop_->date);
  out_.append(last_ ? "Connection: close\r\n\r\n" : "\r\n");
  if (is_head_ || answer.size == 0) return;
  if (answer.body && answer.size <= kSmallBody) {
    out_.append(*answer.body, answer.offset, answer.size);
    return;
  }
  body_ = std::move(answer);
  has_body_ = true;
}

TakenConnection HttpConnection::take_over() {
  if (!closed_) write();  // answers of requests before
  const bool is_clean = !closed_ && out_.empty();
  if (!is_clean && socket_) socket_->close();
  TakenConnection out{is_clean ? std::move(*socket_) : std::optional<net::PeerSocket>(),
                      in_.substr(begin_ + parser_.size(), filled_ - begin_ - parser_.size()),
                      std::move(place_)};
  close();
  return out;
}

HttpConnection::Written HttpConnection::write() {
  std::uint64_t share = 0;
  while (!out_.empty() || has_body_) {
    if (share > kFileShare) return Written::kLater;
    const bool is_file = out_.empty() && body_.file;
    const net::Moved moved = is_file ? write_file() : write_text();
    if (moved.step == net::Step::kEnded) return Written::kFailed;
    if (moved.step != net::Step::kDone) return Written::kLater;
    written(moved.count);
    share += moved.count;
  }
  return Written::kAll;
}

net::Moved HttpConnection::write_text() {
  std::array<iovec, 2> parts{{{out_.data() + out_done_, out_.size() - out_done_}, {nullptr, 0}}};
  std::size_t count = 1;
  if (has_body_ && body_.body) {
    parts[1] = {const_cast<char*>(body_.body->data()) + body_.offset, body_.size};
    count = 2;
  }
  return socket_->write(std::span(parts).first(count), has_body_ && body_.file);
}

// Nothing is written of a file that has become shorter than it was.
net::Moved HttpConnection::write_file() {
  return socket_->send_file(body_.file->fd(), body_.offset, body_.size);
}

void HttpConnection::written(std::uint64_t count) {
  shared_.bytes_sent.fetch_add(count, std::memory_order_relaxed);
  set_deadline(shared_.options.timeouts.write);
  const std::uint64_t text = std::min<std::uint64_t>(count, out_.size() - out_done_);
  out_done_ += text;
  if (out_done_ == out_.size()) {
    out_.clear();
    out_done_ = 0;
  }
  if (!has_body_ || count == text) return;
  body_.offset += count - text;
  body_.size -= count - text;
  if (body_.size > 0) return;
  body_ = {};
  has_body_ = false;
}

void HttpConnection::wait_to_write() {
  if (!writing_) set_deadline(shared_.options.timeouts.write);
  writing_ = true;
  socket_->wait(net::Step::kWrite, [self = shared_from_this()](error_code ec) {
    if (self->closed_) return;
    self->writing_ = false;
    if (ec) return self->close();
    self->go_on();
  });
}

// Closing while the client still sends would take the answer away from it (RFC 9112 section 9.6).
void HttpConnection::finish() {
  socket_->end_writing();
  lingering_ = true;
  in_head_ = false;
  set_deadline(kLinger);
  if (!reading_) linger();
}

void HttpConnection::linger() {
  begin_ = filled_ = 0;
  make_room();
  socket_->read_into(room(), [self = shared_from_this()](error_code ec, std::size_t) {
    if (self->closed_) return;
    if (ec) return self->close();
    self->linger();
  });
}

}  // namespace weir::edge
