#include "edge/websocket.h"

#include <openssl/evp.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace weir::edge {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::uint8_t kFin = 0x80, kReserved = 0x70, kOpcode = 0x0f, kMasked = 0x80;
constexpr std::uint8_t kContinuation = 0, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;
constexpr std::size_t kLargestControl = 125;
constexpr std::size_t kKeySize = 24;  // 16 bytes as base64

bool names(std::string_view list, std::string_view option) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (same_but_for_case(trim(list.substr(0, comma)), option)) return true;
    list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
  }
  return false;
}

bool is_key(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return text.size() == kKeySize && text.ends_with("==") &&
         text.find_first_not_of(kDigits) == kKeySize - 2;
}

std::string accept_key(std::string_view key) {
  const std::string text = std::string(key).append(kGuid);
  std::array<std::uint8_t, 20> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  std::array<std::uint8_t, 29> out{};
  EVP_EncodeBlock(out.data(), digest.data(), digest.size());
  return std::string(as_text(ByteView(out).first(out.size() - 1)));
}

// What a peer may say (RFC 6455 section 7.4.2).
bool is_close_code(unsigned code) {
  constexpr std::array<unsigned, 3> kNeverSent{1004, 1005, 1006};
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code <= 1014 &&
         std::find(kNeverSent.begin(), kNeverSent.end(), code) == kNeverSent.end();
}

// At most 125 bytes of content.
Bytes control_frame(std::uint8_t opcode, ByteView content) {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(kFin | opcode);
  writer.u8(content.size());
  writer.bytes(content);
  return out;
}

}  // namespace

bool wants_websocket(const HttpRequest& request) {
  return names(request.field("Upgrade"), "websocket");
}

std::optional<HttpAnswer> refuse_websocket(const HttpRequest& request) {
  if (request.method != "GET") return plain_answer(405, "Allow: GET\r\n");
  if (request.field("Sec-WebSocket-Version") != "13")
    return plain_answer(426, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
  if (!names(request.field("Connection"), "Upgrade") || request.has_content() ||
      !is_key(request.field("Sec-WebSocket-Key")))
    return plain_answer(400);
  return {};
}

std::string accept_websocket(const HttpRequest& request) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         accept_key(request.field("Sec-WebSocket-Key")) + "\r\n\r\n";
}

FrameHead binary_head(std::uint64_t size) {
  FrameHead out;
  const auto put = [&out](std::uint64_t byte) {
    out.bytes[out.size++] = static_cast<std::uint8_t>(byte);
  };
  put(kFin | kBinary);
  const int digits = size <= kLargestControl ? 0 : size <= 0xffff ? 2 : 8;
  put(digits == 0 ? size : digits == 2 ? 126 : 127);
  for (int i = digits - 1; i >= 0; --i) put(size >> (8 * i) & 0xff);
  return out;
}

Bytes close_frame(CloseCode code) {
  Bytes content;
  ByteWriter(content).u16(static_cast<std::uint16_t>(code));
  return control_frame(kClose, content);
}

std::optional<Bytes> WebSocketReader::take_reply() {
  return std::exchange(reply_, std::nullopt);
}

void WebSocketReader::end(CloseCode code) {
  over_ = true;
  reply_ = close_frame(code);
}

void WebSocketReader::feed(ByteView bytes) {
  while (!over_ && !bytes.empty()) {
    if (at_ == At::kHead) {
      head_[have_++] = bytes[0];
      bytes = bytes.subspan(1);
      read_head();
      continue;
    }
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    for (std::size_t i = 0; is_control() && i < part; ++i)
      content_.push_back(bytes[i] ^ head_[have_ - 4 + mask_at_++ % 4]);
    bytes = bytes.subspan(part);
    left_ -= part;
    if (left_ == 0) end_frame();
  }
}

// 2 until the second byte is there, which tells.
std::size_t WebSocketReader::head_size() const {
  if (have_ < 2) return 2;
  const unsigned size = head_[1] & 0x7f;
  return 6U + (size == 126 ? 2U : size == 127 ? 8U : 0U);
}

void WebSocketReader::read_head() {
  if (have_ < head_size()) {
    if (have_ != 2) return;
    const std::uint8_t opcode = head_[0] & kOpcode;
    const bool is_known = opcode <= kBinary || (opcode >= kClose && opcode <= kPong);
    const bool is_whole = (head_[0] & kFin) != 0;
    const bool is_long = (head_[1] & 0x7fU) > kLargestControl;
    const bool follows = opcode == kContinuation;
    if ((head_[0] & kReserved) != 0 || (head_[1] & kMasked) == 0 || !is_known ||
        (is_control() ? !is_whole || is_long : follows != inside_))
      end(CloseCode::kProtocol);
    return;
  }
  begin_content();
}

void WebSocketReader::begin_content() {
  const std::size_t digits = have_ - 6;
  left_ = digits == 0 ? head_[1] & 0x7fU : 0;
  for (std::size_t i = 0; i < digits; ++i) left_ = left_ << 8 | head_[2 + i];
  const std::uint64_t least = digits == 0 ? 0 : digits == 2 ? 126 : 0x10000;
  if (left_ < least || left_ >> 63 != 0) return end(CloseCode::kProtocol);
  if (left_ > kLargestFrame) return end(CloseCode::kTooBig);
  at_ = At::kContent;
  mask_at_ = 0;
  content_.clear();
  if (left_ == 0) end_frame();
}

void WebSocketReader::end_frame() {
  const std::uint8_t opcode = head_[0] & kOpcode;
  if (opcode == kClose) return read_close();
  if (opcode == kPing) reply_ = control_frame(kPong, content_);
  if (!is_control()) inside_ = (head_[0] & kFin) == 0;
  at_ = At::kHead;
  have_ = 0;
}

void WebSocketReader::read_close() {
  if (content_.empty()) return end(CloseCode::kNormal);
  if (content_.size() == 1) return end(CloseCode::kProtocol);
  const unsigned code = static_cast<unsigned>(content_[0] << 8 | content_[1]);
  if (!is_close_code(code)) return end(CloseCode::kProtocol);
  if (!valid_utf8(as_text(ByteView(content_).subspan(2)))) return end(CloseCode::kNotText);
  over_ = true;
  reply_ = control_frame(kClose, ByteView(content_).first(2));
}

}  // namespace weir::edge
