#include "base/gzip.h"

#include <zlib.h>

#include <gmock/gmock.h>

#include "support/matchers.h"

namespace weir {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string unpacked(const Bytes& bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0u);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Gzip, UnpacksToWhatItWas) {
  std::string noise(100'000, ' ');
  std::uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  for (const std::string& text :
       {std::string(), std::string("x"), std::string(200'000, 'a'), noise})
    EXPECT_EQ(unpacked(gzip(as_bytes(text))), text);
}

TEST(Gunzip, GivesBackWhatItWas) {
  for (const std::string& text : {std::string(), std::string("x"), std::string(200'000, 'a')})
    EXPECT_EQ(gunzip(gzip(as_bytes(text)), text.size()), to_bytes(text));
}

TEST(Gunzip, RefusesWhatIsDamagedOrTooLarge) {
  const Bytes whole = gzip(as_bytes(std::string(200'000, 'a')));
  EXPECT_THAT(gunzip(whole, 199'999), FailsWith(Code::kBadInput, HasSubstr("no gzip of at most")));
  EXPECT_THAT(gunzip({}, 10), FailsWith(Code::kBadInput, HasSubstr("no gzip of at most")));
  EXPECT_THAT(gunzip(as_bytes("no gzip"), 10),
              FailsWith(Code::kBadInput, HasSubstr("no gzip of at most")));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(gunzip(ByteView(whole).first(size), 1 << 20)) << size;
  Bytes more = whole;
  more.push_back(0);
  EXPECT_FALSE(gunzip(more, 1 << 20));
  Bytes damaged = whole;
  damaged[damaged.size() / 2] ^= 1;
  EXPECT_FALSE(gunzip(damaged, 1 << 20));
}

TEST(Gzip, HoldsNoTimeAndNoName) {
  const Bytes bytes = gzip(as_bytes("text"));
  EXPECT_THAT(Bytes(bytes.begin(), bytes.begin() + 8), ElementsAre(0x1f, 0x8b, 8, 0, 0, 0, 0, 0));
}

TEST(GzipStore, PutsListingsTwiceAndTheRestOnce) {
  MemoryStore below;
  GzipStore store(below, true);
  ASSERT_THAT(store.put_segment("a/s", Bytes{'s'}, Micros(1)), IsOk());
  ASSERT_THAT(store.put("a/i", as_bytes("i")), IsOk());
  ASSERT_THAT(store.put_private("k", as_bytes("k")), IsOk());
  ASSERT_THAT(store.put_listing("a/l.m3u8", [](const IsLost&) { return to_bytes("list"); }),
              IsOk());
  EXPECT_THAT(below.files(),
              ElementsAre(Pair("a/i", to_bytes("i")), Pair("a/l.m3u8", to_bytes("list")),
                          Pair("a/l.m3u8.gz", gzip(as_bytes("list"))), Pair("a/s", Bytes{'s'}),
                          Pair("k", to_bytes("k"))));
  EXPECT_EQ(store.get("k"), to_bytes("k"));
  EXPECT_THAT(store.flush(), IsOk());
  for (const auto* name : {"a/l.m3u8", "a/s", "a/i", "k"}) EXPECT_THAT(store.remove(name), IsOk());
  EXPECT_TRUE(below.files().empty());
}

TEST(GzipStore, SwitchedOffItRemovesWhatAnEarlierRunCompressed) {
  MemoryStore below;
  ASSERT_THAT(below.put("l.m3u8.gz", as_bytes("old")), IsOk());
  GzipStore store(below, false);
  for (int i = 0; i < 2; ++i)
    ASSERT_THAT(store.put_listing("l.m3u8", [](const IsLost&) { return to_bytes("l"); }), IsOk());
  EXPECT_THAT(below.files(), ElementsAre(Pair("l.m3u8", to_bytes("l"))));
}

}  // namespace
}  // namespace weir
