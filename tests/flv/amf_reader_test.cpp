#include "flv/amf_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "flv/amf0.h"

namespace weir::flv {
namespace {

template <typename Write>
Bytes written(Write write) {
  Bytes bytes;
  AmfWriter out(bytes);
  write(out);
  return bytes;
}

Result<AmfValue> read(const Bytes& bytes, AmfLimits limits = {}) {
  return AmfReader(bytes, limits).next();
}

Code code_of(const Bytes& bytes, AmfLimits limits = {}) {
  const auto found = read(bytes, limits);
  return found ? Code::kInternal : found.error().code;
}

TEST(AmfReader, ReadsWhatTheWriterWrites) {
  const Bytes bytes = written([](AmfWriter& out) {
    out.text("onMetaData");
    out.ecma_array([&] {
      out.name("width").number(1280);
      out.name("stereo").boolean(true);
      out.name("inner").object([&] { out.name("title").text("x"); });
      out.name("times").numbers(std::array{1.0, 2.0});
      out.name("codecs").texts(std::array<std::string_view, 2>{"hvc1", "av01"});
      out.name("nothing").null();
    });
  });
  AmfReader reader(bytes);
  EXPECT_EQ(*reader.next()->text(), "onMetaData");
  const auto value = reader.next();
  ASSERT_TRUE(value);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(value->object()->members.front().name, "width");
  EXPECT_EQ(value->get("width")->number(), 1280);
  EXPECT_EQ(value->get("stereo")->boolean(), true);
  EXPECT_EQ(*value->get("inner")->get("title")->text(), "x");
  EXPECT_EQ(value->get("times")->array()->values.size(), 2u);
  EXPECT_EQ(*value->get("codecs")->array()->values[1].text(), "av01");
  EXPECT_TRUE(value->get("nothing")->empty());
  EXPECT_EQ(value->get("absent"), nullptr);
  EXPECT_EQ(value->get("width")->text(), nullptr);
}

TEST(AmfReader, ReadsEveryOtherKindOfValue) {
  EXPECT_TRUE(std::holds_alternative<AmfUndefined>(read({6})->value));
  EXPECT_EQ(std::get<AmfDate>(read({0x0b, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0, 0})->value).utc_ms, 1.5);
  EXPECT_EQ(*read({0x0c, 0, 0, 0, 1, 'l'})->text(), "l");
  EXPECT_EQ(*read({0x0f, 0, 0, 0, 1, 'x'})->text(), "x");
  EXPECT_EQ(read({0x10, 0, 1, 'C', 0, 1, 'a', 1, 1, 0, 0, 9})->get("a")->boolean(), true);
}

TEST(AmfReader, BelievesTheEndOfAnArrayAndNotItsCount) {
  EXPECT_EQ(read({8, 0xff, 0xff, 0xff, 0xff, 0, 1, 'a', 5, 0, 0, 9})->object()->members.size(), 1u);
  EXPECT_EQ(read({8, 0, 0, 0, 1, 0, 1, 'a', 5})->object()->members.size(), 1u);
  EXPECT_EQ(code_of({8, 0, 0, 0, 2, 0, 1, 'a', 5}), Code::kBadInput);
}

TEST(AmfReader, KeepsMembersWithoutNameAndOfOneName) {
  const auto value = read({3, 0, 0, 5, 0, 1, 'a', 1, 0, 0, 1, 'a', 1, 1, 0, 0, 9});
  ASSERT_TRUE(value);
  EXPECT_EQ(value->object()->members.size(), 3u);
  EXPECT_EQ(value->get("a")->boolean(), false);
}

TEST(AmfReader, GivesACopyForAReference) {
  const auto value = read({0x0a, 0, 0, 0, 2, 3, 0, 1, 'a', 1, 1, 0, 0, 9, 7, 0, 1});
  ASSERT_TRUE(value);
  EXPECT_EQ(value->array()->values[1].get("a")->boolean(), true);
  EXPECT_EQ(code_of({7, 0, 0}), Code::kBadInput);
  EXPECT_EQ(code_of({0x0a, 0, 0, 0, 1, 7, 0, 0}), Code::kRefused) << "an array that holds itself";
}

TEST(AmfReader, ReadsAmf3BehindItsMarkerAndAmf0AfterIt) {
  // {a: 300, "b": "a" again by reference, c: [true, -1]} of a class with one fixed name.
  const Bytes bytes = {0x11, 0x0a, 0x1b, 0x01, 0x03, 'a',  0x04, 0x82, 0x2c,
                       0x03, 'b',  0x06, 0x00, 0x03, 'c',  0x09, 0x05, 0x01,
                       0x03, 0x04, 0xff, 0xff, 0xff, 0xff, 0x01, 1,    1};
  AmfReader reader(bytes);
  const auto value = reader.next();
  ASSERT_TRUE(value) << value.error().what;
  EXPECT_EQ(value->get("a")->number(), 300);
  EXPECT_EQ(*value->get("b")->text(), "a");
  EXPECT_EQ(value->get("c")->array()->values[0].boolean(), true);
  EXPECT_EQ(value->get("c")->array()->values[1].number(), -1);
  EXPECT_EQ(reader.next()->boolean(), true);
}

TEST(AmfReader, ReadsTheReferencesOfAmf3) {
  // [{d: 1.5}, the same object, another of its class, a date, bytes]
  const Bytes bytes = {0x11, 0x09, 0x0b, 0x01, 0x0a, 0x13, 0x01, 0x03, 'd',  0x04,
                       0x05, 0x0a, 0x02, 0x0a, 0x01, 0x04, 0x06, 0x08, 0x01, 0x3f,
                       0xf8, 0,    0,    0,    0,    0,    0,    0x0c, 0x03, 0xfe};
  const auto value = read(bytes);
  ASSERT_TRUE(value) << value.error().what;
  const auto& values = value->array()->values;
  EXPECT_EQ(values[0].get("d")->number(), 5);
  EXPECT_EQ(values[1].get("d")->number(), 5);
  EXPECT_EQ(values[2].get("d")->number(), 6);
  EXPECT_EQ(std::get<AmfDate>(values[3].value).utc_ms, 1.5);
  EXPECT_EQ(std::get<Bytes>(values[4].value), Bytes{0xfe});
}

TEST(AmfReader, RefusesWhatIsBeyondItsLimits) {
  Bytes deep;
  for (int i = 0; i < 16; ++i) deep.insert(deep.end(), {0x0a, 0, 0, 0, 1});
  deep.push_back(5);
  EXPECT_EQ(code_of(deep), Code::kRefused);
  EXPECT_TRUE(read(Bytes(deep.begin() + 5, deep.end())));
  const Bytes object = {3, 0, 1, 'a', 5, 0, 1, 'b', 5, 0, 0, 9};
  EXPECT_EQ(code_of(object, {.members = 1}), Code::kRefused);
  EXPECT_EQ(code_of(object, {.values = 2}), Code::kRefused);
  EXPECT_EQ(code_of({2, 0, 2, 'a', 'b'}, {.text = 1}), Code::kRefused);
  Bytes long_name = {3, 1, 0};
  long_name.resize(300, 'n');
  EXPECT_EQ(code_of(long_name), Code::kRefused);
}

TEST(AmfReader, IsNotBlownUpByReferencesToReferences) {
  Bytes bytes = {0x11, 0x09, 0x21, 0x01};  // an array whose members name the one before them twice
  bytes.insert(bytes.end(), {0x09, 0x01, 0x01});
  for (int i = 1; i < 16; ++i)
    for (const int byte : {0x09, 0x05, 0x01, 0x09, i * 2, 0x09, i * 2})
      bytes.push_back(static_cast<std::uint8_t>(byte));
  EXPECT_EQ(code_of(bytes), Code::kRefused);
}

TEST(AmfReader, ClaimedSizesAllocateNothing) {
  EXPECT_EQ(code_of({0x0a, 0xff, 0xff, 0xff, 0xff, 5}), Code::kBadInput);
  EXPECT_EQ(code_of({0x0c, 0xff, 0xff, 0xff, 0xff, 'a'}), Code::kBadInput);
  EXPECT_EQ(code_of({0x11, 0x06, 0xff, 0xff, 0xff, 0xff}), Code::kBadInput);
  EXPECT_EQ(code_of({0x11, 0x0a, 0xff, 0xff, 0xff, 0xfb, 0x01}), Code::kRefused);
}

TEST(AmfReader, NamesWhatItCannotRead) {
  EXPECT_EQ(code_of({0x04}), Code::kUnsupported);
  EXPECT_EQ(code_of({0x11, 0x0d, 0x03}), Code::kUnsupported);
  EXPECT_EQ(code_of({0x11, 0x0a, 0x07, 0x01}), Code::kUnsupported);
  EXPECT_EQ(code_of({}), Code::kBadInput);
}

TEST(AmfReader, HasNothingMoreAfterAFailure) {
  const Bytes bytes = {0x04, 5};
  AmfReader reader(bytes);
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.done());
}

}  // namespace
}  // namespace weir::flv
