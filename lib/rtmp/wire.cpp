#include "rtmp/wire.h"

#include <algorithm>
#include <utility>

namespace weir::rtmp {
namespace {

constexpr std::uint32_t kWindow = 2'500'000;     // bytes; what most servers say
constexpr std::uint32_t kSmallestWindow = 8192;  // smaller ones would cost more than they carry
constexpr std::uint8_t kDynamicLimit = 2;
constexpr std::uint16_t kPingRequest = 6;
constexpr std::uint16_t kPingResponse = 7;

std::unique_ptr<Handshake> make_handshake(Role role, const Random& random, Bytes& out) {
  if (role == Role::kServer) return std::make_unique<ServerHandshake>(random);
  return std::make_unique<ClientHandshake>(random, out);
}

std::uint32_t number(ByteView bytes) {
  std::uint32_t value = 0;
  for (const auto byte : bytes) value = value << 8 | byte;
  return value;
}

// Sound must not wait behind a picture cut into chunks, so each kind has a chunk stream.
std::uint32_t chunk_stream_for(MessageType type) {
  switch (type) {
    case MessageType::kSetChunkSize:
    case MessageType::kAbort:
    case MessageType::kAcknowledgement:
    case MessageType::kUserControl:
    case MessageType::kWindowSize:
    case MessageType::kSetPeerBandwidth:
      return kControlChunkStream;
    case MessageType::kAudio:
      return 4;
    case MessageType::kVideo:
    case MessageType::kAggregate:
      return 6;
    case MessageType::kData:
    case MessageType::kAmf3Data:
      return 5;
    default:
      return 3;
  }
}

}  // namespace

Wire::Wire(Role role, const Random& random, WireLimits limits)
    : role_(role),
      limits_(limits),
      handshake_(make_handshake(role, random, output_)),
      reader_(limits.chunks),
      their_window_(kWindow) {}

void Wire::feed(ByteView bytes) {
  input_ = bytes;
}

Result<std::optional<Message>> Wire::next() {
  if (failure_) return fail(*failure_);
  auto message = read();
  if (!message) failure_ = message.error();
  return message;
}

Result<std::optional<Message>> Wire::read() {
  WEIR_TRY(shake_hands());
  while (true) {
    WEIR_TRY_ASSIGN(auto message, reader_.next());
    if (message && handle(*message)) continue;
    if (message && role_ == Role::kServer) announce();
    if (message) return message;
    WEIR_TRY_ASSIGN(const bool fed, feed_reader());
    if (!fed) break;
  }
  acknowledge();
  return std::optional<Message>();
}

Result<void> Wire::shake_hands() {
  if (open() || input_.empty()) return {};
  WEIR_TRY_ASSIGN(const std::size_t taken, handshake_->receive(input_, output_));
  input_ = input_.subspan(taken);
  taken_ += taken;
  digest_ = handshake_->has_digest();
  bad_echo_ = handshake_->bad_echo();
  if (handshake_->done()) handshake_.reset();
  return {};
}

// Gives no more than the budget, so that a message in front of its end can still bring trust.
Result<bool> Wire::feed_reader() {
  if (input_.empty()) return false;
  const std::uint64_t budget =
      limits_.untrusted - std::min<std::uint64_t>(taken_, limits_.untrusted);
  if (!trusted_ && budget == 0)
    return fail(Code::kRefused, "more than {} bytes from a peer that was not let in yet",
                limits_.untrusted);
  const std::size_t size =
      trusted_ ? input_.size() : std::min<std::uint64_t>(input_.size(), budget);
  reader_.feed(input_.first(size));
  input_ = input_.subspan(size);
  taken_ += size;
  return true;
}

// True when nobody else needs to know. What is too short to mean anything means nothing.
bool Wire::handle(const Message& message) {
  const ByteView body = message.body;
  switch (message.type) {
    case MessageType::kAcknowledgement:
      return true;
    case MessageType::kWindowSize:
      if (body.size() < 4) return true;
      told_window_ = number(body.first(4));
      their_window_ = std::max(*told_window_, kSmallestWindow);
      return true;
    case MessageType::kSetPeerBandwidth:
      if (body.size() >= 4) take_bandwidth(number(body.first(4)));
      return true;
    case MessageType::kUserControl:
      return take_event(body);
    default:
      return false;
  }
}

bool Wire::take_event(ByteView body) {
  if (body.size() < 2) return true;
  const std::uint32_t event = number(body.first(2));
  if (event == kPingRequest) {
    Bytes answer;
    ByteWriter out(answer);
    out.u16(kPingResponse);
    out.bytes(body.subspan(2, std::min<std::size_t>(body.size() - 2, 4)));
    control(MessageType::kUserControl, std::move(answer));
  }
  return event == kPingRequest || event == kPingResponse;
}

// We send as fast as the socket takes it; but the peer is to know that we heard.
void Wire::take_bandwidth(std::uint32_t window) {
  if (window != our_window_) announce_window(window);
}

void Wire::announce_window(std::uint32_t window) {
  our_window_ = window;
  Bytes body;
  ByteWriter(body).u32(window);
  control(MessageType::kWindowSize, std::move(body));
}

void Wire::announce() {
  if (std::exchange(announced_, true)) return;
  if (role_ == Role::kServer) {
    announce_window(kWindow);
    Bytes body;
    ByteWriter out(body);
    out.u32(kWindow);
    out.u8(kDynamicLimit);
    control(MessageType::kSetPeerBandwidth, std::move(body));
  }
  writer_.set_chunk_size(kOurChunkSize, output_);
}

// The count goes round at 2^32, and peers expect it to.
void Wire::acknowledge() {
  if (!open() || taken_ - acknowledged_ < their_window_ / 2) return;
  acknowledged_ = taken_;
  Bytes body;
  ByteWriter(body).u32(taken_);
  control(MessageType::kAcknowledgement, std::move(body));
}

Result<void> Wire::send(const Message& message) {
  WEIR_TRY(writer_.write(message, chunk_stream_for(message.type), output_));
  if (role_ == Role::kClient) announce();
  return {};
}

void Wire::control(MessageType type, Bytes body) {
  const Message message{type, 0, 0, std::move(body)};
  // A few bytes: they cannot be too large.
  static_cast<void>(writer_.write(message, chunk_stream_for(type), output_));
}

void Wire::ping(std::uint32_t time_ms) {
  if (!open()) return;
  Bytes body;
  ByteWriter out(body);
  out.u16(kPingRequest);
  out.u32(time_ms);
  control(MessageType::kUserControl, std::move(body));
}

Bytes Wire::take_output() {
  made_ += output_.size();
  return std::exchange(output_, {});
}

WireFacts Wire::facts() const {
  return {taken_,      made_ + output_.size(), digest_,
          bad_echo_,   reader_.repairs(),      reader_.chunk_size(),
          told_window_};
}

}  // namespace weir::rtmp
