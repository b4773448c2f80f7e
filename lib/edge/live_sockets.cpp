#include "edge/live_sockets.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <utility>

namespace weir::edge {
namespace {

constexpr std::size_t kGather = 4;  // pieces in one write

}  // namespace

class LiveSockets::One : public ViewerOwner, public std::enable_shared_from_this<One> {
 public:
  One(LiveSockets& all, Socket socket, Piece head, std::shared_ptr<void> place, Ended ended)
      : all_(all), socket_(std::move(socket)), place_(std::move(place)), ended_(std::move(ended)) {
    pieces_[0] = std::move(head);
    count_ = 1;
  }

  Result<void> start(const Play& play) {
    WEIR_TRY_ASSIGN(viewer_, play(*this));
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    listen();
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
    boost::system::error_code ignored;
    socket_.close(ignored);
    viewer_.reset();
    place_.reset();
    if (ended_) ended_(sent_);
    pieces_ = {};
    all_.sockets_.erase(self);
  }

 private:
  enum class Written { kAll, kPart, kFailed };

  // New pieces only when all before are gone: so a viewer that is stuck is seen to be.
  bool fill() {
    while (count_ < kGather) {
      auto piece = viewer_->next();
      if (!piece) break;
      pieces_[count_++] = std::move(*piece);
    }
    return count_ > 0;
  }

  void pump() {
    while (!closed_) {
      if (count_ == 0 && !fill()) break;
      const Written written = write();
      if (written == Written::kFailed) return close();
      if (written == Written::kPart) return wait();
    }
    if (!closed_ && viewer_->state() != Viewer::State::kPlaying) close();
  }

  Written write() {
    std::array<iovec, kGather> vectors{};
    for (std::size_t i = 0; i < count_; ++i)
      vectors[i] = {const_cast<std::uint8_t*>(pieces_[i].bytes.data()), pieces_[i].bytes.size()};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count_;
    const auto sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0)
      return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? Written::kPart
                                                                   : Written::kFailed;
    sent_ += static_cast<std::uint64_t>(sent);
    forget(static_cast<std::size_t>(sent));
    return count_ == 0 ? Written::kAll : Written::kPart;
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
    socket_.async_wait(Socket::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         self->waiting_ = false;
                         if (self->closed_) return;
                         error ? self->close() : self->pump();
                       });
  }

  void listen() {
    socket_.async_wait(Socket::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (self->closed_) return;
                         if (error || !self->still_there()) return self->close();
                         self->listen();
                       });
  }

  bool still_there() {
    std::array<char, 4096> ignored;
    const auto got = ::recv(socket_.native_handle(), ignored.data(), ignored.size(), MSG_DONTWAIT);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
  }

  LiveSockets& all_;
  Socket socket_;
  std::shared_ptr<void> place_;
  const Ended ended_;
  std::uint64_t sent_ = 0;
  std::unique_ptr<Viewer> viewer_;
  std::array<Piece, kGather> pieces_;
  std::size_t count_ = 0;
  bool waiting_ = false;
  bool closed_ = false;
};

LiveSockets::~LiveSockets() {
  while (!sockets_.empty()) (*sockets_.begin())->close();
}

Result<void> LiveSockets::add(Socket socket, Piece head, std::shared_ptr<void> place,
                              const Play& play, Ended ended) {
  const auto one = std::make_shared<One>(*this, std::move(socket), std::move(head),
                                         std::move(place), std::move(ended));
  sockets_.insert(one);
  auto started = one->start(play);
  if (!started) one->close();
  return started;
}

}  // namespace weir::edge
