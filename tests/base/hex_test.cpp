#include "base/hex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(ReadHex, TwoDigitsOfEitherCaseAreAByte) {
  EXPECT_THAT(read_hex("00fF7a"), Optional(ElementsAre(0x00, 0xff, 0x7a)));
}

TEST(ReadHex, OfNothingIsNothing) {
  EXPECT_THAT(read_hex(""), Optional(IsEmpty()));
}

TEST(ReadHex, AnOddNumberOfDigitsAndAnythingElseIsNoHex) {
  for (const char* text : {"0", "0ff", "0g", "g0", "0x00", " 0", "-1", "+1"})
    EXPECT_EQ(read_hex(text), std::nullopt) << text;
}

TEST(HexByte, IsThatOfTheFirstTwoDigits) {
  EXPECT_EQ(hex_byte("2f"), 0x2f);
  EXPECT_EQ(hex_byte("fFxx"), 0xff);
  for (const char* text : {"", "2", "2g", "g2", "+1", "%2"}) EXPECT_EQ(hex_byte(text), -1) << text;
}

}  // namespace
}  // namespace weir
