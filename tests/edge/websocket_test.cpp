#include "edge/websocket.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace weir::edge {
namespace {

const std::string kAsks =
    "GET /live/x.flv HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

// kAsks with one part changed.
std::string asks(const std::string& from = "", const std::string& to = "") {
  std::string out = kAsks;
  if (!from.empty()) out.replace(out.find(from), from.size(), to);
  return out;
}

struct Asked {
  explicit Asked(std::string text) : bytes(std::move(text)) {
    EXPECT_EQ(parser.parse(bytes), HttpRequestParser::State::kComplete) << bytes;
  }
  /// 0: it is not refused.
  unsigned status() const {
    const auto refusal = refuse_websocket(parser.request());
    return refusal ? refusal->status : 0;
  }
  const std::string bytes;
  HttpRequestParser parser;
};

TEST(WebSocket, AcceptsWithTheKeyOfTheSpecification) {
  const Asked asked(kAsks);
  EXPECT_TRUE(wants_websocket(asked.parser.request()));
  EXPECT_EQ(asked.status(), 0U);
  EXPECT_EQ(accept_websocket(asked.parser.request()),
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST(WebSocket, OnlyARequestThatNamesItAsksForOne) {
  EXPECT_FALSE(wants_websocket(Asked(asks("Upgrade: WebSocket\r\n")).parser.request()));
  EXPECT_FALSE(wants_websocket(Asked(asks("WebSocket", "h2c")).parser.request()));
  EXPECT_TRUE(wants_websocket(Asked(asks("WebSocket", "h2c, websocket")).parser.request()));
}

TEST(WebSocket, RefusesHandshakesThatAreNone) {
  EXPECT_EQ(Asked(asks("GET", "PUT")).status(), 405U);
  EXPECT_EQ(Asked(asks("Version: 13", "Version: 8")).status(), 426U);
  EXPECT_EQ(Asked(asks("Sec-WebSocket-Version: 13\r\n")).status(), 426U);
  EXPECT_EQ(Asked(asks("Connection: Upgrade", "Connection: close")).status(), 400U);
  EXPECT_EQ(Asked(asks("\r\n\r\n", "\r\nContent-Length: 3\r\n\r\n")).status(), 400U);
  for (const char* key : {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===",
                          "dGhl=HNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQAA"})
    EXPECT_EQ(Asked(asks("dGhlIHNhbXBsZSBub25jZQ==", key)).status(), 400U) << key;
}

std::string head_of(std::uint64_t size) {
  return std::string(as_text(binary_head(size).view()));
}

TEST(WebSocket, WritesTheShortestLength) {
  EXPECT_EQ(head_of(0), std::string("\x82\x00", 2));
  EXPECT_EQ(head_of(125), "\x82\x7d");
  EXPECT_EQ(head_of(126), std::string("\x82\x7e\x00\x7e", 4));
  EXPECT_EQ(head_of(0xffff), "\x82\x7e\xff\xff");
  EXPECT_EQ(head_of(0x10000), std::string("\x82\x7f\0\0\0\0\0\1\0\0", 10));
}

// A frame as a client sends it, under the mask 1 2 3 4.
std::string frame(int first, const std::string& content) {
  std::string out(1, static_cast<char>(first));
  out += static_cast<char>(0x80 | content.size());
  out += "\1\2\3\4";
  for (std::size_t i = 0; i < content.size(); ++i)
    out += static_cast<char>(content[i] ^ static_cast<char>(1 + i % 4));
  return out;
}

std::string reply(WebSocketReader& reader) {
  const auto bytes = reader.take_reply();
  return bytes ? std::string(as_text(*bytes)) : "";
}

// What is said back, the bytes coming one by one.
std::string reply_to(const std::string& bytes) {
  WebSocketReader whole, broken;
  whole.feed(as_bytes(bytes));
  for (const char c : bytes) broken.feed(as_bytes(std::string_view(&c, 1)));
  EXPECT_EQ(whole.is_over(), broken.is_over());
  const std::string out = reply(whole);
  EXPECT_EQ(out, reply(broken));
  return out;
}

TEST(WebSocket, APingIsAnsweredWithWhatItSaid) {
  EXPECT_EQ(reply_to(frame(0x89, "")), std::string("\x8a\x00", 2));
  EXPECT_EQ(reply_to(frame(0x89, "hello")), "\x8a\x05hello");
  EXPECT_EQ(reply_to(frame(0x89, "a") + frame(0x89, "b")),
            "\x8a\x01"
            "b");
  EXPECT_EQ(reply_to(frame(0x8a, "unasked")), "");
}

TEST(WebSocket, MessagesAreForgottenAlsoInPieces) {
  EXPECT_EQ(reply_to(frame(0x81, "text") + frame(0x82, "binary") + frame(0x89, "")),
            std::string("\x8a\x00", 2));
  EXPECT_EQ(reply_to(frame(0x01, "te") + frame(0x89, "x") + frame(0x00, "x") + frame(0x80, "t")),
            "\x8a\x01x");
}

std::string closed(unsigned code) {
  return {'\x88', '\x02', static_cast<char>(code >> 8), static_cast<char>(code)};
}

TEST(WebSocket, AGarbledFrameEndsIt) {
  const std::vector<std::pair<std::string, unsigned>> bad{
      {std::string("\x82\x01x", 3), 1002},                 // no mask
      {frame(0xc2, "x"), 1002},                            // a reserved bit
      {frame(0x83, "x"), 1002},                            // no such frame
      {frame(0x8b, "x"), 1002},                            //
      {frame(0x09, "x"), 1002},                            // a ping in pieces
      {frame(0x80, "x"), 1002},                            // goes on with nothing
      {frame(0x01, "x") + frame(0x81, "x"), 1002},         // begins within a message
      {std::string("\x89\xfe\x00\x7e\1\2\3\4", 8), 1002},  // a ping of 126 bytes
      {std::string("\x82\xfe\x00\x7d\1\2\3\4", 8), 1002},  // a length that is too long
      {std::string("\x82\xff\0\0\0\0\0\0\xff\xff\1\2\3\4", 14), 1002},
      {std::string("\x82\xff\x80\0\0\0\0\0\0\0\1\2\3\4", 14), 1002},
      {std::string("\x82\xff\0\0\0\0\0\1\0\1\1\2\3\4", 14), 1009},
      {"GET / HTTP/1.1\r\n", 1002}};
  for (const auto& [bytes, code] : bad) EXPECT_EQ(reply_to(bytes), closed(code)) << bytes;
}

TEST(WebSocket, ACloseIsAnsweredWithItsCode) {
  EXPECT_EQ(reply_to(frame(0x88, "")), closed(1000));
  EXPECT_EQ(reply_to(frame(0x88,
                           "\x03\xe9"
                           "away")),
            closed(1001));
  EXPECT_EQ(reply_to(frame(0x88, "\x0f\xa0")), closed(4000));
  EXPECT_EQ(reply_to(frame(0x88, "\x03")), closed(1002));
  for (const char* code :
       {"\x03\xe7", "\x03\xec", "\x03\xed", "\x03\xee", "\x03\xf7", "\x0b\xb7", "\x13\x88"})
    EXPECT_EQ(reply_to(frame(0x88, code)), closed(1002)) << code;
  EXPECT_EQ(reply_to(frame(0x88, "\x03\xe8\xff")), closed(1007));
}

TEST(WebSocket, NothingIsReadBehindTheEnd) {
  WebSocketReader reader;
  reader.feed(as_bytes(frame(0x88, "") + frame(0x89, "x")));
  EXPECT_TRUE(reader.is_over());
  EXPECT_EQ(reply(reader), closed(1000));
  reader.feed(as_bytes(frame(0x89, "x")));
  EXPECT_EQ(reply(reader), "");
}

}  // namespace
}  // namespace weir::edge
