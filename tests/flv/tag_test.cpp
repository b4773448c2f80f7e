#include "flv/tag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <random>

#include "support/matchers.h"

namespace weir::flv {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Bytes file_of(const std::vector<Tag>& tags) {
  Bytes bytes;
  ByteWriter out(bytes);
  write_file_header(true, true, out);
  for (const auto& tag : tags) EXPECT_THAT(write_tag(tag, out), IsOk());
  return bytes;
}

std::vector<Tag> sample_tags() {
  return {{TagType::kScript, 0, {2, 0, 1, 'x'}},
          {TagType::kAudio, 0, {0xaf, 0, 0x12, 0x10}},
          {TagType::kVideo, 40, {0x17, 1, 0, 0, 0, 9, 9}},
          {TagType::kVideo, 80, {}}};
}

// Everything a reader gives, fed in pieces of `step` bytes; the failure, if any, in `outcome`.
std::vector<Tag> read_all(ByteView bytes, std::size_t step, Result<void>& outcome) {
  TagReader reader;
  std::vector<Tag> tags;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    reader.feed(bytes.subspan(at, std::min(step, bytes.size() - at)));
    while (true) {
      auto tag = reader.next();
      if (!tag) outcome = fail(std::move(tag).error());
      if (!outcome) return tags;
      if (!*tag) break;
      tags.push_back(std::move(**tag));
    }
  }
  return tags;
}

TEST(FileHeader, FlagsWhatTheFileHolds) {
  Bytes bytes;
  ByteWriter out(bytes);
  write_file_header(true, false, out);
  EXPECT_EQ(bytes, (Bytes{'F', 'L', 'V', 1, 4, 0, 0, 0, 9, 0, 0, 0, 0}));
  EXPECT_EQ(bytes.size(), kFileHeaderSize);
  bytes.clear();
  write_file_header(false, true, out);
  EXPECT_EQ(bytes[4], 1);
}

TEST(WriteTag, PutsTheHighestByteOfTheTimeLast) {
  Bytes bytes;
  ByteWriter out(bytes);
  ASSERT_THAT(write_tag({TagType::kVideo, 0x12345678, {0xaa, 0xbb}}, out), IsOk());
  EXPECT_EQ(bytes, (Bytes{9, 0, 0, 2, 0x34, 0x56, 0x78, 0x12, 0, 0, 0, 0xaa, 0xbb, 0, 0, 0, 13}));
  EXPECT_EQ(bytes.size(), 2 + kTagOverhead);
}

TEST(WriteTag, WrapsTheTimeAfterFortyNineDays) {
  Bytes bytes;
  ByteWriter out(bytes);
  ASSERT_THAT(write_tag({TagType::kAudio, 0x100000001, {}}, out), IsOk());
  EXPECT_EQ(bytes, (Bytes{8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 11}));
}

TEST(WriteTag, RefusesABodyThatIsTooLarge) {
  Bytes bytes;
  ByteWriter out(bytes);
  EXPECT_THAT(write_tag({TagType::kVideo, 0, Bytes(kMaxBody + 1)}, out),
              FailsWith(Code::kUnsupported, HasSubstr("too large")));
  EXPECT_TRUE(bytes.empty());
}

TEST(TagReader, GivesBackWhatWasWrittenInPiecesOfAnySize) {
  const Bytes bytes = file_of(sample_tags());
  for (const std::size_t step : {1, 2, 7, 1000}) {
    Result<void> outcome;
    const auto tags = read_all(bytes, step, outcome);
    ASSERT_THAT(outcome, IsOk());
    ASSERT_EQ(tags.size(), 4u);
    for (std::size_t i = 0; i < tags.size(); ++i) {
      EXPECT_EQ(tags[i].type, sample_tags()[i].type);
      EXPECT_EQ(tags[i].timestamp_ms, sample_tags()[i].timestamp_ms);
      EXPECT_EQ(tags[i].body, sample_tags()[i].body);
    }
  }
}

TEST(TagReader, GoesOnBehindDamageAtTheNextWholeTag) {
  Bytes bytes;
  ByteWriter out(bytes);
  write_file_header(true, true, out);
  std::vector<std::size_t> at;
  for (int i = 0; i < 10; ++i) {
    at.push_back(bytes.size());
    ASSERT_THAT(write_tag({TagType::kVideo, i, Bytes(50, 9)}, out), IsOk());
  }
  const auto read = [&](Bytes damaged, std::size_t step) {
    TagReader reader;
    std::vector<std::int64_t> stamps;
    bool searching = false;
    for (ByteView rest = damaged; !rest.empty(); rest = rest.subspan(std::min(step, rest.size()))) {
      reader.feed(rest.first(std::min(step, rest.size())));
      while (true) {
        if (searching && !reader.resync()) break;
        searching = false;
        const auto tag = reader.next_view();
        searching = !tag;
        if (tag && !*tag) break;
        if (tag) stamps.push_back((*tag)->timestamp_ms);
      }
    }
    while (reader.resync(true))
      for (auto tag = reader.next_view(); tag && *tag; tag = reader.next_view())
        stamps.push_back((*tag)->timestamp_ms);
    return stamps;
  };
  for (const std::size_t step : {std::size_t{1}, std::size_t{64}, bytes.size()}) {
    Bytes damaged = bytes;
    damaged[at[4] - 1] ^= 1;  // the size behind the fourth
    EXPECT_THAT(read(damaged, step), ElementsAre(0, 1, 2, 4, 5, 6, 7, 8, 9)) << step;
    damaged = bytes;
    damaged[at[2] + 1] = 0xff;  // a length beyond the file
    EXPECT_THAT(read(damaged, step), ElementsAre(0, 1, 3, 4, 5, 6, 7, 8, 9)) << step;
    damaged = bytes;
    std::fill(damaged.begin() + static_cast<std::ptrdiff_t>(at[3]) + 5,
              damaged.begin() + static_cast<std::ptrdiff_t>(at[5]) + 5, 0xff);
    EXPECT_THAT(read(damaged, step), ElementsAre(0, 1, 2, 6, 7, 8, 9)) << step;
    EXPECT_THAT(read(bytes, step), SizeIs(10)) << step;
  }
}

TEST(TagReader, ReadsWhatIsWrittenIntoItsSpace) {
  Bytes bytes;
  ByteWriter out(bytes);
  write_file_header(true, true, out);
  for (int i = 0; i < 20; ++i)
    ASSERT_THAT(write_tag({TagType::kVideo, i, Bytes(static_cast<std::size_t>(i) * 7, 5)}, out),
                IsOk());
  TagReader reader;
  int tags = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto room = reader.space(50);
    const std::size_t size = std::min<std::size_t>(31, bytes.size() - at);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size, room.begin());
    reader.fed(size);
    at += size;
    for (auto tag = reader.next_view(); tag && *tag; tag = reader.next_view()) {
      EXPECT_EQ((*tag)->timestamp_ms, tags);
      EXPECT_EQ((*tag)->body.size(), static_cast<std::size_t>(tags) * 7);
      ++tags;
    }
    EXPECT_EQ(reader.consumed() + static_cast<std::int64_t>(reader.pending()),
              static_cast<std::int64_t>(at));
  }
  EXPECT_EQ(tags, 20);
}

TEST(TagReader, TellsWhatTheHeaderAnnounces) {
  Bytes bytes;
  ByteWriter out(bytes);
  write_file_header(true, false, out);
  TagReader reader;
  reader.feed(bytes);
  ASSERT_THAT(reader.next(), IsOk());
  EXPECT_TRUE(reader.announces_audio());
  EXPECT_FALSE(reader.announces_video());
}

TEST(TagReader, UnwindsTheTimeWhenItWraps) {
  Result<void> outcome;
  const auto tags = read_all(file_of({{TagType::kAudio, 0x90000000, {}},
                                      {TagType::kAudio, 0xfffffff0, {}},
                                      {TagType::kAudio, 0x100000010, {}},
                                      {TagType::kAudio, 0xfffffff8, {}}}),
                             64, outcome);
  ASSERT_EQ(tags.size(), 4u);
  EXPECT_EQ(tags[0].timestamp_ms, 0x90000000);
  EXPECT_EQ(tags[1].timestamp_ms, 0xfffffff0);
  EXPECT_EQ(tags[2].timestamp_ms, 0x100000010);
  EXPECT_EQ(tags[3].timestamp_ms, 0xfffffff8);
}

TEST(TagReader, SkipsTagsOfUnknownTypes) {
  Bytes bytes = file_of({{TagType::kAudio, 0, {1}}, {TagType::kVideo, 0, {2}}});
  bytes[kFileHeaderSize] = 15;
  Result<void> outcome;
  const auto tags = read_all(bytes, 5, outcome);
  ASSERT_EQ(tags.size(), 1u);
  EXPECT_EQ(tags[0].body, Bytes{2});
}

TEST(TagReader, RefusesWhatIsNoFlv) {
  Result<void> outcome;
  read_all(as_bytes("#EXTM3U and more text than a header"), 100, outcome);
  EXPECT_THAT(outcome, FailsWith(Code::kBadInput, HasSubstr("not an FLV")));
}

TEST(TagReader, RefusesAWrongSizeBehindATag) {
  Bytes bytes = file_of({{TagType::kAudio, 0, {1}}});
  bytes.back() ^= 1;
  Result<void> outcome;
  read_all(bytes, 100, outcome);
  EXPECT_THAT(outcome, FailsWith(Code::kBadInput, _));
}

TEST(TagReader, RefusesEncryptedTags) {
  Bytes bytes = file_of({{TagType::kAudio, 0, {1}}});
  bytes[kFileHeaderSize] |= 0x20;
  Result<void> outcome;
  read_all(bytes, 100, outcome);
  EXPECT_THAT(outcome, FailsWith(Code::kUnsupported, HasSubstr("encrypted")));
}

TEST(TagReader, HoldsBackATagThatIsNotWhole) {
  const Bytes bytes = file_of(sample_tags());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Result<void> outcome;
    EXPECT_LT(read_all(ByteView(bytes).first(size), 1000, outcome).size(), 4u);
    EXPECT_THAT(outcome, IsOk());
  }
}

TEST(TagReader, SurvivesRandomDamage) {
  std::mt19937 random(20261122);
  const Bytes whole = file_of(sample_tags());
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes = whole;
    for (unsigned i = 0; i <= random() % 4; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    Result<void> outcome;
    const auto tags = read_all(bytes, 1 + random() % 40, outcome);
    EXPECT_LE(tags.size(), 5u);
  }
}

}  // namespace
}  // namespace weir::flv
