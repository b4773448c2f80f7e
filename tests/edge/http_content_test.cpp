#include "edge/http_content.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace weir::edge {
namespace {

using State = HttpContentReader::State;

struct Read {
  std::string content;
  State state;
  std::string left;
  bool operator==(const Read&) const = default;
};

// Gives the bytes in steps of that size.
Read read(const HttpRequest& request, std::string_view bytes, std::size_t step = 1 << 20) {
  HttpContentReader reader(request);
  Read out{{}, reader.state(), {}};
  while (!bytes.empty() && reader.state() == State::kMore) {
    std::string_view some = bytes.substr(0, step);
    bytes.remove_prefix(some.size());
    for (auto piece = reader.take(some); !piece.empty(); piece = reader.take(some))
      out.content += piece;
    out.left = some;
  }
  out.left += bytes;
  out.state = reader.state();
  return out;
}

HttpRequest chunked() {
  HttpRequest out;
  out.chunked = true;
  return out;
}

HttpRequest of_length(std::uint64_t length) {
  HttpRequest out;
  out.content_length = length;
  return out;
}

TEST(HttpContent, OfAKnownLength) {
  for (const std::size_t step : {1, 2, 100}) {
    EXPECT_EQ(read(of_length(5), "helloGET", step), (Read{"hello", State::kWhole, "GET"}));
    EXPECT_EQ(read(of_length(9), "hello", step), (Read{"hello", State::kMore, ""}));
    EXPECT_EQ(read(of_length(0), "GET", step), (Read{"", State::kWhole, "GET"}));
  }
}

TEST(HttpContent, InChunks) {
  const std::string bytes = "5\r\nhello\r\n00B\r\n, all of it\r\n0\r\n\r\nGET";
  for (const std::size_t step : {1, 2, 3, 100})
    EXPECT_EQ(read(chunked(), bytes, step), (Read{"hello, all of it", State::kWhole, "GET"}));
  for (std::size_t size = 0; size < bytes.size() - 3; ++size)
    EXPECT_EQ(read(chunked(), bytes.substr(0, size)).state, State::kMore) << size;
}

TEST(HttpContent, WhatTwoReadersCouldReadDifferentlyIsRefused) {
  for (const std::string bytes :
       {"5\nhello\r\n0\r\n\r\n", "5 \r\nhello", "5;a=b\r\nhello", "-5\r\nhello", "+5\r\nhello",
        "0x5\r\nhello", "\r\n", "5\r\nhello0\r\n", "5\r\nhello\n0", "5\r\nhello\r0",
        "fffffffffffffff\r\n", "00000000000000000005\r\nhello", "0\r\nTrailer: a\r\n\r\n", "5\r5"})
    EXPECT_EQ(read(chunked(), bytes).state, State::kRefused) << bytes;
}

TEST(HttpContent, SurvivesAnyBytes) {
  std::minstd_rand random(5);
  const std::string kinds = "0159afAF\r\n;: x";
  for (int i = 0; i < 20000; ++i) {
    std::string bytes;
    for (int n = 0; n < 24; ++n) bytes += kinds[random() % kinds.size()];
    const Read whole = read(chunked(), bytes);
    EXPECT_EQ(whole, read(chunked(), bytes, 1 + random() % 5));
    EXPECT_LE(whole.content.size() + whole.left.size(), bytes.size());
  }
}

}  // namespace
}  // namespace weir::edge
