// WebSocket as a server speaks it that only sends: bytes, no socket.
// Source: RFC 6455 sections 4.2 (handshake), 5 (frames), 7.4 (close codes).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "edge/http_answer.h"
#include "edge/http_request.h"

namespace weir::edge {

/// Whether a request asks for a WebSocket: an Upgrade field names it.
bool wants_websocket(const HttpRequest& request);

/// Of a request that asks for one: empty, or why it cannot be had (400, 405, 426).
std::optional<HttpAnswer> refuse_websocket(const HttpRequest& request);

/// The whole head that accepts it. Not for a request that is to be refused.
std::string accept_websocket(const HttpRequest& request);

enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kProtocol = 1002,
  kNotText = 1007,  ///< A reason that is no UTF-8.
  kTooBig = 1009,
  kTryAgain = 1013,  ///< Of a viewer that was too slow.
};

/// What stands in front of a whole binary message.
struct FrameHead {
  std::array<std::uint8_t, 10> bytes{};
  std::uint8_t size = 0;

  ByteView view() const { return ByteView(bytes).first(size); }
};
FrameHead binary_head(std::uint64_t size);

Bytes close_frame(CloseCode code);

/// Reads what a client sends. Pings are answered, of several the newest; messages are read and
/// forgotten, so their text is not looked at; whatever is against the rules ends it.
/// Memory     The content of a ping or a close, 125 bytes.
class WebSocketReader {
 public:
  static constexpr std::uint64_t kLargestFrame = 64 << 10;

  void feed(ByteView bytes);
  /// A whole frame to be sent now, if there is one; each once. After is_over() it is the last.
  std::optional<Bytes> take_reply();
  /// The client has closed, or broken the rules: nothing more is read.
  bool is_over() const { return over_; }

 private:
  enum class At { kHead, kContent };

  std::size_t head_size() const;
  void read_head();
  void begin_content();
  void end_frame();
  void end(CloseCode code);
  void read_close();
  bool is_control() const { return (head_[0] & 8) != 0; }

  At at_ = At::kHead;
  std::array<std::uint8_t, 14> head_{};
  std::size_t have_ = 0;  // of the head
  std::uint64_t left_ = 0;
  std::size_t mask_at_ = 0;
  Bytes content_;        // of a control frame
  bool inside_ = false;  // a message of several frames has begun
  bool over_ = false;
  std::optional<Bytes> reply_;
};

}  // namespace weir::edge
