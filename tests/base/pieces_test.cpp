#include "base/pieces.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <numeric>
#include <span>
#include <thread>

#include <gtest/gtest.h>

#include "base/write_all.h"
#include "support/temp_folder.h"

namespace weir {
namespace {

TEST(Pieces, AreInTheOrderTheyWereAdded) {
  const Bytes elsewhere = to_bytes("borrowed ");
  Pieces pieces(to_bytes("own "));
  pieces.borrow(elsewhere);
  pieces.add(to_bytes("own again"));
  EXPECT_EQ(pieces.joined(), to_bytes("own borrowed own again"));
  EXPECT_EQ(pieces.size(), pieces.joined().size());
  EXPECT_EQ(pieces.views()[1].data(), elsewhere.data());  // not copied
}

TEST(Pieces, OfNothingAreEmpty) {
  Pieces pieces{Bytes()};
  pieces.borrow({});
  EXPECT_TRUE(pieces.empty());
  EXPECT_TRUE(pieces.views().empty());
}

TEST(Pieces, WhatIsKeptIsThereWhenItIsBorrowedAndAfterAMove) {
  Pieces pieces;
  const auto kept = pieces.keep(to_bytes("kept"));
  EXPECT_TRUE(pieces.empty());
  pieces.borrow(kept.subspan(1));
  kept[1] = 'E';
  for (int i = 0; i < 100; ++i) pieces.keep(to_bytes("more"));
  const Pieces moved = std::move(pieces);
  EXPECT_EQ(moved.joined(), to_bytes("Ept"));
}

TEST(WriteAll, WritesMorePiecesThanTheSystemTakesAtOnce) {
  support::TempFolder folder;
  const std::string path = folder / "out";
  Bytes all(5000);
  std::iota(all.begin(), all.end(), std::uint8_t{});
  std::vector<ByteView> views;
  for (std::size_t i = 0; i < all.size(); ++i) {
    views.emplace_back(&all[i], 1);
    if (i % 7 == 0) views.emplace_back();  // empty ones among them
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  EXPECT_EQ(write_all(fd, views), 0);
  ::close(fd);
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(Bytes(std::istreambuf_iterator<char>(file), {}), all);
}

TEST(WriteAll, WaitsForAReaderWhereTheDescriptorDoesNotBlock) {
  int ends[2] = {};
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);
  const Bytes all(1 << 20, 7);  // more than a pipe holds
  Bytes read;
  std::thread reader([&] {
    ::fcntl(ends[0], F_SETFL, 0);
    Bytes some(1 << 16);
    for (ssize_t n = 0; (n = ::read(ends[0], some.data(), some.size())) > 0;)
      read.insert(read.end(), some.begin(), some.begin() + n);
  });
  EXPECT_EQ(write_all(ends[1], all), 0);
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  EXPECT_EQ(read, all);
}

TEST(WriteAll, GivesWhatTheSystemSays) {
  const Bytes one{1};
  const ByteView view = one;
  EXPECT_EQ(write_all(-1, view), EBADF);
  EXPECT_EQ(write_all(-1, std::span<const ByteView>()), 0);
}

}  // namespace
}  // namespace weir
