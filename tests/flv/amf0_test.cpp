#include "flv/amf0.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace weir::flv {
namespace {

template <typename Write>
Bytes written(Write write) {
  Bytes bytes;
  AmfWriter out(bytes);
  write(out);
  return bytes;
}

TEST(AmfWriter, WritesNumbersAsBigEndianDoubles) {
  EXPECT_EQ(written([](AmfWriter& out) { out.number(1.5); }),
            (Bytes{0, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0}));
}

TEST(AmfWriter, WritesBooleansAndText) {
  EXPECT_EQ(written([](AmfWriter& out) {
              out.boolean(true);
              out.text("hi");
            }),
            (Bytes{1, 1, 2, 0, 2, 'h', 'i'}));
}

TEST(AmfWriter, MarksTextBeyondSixteenBitsAsLong) {
  const Bytes bytes = written([](AmfWriter& out) { out.text(std::string(0x10000, 'x')); });
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 5), (Bytes{0x0c, 0, 1, 0, 0}));
  EXPECT_EQ(bytes.size(), 5u + 0x10000);
}

TEST(AmfWriter, CountsOnlyTheMembersOfTheArrayItself) {
  const Bytes bytes = written([](AmfWriter& out) {
    out.ecma_array([&] {
      out.name("a").boolean(false);
      out.name("o").object([&] {
        out.name("x").boolean(true);
        out.name("y").boolean(true);
      });
      out.name("n").numbers(std::array{1.5});
    });
  });
  EXPECT_EQ(bytes, (Bytes{8,   0, 0, 0, 3,    0,    1, 'a', 1, 0, 0, 1, 'o', 3,   0,    1,
                          'x', 1, 1, 0, 1,    'y',  1, 1,   0, 0, 9, 0, 1,   'n', 0x0a, 0,
                          0,   0, 1, 0, 0x3f, 0xf8, 0, 0,   0, 0, 0, 0, 0,   0,   9}));
}

}  // namespace
}  // namespace weir::flv
