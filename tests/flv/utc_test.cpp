#include "flv/utc.h"

#include <limits>

#include <gtest/gtest.h>

#include "flv/amf0.h"

namespace weir::flv {
namespace {

Bytes script(std::string_view name, double value) {
  Bytes out;
  AmfWriter amf(out);
  amf.text(name);
  amf.object([&] { amf.name("utc").number(value); });
  return out;
}

TEST(Utc, ComesBackToTheMicrosecond) {
  for (const std::int64_t utc_us : {0L, 1L, 1'796'100'530'831'457L})
    EXPECT_EQ(read_utc(utc_body(utc_us)), utc_us);
}

TEST(Utc, OtherScriptsHaveNone) {
  EXPECT_FALSE(read_utc(script("onMetaData", 5)));
  EXPECT_FALSE(read_utc({}));
  EXPECT_FALSE(read_utc(to_bytes("onUtc")));
}

TEST(Utc, WhatCannotBeIsNotBelieved) {
  using Limits = std::numeric_limits<double>;
  for (const double value :
       {-1.0, 1e15, Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()})
    EXPECT_FALSE(read_utc(script("onUtc", value))) << value;
}

TEST(Utc, CutOffItSaysNothing) {
  const Bytes whole = utc_body(1'796'100'530'831'457);
  for (std::size_t size = 0; size + 3 < whole.size(); ++size)
    EXPECT_FALSE(read_utc(ByteView(whole).first(size))) << size;
}

}  // namespace
}  // namespace weir::flv
