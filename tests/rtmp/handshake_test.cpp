#include "rtmp/handshake.h"

#include <algorithm>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/counting_random.h"
#include "support/hex.h"
#include "support/matchers.h"

namespace weir::rtmp {
namespace {

using support::CountingRandom;
using support::FailsWith;
using support::from_hex;
using ::testing::HasSubstr;

// Digests below were computed with Python's hmac and hashlib over the same bytes.
constexpr std::size_t kS1 = 1;
constexpr std::size_t kS2 = kS1 + kHandshakePacket;
constexpr std::size_t kSignature = kHandshakePacket - 32;

Bytes part(ByteView bytes, std::size_t at, std::size_t size = 32) {
  const ByteView found = bytes.subspan(at, size);
  return {found.begin(), found.end()};
}

// C0 and C1 as the counting random bytes make them.
Bytes digest_hello(DigestHalf half) {
  HandshakePacket packet{};
  const Bytes version = {9, 0, 0x7c, 2};
  std::copy(version.begin(), version.end(), packet.begin() + 4);
  CountingRandom().fill(std::span(packet).subspan(8));
  put_digest(packet, Maker::kPlayer, half);
  Bytes out = {3};
  out.insert(out.end(), packet.begin(), packet.end());
  return out;
}

Bytes simple_hello() {
  Bytes out(1 + kHandshakePacket, 0x5a);
  out[0] = 3;
  std::fill_n(out.begin() + 5, 4, std::uint8_t{0});
  return out;
}

// Gives all bytes, cut in two; returns what was left at the end.
std::size_t pass(Handshake& to, ByteView bytes, std::size_t cut, Bytes& answer) {
  cut = std::min(cut, bytes.size());
  const auto first = to.receive(bytes.first(cut), answer);
  const auto second = to.receive(bytes.subspan(cut), answer);
  EXPECT_THAT(first, support::IsOk());
  EXPECT_THAT(second, support::IsOk());
  return bytes.size() - *first - *second;
}

TEST(Handshake, AClientBeginsWithADigest) {
  const CountingRandom random;
  Bytes hello;
  const ClientHandshake client(random, hello);
  ASSERT_EQ(hello.size(), 1537u);
  EXPECT_EQ(hello[0], 3);
  EXPECT_EQ(part(hello, 1 + 22),
            from_hex("641ad511dce31a36e66340a006cc4b7278f4a5e4da997ea5b47171a578d0437c"));
  EXPECT_EQ(hello, digest_hello(DigestHalf::kFirst));
}

TEST(Handshake, AServerAnswersADigestInTheSameHalf) {
  struct Case {
    DigestHalf half;
    std::size_t at;
    std::string_view c1, s1, s2;
  };
  for (const Case& c : {Case{DigestHalf::kFirst, 22,
                             "641ad511dce31a36e66340a006cc4b7278f4a5e4da997ea5b47171a578d0437c",
                             "2c297cfd9a1d522ebadce1fa8b3f25c448dd5e48aac6021ecee49a775332b9b5",
                             "e3a48752ee68080d3aa101d8adb28090e1632e81a45da9f205518908d679a6d5"},
                        Case{DigestHalf::kSecond, 810,
                             "56e30adbb28fc3b8047cd121b2fea859bd903e3954af9cd561450f13241910f6",
                             "6ae5e3fe10962c11cfee2b2d6125d5dbf1a50f2069779742eacb3beb724473c4",
                             "79fbb2136379bf201e6017490b19443d65aff97dc82b7ba7d10c479c7d40ce10"}}) {
    const CountingRandom random;
    ServerHandshake server(random);
    const Bytes hello = digest_hello(c.half);
    EXPECT_EQ(part(hello, 1 + c.at), from_hex(c.c1));
    Bytes answer;
    EXPECT_EQ(pass(server, hello, 700, answer), 0u);
    ASSERT_EQ(answer.size(), 3073u);
    EXPECT_TRUE(server.has_digest());
    EXPECT_EQ(part(answer, kS1 + c.at), from_hex(c.s1));
    EXPECT_EQ(part(answer, kS2 + kSignature), from_hex(c.s2));
  }
}

TEST(Handshake, AClientSignsItsAnswerToADigest) {
  const CountingRandom server_random, client_random;
  Bytes hello, answer, echo;
  ClientHandshake client(client_random, hello);
  ServerHandshake server(server_random);
  pass(server, hello, 0, answer);
  pass(client, answer, 0, echo);
  ASSERT_EQ(echo.size(), kHandshakePacket);
  EXPECT_EQ(part(echo, kSignature),
            from_hex("a25d65ef3f324f4bf076e8bba1e4410746942b0fad2d230a1949287cd21612a4"));
}

TEST(Handshake, WithoutADigestPacketsAreEchoed) {
  // The second says that it has one, and has none.
  Bytes pretending = simple_hello();
  pretending[5] = 10;
  for (const Bytes& hello : {simple_hello(), pretending}) {
    const CountingRandom random;
    ServerHandshake server(random);
    Bytes answer, nothing;
    pass(server, hello, 1, answer);
    ASSERT_EQ(answer.size(), 3073u);
    EXPECT_EQ(part(answer, kS1 + 4, 4), Bytes(4, 0));
    EXPECT_EQ(part(answer, kS2, kHandshakePacket), part(hello, 1, kHandshakePacket));
    EXPECT_EQ(pass(server, part(answer, kS1, kHandshakePacket), 5, nothing), 0u);
    EXPECT_TRUE(server.done());
    EXPECT_FALSE(server.bad_echo());
    EXPECT_FALSE(server.has_digest());
    EXPECT_TRUE(nothing.empty());
  }
}

TEST(Handshake, AClientTakesAServerWithoutDigests) {
  const CountingRandom random;
  Bytes hello, echo;
  ClientHandshake client(random, hello);
  Bytes answer = simple_hello();
  answer.insert(answer.end(), hello.begin() + 1, hello.end());
  EXPECT_EQ(pass(client, answer, 1600, echo), 0u);
  EXPECT_TRUE(client.done());
  EXPECT_FALSE(client.bad_echo());
  EXPECT_EQ(echo, part(answer, 1, kHandshakePacket));
}

TEST(Handshake, BothSidesAgreeHoweverTheBytesAreCutAndKeepWhatFollows) {
  for (std::size_t cut = 0; cut <= 3073; cut += cut < 1550 && cut > 10 && cut < 1530 ? 37 : 1) {
    const CountingRandom random;
    Bytes hello, answer, echo;
    ClientHandshake client(random, hello);
    ServerHandshake server(random);
    EXPECT_EQ(pass(server, hello, cut, answer), 0u);
    answer.insert(answer.end(), {1, 2, 3});
    EXPECT_EQ(pass(client, answer, cut, echo), 3u);
    EXPECT_TRUE(client.done());
    echo.insert(echo.end(), {1, 2});
    EXPECT_EQ(pass(server, echo, cut, answer), 2u);
    EXPECT_TRUE(server.done() && server.has_digest() && client.has_digest());
    ASSERT_FALSE(server.bad_echo() || client.bad_echo()) << cut;
  }
}

TEST(Handshake, ASloppyEchoIsToldOfAndLetIn) {
  const CountingRandom random;
  Bytes hello, answer, echo;
  ClientHandshake client(random, hello);
  ServerHandshake server(random);
  pass(server, hello, 0, answer);
  answer.back() ^= 1;
  pass(client, answer, 0, echo);
  echo.back() ^= 1;
  pass(server, echo, 0, answer);
  EXPECT_TRUE(client.done() && client.bad_echo());
  EXPECT_TRUE(server.done() && server.bad_echo());
}

TEST(Handshake, OtherProtocolsAreKnownByTheirFirstByte) {
  const CountingRandom random;
  Bytes out;
  EXPECT_THAT(ServerHandshake(random).receive(Bytes{6}, out),
              FailsWith(Code::kUnsupported, HasSubstr("RTMPE")));
  EXPECT_THAT(ServerHandshake(random).receive(Bytes{0x16, 3, 1}, out),
              FailsWith(Code::kUnsupported, HasSubstr("TLS")));
  EXPECT_THAT(ServerHandshake(random).receive(as_bytes("GET / HTTP/1.1"), out),
              FailsWith(Code::kBadInput, HasSubstr("first byte is 71")));
  EXPECT_TRUE(out.empty());
}

}  // namespace
}  // namespace weir::rtmp
