#include "edge/http_conditions.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace weir::edge {
namespace {

const Validators kState{"\"a-1\"", "Thu, 01 Jan 2026 00:00:00 GMT"};

// A request with one or two fields.
struct Asked {
  Asked(std::string_view name, std::string_view value, std::string_view other = {},
        std::string_view other_value = {})
      : fields{{{name, value}, {other, other_value}}} {
    request.fields = fields;
  }
  std::array<HttpField, 2> fields;
  HttpRequest request;
};

std::string range_of(std::string_view value, std::uint64_t size, std::string_view since = {}) {
  const Asked asked("Range", value, since.empty() ? "" : "If-Range", since);
  ByteSpan part;
  switch (wished_range(asked.request, kState, size, part)) {
    case RangeWish::kAll:
      return "all";
    case RangeWish::kUnsatisfiable:
      return "none";
    case RangeWish::kPart:
      break;
  }
  return std::to_string(part.offset) + "+" + std::to_string(part.size);
}

TEST(HttpConditions, DatesAreAsTheStandardWritesThem) {
  EXPECT_EQ(http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpConditions, ARangeIsAPartOfTheFile) {
  EXPECT_EQ(range_of("bytes=0-0", 100), "0+1");
  EXPECT_EQ(range_of("bytes=10-19", 100), "10+10");
  EXPECT_EQ(range_of("BYTES=10-", 100), "10+90");
  EXPECT_EQ(range_of("bytes=90-500", 100), "90+10");
  EXPECT_EQ(range_of("bytes=-5", 100), "95+5");
  EXPECT_EQ(range_of("bytes=-500", 100), "0+100");
}

TEST(HttpConditions, ARangeBehindTheEndCannotBe) {
  EXPECT_EQ(range_of("bytes=100-", 100), "none");
  EXPECT_EQ(range_of("bytes=-0", 100), "none");
  EXPECT_EQ(range_of("bytes=0-", 0), "none");
  EXPECT_EQ(range_of("bytes=-1", 0), "none");
}

TEST(HttpConditions, WhatIsNoSingleRangeAsksForAll) {
  for (const std::string_view value :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1",
        "bytes=0x1-2", "bytes=--1", "bytes=1-99999999999999999999", "bytes=+1-2"})
    EXPECT_EQ(range_of(value, 100), "all") << value;
}

TEST(HttpConditions, ARangeOfAnotherStateAsksForAll) {
  EXPECT_EQ(range_of("bytes=0-0", 100, kState.etag), "0+1");
  EXPECT_EQ(range_of("bytes=0-0", 100, kState.modified), "0+1");
  EXPECT_EQ(range_of("bytes=0-0", 100, "\"b\""), "all");
  EXPECT_EQ(range_of("bytes=0-0", 100, "W/\"a-1\""), "all");
}

TEST(HttpConditions, TheClientMayHaveItAlready) {
  const auto has = [](std::string_view name, std::string_view value, std::string_view other = "",
                      std::string_view other_value = "") {
    return is_not_modified(Asked(name, value, other, other_value).request, kState);
  };
  EXPECT_TRUE(has("If-None-Match", "\"a-1\""));
  EXPECT_TRUE(has("if-none-match", "\"b\", W/\"a-1\""));
  EXPECT_TRUE(has("If-None-Match", "*"));
  EXPECT_TRUE(has("If-Modified-Since", kState.modified));
  EXPECT_FALSE(has("If-None-Match", "\"b\""));
  EXPECT_FALSE(has("If-None-Match", "\"b\"", "If-Modified-Since", kState.modified));
  EXPECT_FALSE(has("If-Modified-Since", "yesterday"));
  EXPECT_FALSE(has("Accept", "*"));
}

TEST(HttpConditions, GzipIsForThoseWhoTakeIt) {
  for (const std::string_view value :
       {"gzip", "deflate, GZIP", "gzip;q=0.5", "*", "br;q=1.0, gzip ; q=0.01", "*;q=0, gzip"})
    EXPECT_TRUE(takes_gzip(value)) << value;
  for (const std::string_view value :
       {"", "identity", "gzip;q=0", "gzip; q=0.000", "*;q=0", "*, gzip;q=0", "xgzip"})
    EXPECT_FALSE(takes_gzip(value)) << value;
}

}  // namespace
}  // namespace weir::edge
