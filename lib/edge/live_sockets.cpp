#include "edge/live_sockets.h"

#include <array>
#include <chrono>
#include <span>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "edge/websocket.h"

namespace weir::edge {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kGather = 4;  // pieces in one write
constexpr std::chrono::seconds kLinger{2};

Piece owned(Bytes bytes) {
  const auto owner = std::make_shared<const Bytes>(std::move(bytes));
  return {*owner, owner};
}

// What a viewer needs besides when it speaks WebSocket.
struct WebSocketSide {
  WebSocketReader reader;
  std::array<FrameHead, kGather> heads;  // of the pieces that are being sent
};

}  // namespace

class LiveSockets::One : public ViewerOwner, public std::enable_shared_from_this<One> {
 public:
  One(LiveSockets& all, LiveArrival arrival)
      : all_(all),
        socket_(std::move(arrival.socket)),
        place_(std::move(arrival.place)),
        ended_(std::move(arrival.ended)) {
    put(std::move(arrival.head));
    if (!arrival.is_websocket) return;
    websocket_ = std::make_unique<WebSocketSide>();
    websocket_->reader.feed(as_bytes(arrival.unread));
  }

  Result<void> start(const Play& play) {
    WEIR_TRY_ASSIGN(viewer_, play(*this));
    socket_.is_secure() ? receive() : listen();
    pump();
    return {};
  }

  void ready() override {
    if (viewer_->state() == Viewer::State::kEvicted) return close();
    if (!waiting_) pump();
  }

  // The viewer may be the one who calls: it goes with this, when the last who holds it lets go.
  void close() {
    if (closed_) return;
    closed_ = true;
    const auto self = shared_from_this();
    socket_.close();
    viewer_.reset();
    place_.reset();
    if (ended_) ended_(sent_);
    pieces_ = {};
    all_.sockets_.erase(self);
  }

 private:
  enum class Written { kAll, kPart, kLater, kFailed };

  void put(Piece piece) { pieces_[count_++] = std::move(piece); }

  // New pieces only when all before are gone: so a viewer that is stuck is seen to be.
  bool fill() {
    if (last_) return false;
    if (websocket_) fill_control();
    while (!last_ && count_ + (websocket_ ? 2 : 1) <= kGather) {
      auto piece = viewer_->next();
      if (!piece) break;
      put_content(std::move(*piece));
    }
    if (count_ == 0 && viewer_->state() != Viewer::State::kPlaying) fill_end();
    return count_ > 0;
  }

  void fill_control() {
    if (auto reply = websocket_->reader.take_reply()) put(owned(std::move(*reply)));
    last_ = websocket_->reader.is_over();
  }

  void fill_end() {
    last_ = true;
    const bool ended = viewer_->state() == Viewer::State::kEnded;
    if (websocket_) put(owned(close_frame(ended ? CloseCode::kNormal : CloseCode::kTryAgain)));
  }

  void put_content(Piece piece) {
    if (websocket_) {
      FrameHead& head = websocket_->heads[count_];
      head = binary_head(piece.bytes.size());
      put({head.view(), nullptr});
    }
    put(std::move(piece));
  }

  void pump() {
    while (!closed_) {
      if (count_ == 0 && !fill()) break;
      const Written written = write();
      if (written == Written::kFailed) return close();
      if (written == Written::kLater) return wait();
    }
    if (!closed_ && last_) finish();
  }

  // The peer of a WebSocket is told why before the connection goes, and may answer.
  void finish() {
    if (lingering_) return;
    socket_.end_writing();
    if (!websocket_) return close();
    lingering_ = true;
    viewer_.reset();
    const auto patience = std::make_shared<asio::steady_timer>(socket_.executor(), kLinger);
    patience->async_wait([self = weak_from_this(), patience](const error_code&) {
      if (const auto one = self.lock()) one->close();
    });
  }

  Written write() {
    std::array<iovec, kGather> vectors{};
    for (std::size_t i = 0; i < count_; ++i)
      vectors[i] = {const_cast<std::uint8_t*>(pieces_[i].bytes.data()), pieces_[i].bytes.size()};
    const net::Moved moved = socket_.write(std::span(vectors).first(count_));
    if (moved.step == net::Step::kEnded) return Written::kFailed;
    if (moved.step != net::Step::kDone) return Written::kLater;
    sent_ += moved.count;
    forget(moved.count);
    if (count_ == 0) return Written::kAll;
    return socket_.is_secure() ? Written::kPart : Written::kLater;  // which writes record by record
  }

  void forget(std::size_t sent) {
    std::size_t gone = 0;
    while (gone < count_ && sent >= pieces_[gone].bytes.size())
      sent -= pieces_[gone++].bytes.size();
    for (std::size_t i = gone; i < count_; ++i) pieces_[i - gone] = std::move(pieces_[i]);
    for (std::size_t i = count_ - gone; i < count_; ++i) pieces_[i] = {};
    count_ -= gone;
    if (count_ > 0) pieces_[0].bytes = pieces_[0].bytes.subspan(sent);
  }

  void wait() {
    waiting_ = true;
    socket_.wait(net::Step::kWrite, [self = shared_from_this()](const error_code& error) {
      self->waiting_ = false;
      if (self->closed_) return;
      error ? self->close() : self->pump();
    });
  }

  void listen() {
    socket_.wait(net::Step::kRead, [self = shared_from_this()](const error_code& error) {
      if (self->closed_) return;
      error ? self->close() : self->receive();
    });
  }

  // A little at a time: others want their turn.
  void receive() {
    if (closed_) return;
    std::array<std::uint8_t, 4096> bytes;
    const net::Moved moved = socket_.read(bytes);
    if (moved.step == net::Step::kEnded) return close();
    if (moved.step != net::Step::kDone) return listen();
    if (websocket_ && !last_) {
      websocket_->reader.feed(ByteView(bytes).first(moved.count));
      if (!waiting_) pump();
    }
    asio::post(socket_.executor(), [self = shared_from_this()] { self->receive(); });
  }

  LiveSockets& all_;
  net::PeerSocket socket_;
  std::shared_ptr<void> place_;
  const LiveEnded ended_;
  std::unique_ptr<WebSocketSide> websocket_;
  std::uint64_t sent_ = 0;
  std::unique_ptr<Viewer> viewer_;
  std::array<Piece, kGather> pieces_;
  std::size_t count_ = 0;
  bool waiting_ = false;
  bool last_ = false;       // nothing follows what is being sent
  bool lingering_ = false;  // all is sent, and the peer is to close
  bool closed_ = false;
};

LiveSockets::~LiveSockets() {
  while (!sockets_.empty()) (*sockets_.begin())->close();
}

Result<void> LiveSockets::add(LiveArrival arrival, const Play& play) {
  const auto one = std::make_shared<One>(*this, std::move(arrival));
  sockets_.insert(one);
  auto started = one->start(play);
  if (!started) one->close();
  return started;
}

}  // namespace weir::edge
