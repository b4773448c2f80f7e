#include "edge/http2_connection.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace weir::edge {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kBatch = 64 << 10;  // before it is written
constexpr std::size_t kShare = 1 << 20;   // before others have their turn
constexpr Micros kLinger{2'000'000};

}  // namespace

class Http2Connection::Exchange : public HttpExchange {
 public:
  Exchange(std::shared_ptr<Http2Connection> connection, std::int32_t stream)
      : connection_(std::move(connection)), stream_(stream) {}
  ~Exchange() override {
    if (!is_over()) connection_->answer(stream_, plain_answer(503));
  }
  void answer(HttpAnswer answer) override { connection_->answer(stream_, std::move(answer)); }
  TakenConnection take_over() override {
    if (!is_over()) connection_->require_http1(stream_);
    return {};
  }
  bool is_over() const override { return !connection_->waits_for(stream_); }
  asio::any_io_executor executor() override { return connection_->executor_; }
  const std::string& peer() const override { return connection_->peer_; }

 private:
  const std::shared_ptr<Http2Connection> connection_;
  const std::int32_t stream_;
};

Http2Connection::Http2Connection(HttpArrival arrival)
    : socket_(std::move(arrival.socket)),
      executor_(socket_->executor()),
      loop_(std::move(arrival.loop)),
      shared_(*loop_->shared),
      place_(std::move(arrival.place)),
      peer_(socket_->peer()),
      session_({.request = shared_.options.limits}, *this) {}

void Http2Connection::start() {
  loop_->clients.push_back(*this);
  set_deadline();
  read();
  pump();
}

// Neither a head that comes byte by byte nor pings of a client that takes nothing give it more
// time.
void Http2Connection::set_deadline() {
  const HttpTimeouts& timeouts = shared_.options.timeouts;
  const bool blocked = !out_.empty() || session_.is_blocked();
  const Micros time = blocked ? timeouts.write : session_.in_head() ? timeouts.head : timeouts.idle;
  const bool moved = blocked ? session_.content_sent() != sent_ : !session_.in_head();
  if (!moved && time == time_) return;
  sent_ = session_.content_sent();
  time_ = time;
  deadline_ = loop_->now + time;
}

void Http2Connection::check_deadline() {
  if (closed_) return;
  const auto self = shared_from_this();
  answer_late_ones();
  if (closed_ || loop_->now < deadline_) return;
  if (waiting_.empty() || lingering_ || !out_.empty()) close();
}

void Http2Connection::answer_late_ones() {
  std::vector<std::int32_t> late;
  for (const auto& [stream, request] : waiting_)
    if (loop_->now >= request.deadline) late.push_back(stream);
  for (const std::int32_t stream : late) answer(stream, plain_answer(503));
}

void Http2Connection::drain() {
  session_.go_away();
  pump();
}

void Http2Connection::close() {
  closed_ = true;
  socket_.reset();
  place_.reset();
  waiting_.clear();
  unlink();
}

void Http2Connection::asked(std::int32_t stream, const HttpRequest& request) {
  shared_.requests.fetch_add(1, std::memory_order_relaxed);
  Waiting waiting{
      request.method == "HEAD", loop_->now + shared_.options.timeouts.answer, {}, {}, {}, {}, {}};
  if (shared_.options.access != nullptr) {
    waiting.begun = shared_.options.access->now();
    waiting.method = request.method;
    waiting.path = request.path;
    waiting.agent = request.field("User-Agent");
    waiting.referer = request.field("Referer");
  }
  waiting_.emplace(stream, std::move(waiting));
  HttpHandler* const handler = shared_.routes.find(request.path);
  if (handler == nullptr) return answer(stream, plain_answer(404));
  handler->handle(request, std::make_shared<Exchange>(shared_from_this(), stream));
}

void Http2Connection::refused(unsigned status) {
  count(status);
  Waiting nobody;
  if (shared_.options.access != nullptr) nobody.begun = shared_.options.access->now();
  record(nobody, status, 0);
}

void Http2Connection::ended(std::int32_t stream) {
  waiting_.erase(stream);
}

void Http2Connection::count(unsigned status) {
  shared_.answers[std::clamp(status / 100, 1U, 5U) - 1].fetch_add(1, std::memory_order_relaxed);
}

void Http2Connection::record(const Waiting& request, unsigned status, std::uint64_t bytes) const {
  AccessLog* const log = shared_.options.access;
  if (log == nullptr) return;
  log->write({"http", peer_, request.method, request.path, status, bytes, request.begun,
              request.agent, request.referer});
}

void Http2Connection::answer(std::int32_t stream, HttpAnswer answer) {
  const auto found = waiting_.find(stream);
  if (closed_ || found == waiting_.end()) return;
  count(answer.status);
  record(found->second, answer.status, found->second.is_head ? 0 : answer.size);
  waiting_.erase(found);
  session_.answer(stream, std::move(answer), loop_->date);
  if (!feeding_) pump();
}

void Http2Connection::require_http1(std::int32_t stream) {
  waiting_.erase(stream);
  session_.require_http1(stream);
  if (!feeding_) pump();
}

void Http2Connection::read() {
  socket_->read_into(in_, [self = shared_from_this()](error_code ec, std::size_t count) {
    if (self->closed_) return;
    if (ec) return self->close();
    count > 0 ? self->got(count) : self->read();
  });
}

void Http2Connection::got(std::size_t count) {
  if (!lingering_) {
    feeding_ = true;
    session_.feed(ByteView(in_).first(count), loop_->now);
    feeding_ = false;
    set_deadline();
    pump();
  }
  if (!closed_) read();
}

void Http2Connection::pump() {
  if (closed_ || writing_ || lingering_) return;
  for (std::size_t share = 0; share < kShare; share += kBatch) {
    if (out_.empty()) session_.take(out_, kBatch);
    if (out_.empty()) return session_.is_over() ? finish() : void();
    if (!write()) return;
  }
  wait_to_write();
}

// False: the client's turn, or the end.
bool Http2Connection::write() {
  while (out_done_ < out_.size()) {
    const iovec part{out_.data() + out_done_, out_.size() - out_done_};
    const net::Moved moved = socket_->write({&part, 1});
    if (moved.step == net::Step::kEnded) return close(), false;
    if (moved.step != net::Step::kDone) return wait_to_write(), false;
    out_done_ += moved.count;
    shared_.bytes_sent.fetch_add(moved.count, std::memory_order_relaxed);
    set_deadline();
  }
  out_.clear();
  out_done_ = 0;
  if (session_.streams() == 0) out_.shrink_to_fit();
  return true;
}

void Http2Connection::wait_to_write() {
  writing_ = true;
  socket_->wait(net::Step::kWrite, [self = shared_from_this()](error_code ec) {
    if (self->closed_) return;
    self->writing_ = false;
    ec ? self->close() : self->pump();
  });
}

// Closing while the client still sends would take the last words away from it.
void Http2Connection::finish() {
  socket_->end_writing();
  lingering_ = true;
  deadline_ = loop_->now + kLinger;
}

}  // namespace weir::edge
