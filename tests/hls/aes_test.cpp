#include "hls/aes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/content_key.h"
#include "support/hex.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

using support::FailsWith;
using support::from_hex;
using support::IsOk;
using ::testing::HasSubstr;
using ::testing::Not;

AesBlock block(std::string_view hex) {
  const Bytes bytes = from_hex(hex);
  AesBlock out;
  std::copy_n(bytes.begin(), out.size(), out.begin());
  return out;
}

// NIST SP 800-38A, F.2.1.
const AesBlock kKey = block("2b7e151628aed2a6abf7158809cf4f3c");
const AesBlock kIv = block("000102030405060708090a0b0c0d0e0f");
constexpr auto kClear =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
constexpr auto kCipher =
    "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
    "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7";

TEST(Cbc, EncryptsAsNistSays) {
  Bytes bytes = from_hex(kClear);
  CbcCipher cipher(kKey);
  cipher.start(kIv);
  cipher.encrypt(bytes);
  EXPECT_EQ(bytes, from_hex(kCipher));
}

TEST(Cbc, AChainRunsOnFromCallToCallUntilANewOneBegins) {
  Bytes bytes = from_hex(kClear);
  CbcCipher cipher(kKey);
  for (int round = 0; round < 2; ++round) {
    bytes = from_hex(kClear);
    cipher.start(kIv);
    cipher.encrypt(std::span(bytes).first(16));
    cipher.encrypt(std::span(bytes).subspan(16));
    EXPECT_EQ(bytes, from_hex(kCipher));
  }
}

TEST(Cbc, WhatIsNoWholeBlockStaysAsItIs) {
  Bytes bytes = from_hex(kClear);
  bytes.resize(47);
  const Bytes before = bytes;
  CbcCipher cipher(kKey);
  cipher.start(kIv);
  cipher.encrypt(bytes);
  EXPECT_TRUE(std::equal(bytes.begin() + 32, bytes.end(), before.begin() + 32));
  EXPECT_FALSE(std::equal(bytes.begin(), bytes.begin() + 16, before.begin()));
}

// What `openssl enc -aes-128-cbc` makes of the same.
TEST(Padding, FillsTheLastBlockAndAddsOneToWholeOnes) {
  EXPECT_EQ(encrypt_padded(kKey, kIv, as_bytes("hello")),
            from_hex("d8666ea8aad65cc08354b4bc43d4ff56"));
  EXPECT_EQ(encrypt_padded(kKey, kIv, {}), from_hex("c84af0b613435d5d9182801a9bd9320b"));
  EXPECT_EQ(encrypt_padded(kKey, kIv, from_hex(kClear)),
            from_hex(std::string(kCipher) + "8cb82807230e1321d3fae00d18cc2012"));
}

TEST(Key, IsRawBytesOrHexadecimalDigits) {
  const Bytes raw(kKey.begin(), kKey.end());
  for (const Bytes& bytes : {raw, to_bytes("2b7e151628aed2a6abf7158809cf4f3c"),
                             to_bytes(" 2B7E151628AED2A6ABF7158809CF4F3C\r\n")}) {
    const auto key = parse_key(bytes);
    ASSERT_THAT(key, IsOk());
    EXPECT_EQ(key->key, kKey);
    EXPECT_FALSE(key->iv);
  }
}

TEST(Key, MayHaveItsIvBehindIt) {
  Bytes raw(kKey.begin(), kKey.end());
  raw.insert(raw.end(), kIv.begin(), kIv.end());
  for (const Bytes& bytes :
       {raw, to_bytes("2b7e151628aed2a6abf7158809cf4f3c000102030405060708090a0b0c0d0e0f\n")}) {
    const auto key = parse_key(bytes);
    ASSERT_THAT(key, IsOk());
    EXPECT_EQ(key->key, kKey);
    EXPECT_EQ(key->iv, kIv);
    EXPECT_EQ(content_key(*key, 7).iv, kIv);
  }
}

TEST(Key, OfAnotherLengthIsRefusedWithoutShowingIt) {
  for (std::size_t size = 0; size < 100; ++size) {
    if (size == 16 || size == 32 || size == 64) continue;
    EXPECT_THAT(parse_key(Bytes(size, 'a')), FailsWith(Code::kBadInput, Not(HasSubstr("aa"))))
        << size;
  }
  EXPECT_FALSE(parse_key(Bytes(64, 'x')));  // digits only, or too long
}

TEST(ContentKey, IvsDifferByNumberAndIdsByKey) {
  const auto one = content_key({kKey, {}}, 1), two = content_key({kKey, {}}, 2);
  const auto other = content_key({kIv, {}}, 1);
  EXPECT_NE(one.iv, two.iv);
  EXPECT_NE(one.iv, other.iv);
  EXPECT_EQ(one.id, two.id);
  EXPECT_NE(one.id, other.id);
  EXPECT_EQ(one, content_key({kKey, {}}, 1));
}

TEST(SequenceIv, IsTheNumberBigEndian) {
  EXPECT_EQ(sequence_iv(0x0102), block("00000000000000000000000000000102"));
}

}  // namespace
}  // namespace weir::hls
