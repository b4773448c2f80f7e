#include "rtmp/chunk_reader.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtmp/chunks.h"
#include "support/matchers.h"

namespace weir::rtmp {
namespace {

using support::FailsWith;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kVideo = MessageType::kVideo;
constexpr auto kAudio = MessageType::kAudio;

// Form 0 on chunk stream 4: video of stream 1.
Bytes absolute(std::uint32_t time, std::uint8_t length) {
  Bytes out = {0x04};
  ByteWriter writer(out);
  writer.u24(std::min(time, kExtendedTime));
  writer.bytes(Bytes{0, 0, length, 9, 1, 0, 0, 0});
  if (time >= kExtendedTime) writer.u32(time);
  return out;
}

// Form 2 on the same.
Bytes stepped(std::uint32_t step) {
  Bytes out = {0x84};
  ByteWriter writer(out);
  writer.u24(std::min(step, kExtendedTime));
  if (step >= kExtendedTime) writer.u32(step);
  return out;
}

Bytes chunk_size(std::uint32_t size) {
  Bytes out = {0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0};
  ByteWriter(out).u32(size);
  return out;
}

// The same however the bytes come in.
Reading read(const Bytes& bytes, ChunkLimits limits = {}) {
  const Reading whole = read_whole(bytes, limits);
  const Reading single = read_single_bytes(bytes, limits);
  EXPECT_EQ(whole.messages, single.messages);
  EXPECT_EQ(whole.failure.has_value(), single.failure.has_value());
  EXPECT_EQ(whole.repairs, single.repairs);
  return whole;
}

TEST(ChunkReader, ReadsAllFourForms) {
  const auto out = read({0x04, 0,  0, 10, 0,   0, 2, 9, 7,   1, 0, 0, 'a', 'b',  // form 0
                         0x44, 0,  0, 20, 0,   0, 1, 8, 'c',                     // form 1
                         0x84, 0,  0, 30, 'd',                                   // form 2
                         0xc4, 'e'});                                            // form 3
  EXPECT_THAT(out.messages,
              ElementsAre(message(kVideo, 0x107, 10, "ab"), message(kAudio, 0x107, 30, "c"),
                          message(kAudio, 0x107, 60, "d"), message(kAudio, 0x107, 90, "e")));
  EXPECT_EQ(out.repairs, ChunkRepairs{});
}

TEST(ChunkReader, ReadsChunkStreamIdsOfOneTwoAndThreeBytes) {
  const Bytes tail = {0, 0, 5, 0, 0, 1, 9, 1, 0, 0, 0, 'x'};
  for (const Bytes& basic : {Bytes{0x02}, Bytes{0x3f}, Bytes{0x00, 0}, Bytes{0x00, 255},
                             Bytes{0x01, 0, 0}, Bytes{0x01, 0, 1}, Bytes{0x01, 255, 255}}) {
    EXPECT_THAT(read(join({basic, tail})).messages, ElementsAre(message(kVideo, 1, 5, "x")));
  }
  const auto header = read_chunk_header(Bytes{0xc1, 255, 255});
  ASSERT_TRUE(header);
  EXPECT_EQ(header->chunk_stream, kLastChunkStream);
  EXPECT_EQ(read_chunk_header(Bytes{0xc0, 1})->chunk_stream, 65u);
  EXPECT_EQ(read_chunk_header(Bytes{0xc1, 1, 2})->chunk_stream, 64u + 1 + 512);
}

TEST(ChunkReader, OneIdInTwoSpellingsIsOneChunkStream) {
  const auto out = read({0x00, 0, 0, 0, 5, 0, 0, 1, 9, 1, 0, 0, 0, 'x', 0x81, 0, 0, 0, 0, 2, 'y'});
  EXPECT_THAT(out.messages, ElementsAre(message(kVideo, 1, 5, "x"), message(kVideo, 1, 7, "y")));
}

TEST(ChunkReader, PutsInterleavedMessagesTogether) {
  const auto out = read(join({chunk_size(2),
                              absolute(40, 5),
                              to_bytes("ab"),
                              {0x06, 0, 0, 41, 0, 0, 3, 8, 1, 0, 0, 0},
                              to_bytes("AB"),
                              {0xc4},
                              to_bytes("cd"),
                              {0xc6},
                              to_bytes("C"),
                              {0xc4},
                              to_bytes("e")}));
  EXPECT_THAT(out.messages,
              ElementsAre(message(kAudio, 1, 41, "ABC"), message(kVideo, 1, 40, "abcde")));
}

TEST(ChunkReader, AMessageMayBeEmpty) {
  EXPECT_THAT(read(join({absolute(1, 0), {0xc4}})).messages,
              ElementsAre(message(kVideo, 1, 1, ""), message(kVideo, 1, 2, "")));
}

TEST(ChunkReader, ANewSizeCountsFromTheNextChunkAlsoInsideAMessage) {
  const auto out = read(join({chunk_size(2),
                              absolute(40, 7),
                              to_bytes("ab"),
                              {0x42, 0, 0, 0, 0, 0, 4, 1},
                              {0, 0},  // of the four bytes of the new size
                              {0xc4},
                              to_bytes("cd"),
                              {0xc2},
                              {0, 3},  // and the others
                              {0xc4},
                              to_bytes("efg")}));
  EXPECT_THAT(out.messages, ElementsAre(message(kVideo, 1, 40, "abcdefg")));
}

TEST(ChunkReader, SizesThatCannotBeAreRefusedAndHugeOnesMeanWholeMessages) {
  EXPECT_THAT(read(chunk_size(0)).failure->what, HasSubstr("a chunk size of 0 bytes"));
  EXPECT_EQ(read(chunk_size(0x80000000)).failure->code, Code::kBadInput);
  EXPECT_EQ(read({0x02, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 1}).failure->code, Code::kBadInput);
  const auto out = read(join({chunk_size(0x7fffffff), absolute(0, 200), Bytes(200, 'x')}));
  EXPECT_THAT(out.messages, ElementsAre(message(kVideo, 1, 0, std::string(200, 'x'))));
  const auto tiny = read(join({chunk_size(1), absolute(0, 2), {'a', 0xc4, 'b'}}));
  EXPECT_THAT(tiny.messages, ElementsAre(message(kVideo, 1, 0, "ab")));
}

TEST(ChunkReader, AnAbortedMessageIsForgottenAndItsHeaderIsNot) {
  const Bytes abort = {0x02, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0};
  const auto out = read(join({chunk_size(2),
                              absolute(40, 3),
                              to_bytes("ab"),
                              abort,
                              {0xc2, 0, 4},
                              stepped(5),
                              to_bytes("AB"),
                              {0xc4},
                              to_bytes("C")}));
  EXPECT_THAT(out.messages, ElementsAre(message(kVideo, 1, 45, "ABC")));
  EXPECT_FALSE(read(join({abort, {77, 77}})).failure);
}

TEST(ChunkReader, AnExtendedTimestampIsATimeInForm0AndAStepInTheOthers) {
  const auto out = read(join({absolute(0x01000000, 1),
                              {'a'},
                              stepped(0x02000000),
                              {'b'},
                              {0x44, 0xff, 0xff, 0xff, 0, 0, 1, 8, 0x01, 0, 0, 1, 'c'}}));
  EXPECT_THAT(out.messages,
              ElementsAre(message(kVideo, 1, 0x01000000, "a"), message(kVideo, 1, 0x03000000, "b"),
                          message(kAudio, 1, 0x04000001, "c")));
}

TEST(ChunkReader, TimesPassEveryBoundary) {
  struct Case {
    std::uint32_t from, step, to;
  };
  for (const Case& c :
       {Case{0xfffffe, 1, 0xffffff}, Case{0xffffff, 1, 0x1000000}, Case{0x7fffffff, 1, 0x80000000},
        Case{0xffffffff, 1, 0}, Case{0xfffffff0, 0x20, 0x10}, Case{1000, 0xfffffff6, 990},
        Case{5, 0xffffff, 0x1000004}, Case{0, 0x80000000, 0x80000000}}) {
    const auto out = read(join({absolute(c.from, 1), {'a'}, stepped(c.step), {'b'}}));
    EXPECT_THAT(out.messages,
                ElementsAre(message(kVideo, 1, c.from, "a"), message(kVideo, 1, c.to, "b")));
  }
}

// Form 3 in mid-message: after a time or a step, extended or not, said again or left out.
TEST(ChunkReader, AContinuationIsUnderstoodWithItsTimeAndWithout) {
  const Bytes small = chunk_size(4);
  for (const bool is_step : {false, true})
    for (const bool extended : {false, true})
      for (const bool repeated : {false, true}) {
        const std::uint32_t value = extended ? 0x01020304 : 7;
        Bytes bytes = small;
        if (is_step) bytes = join({bytes, absolute(1, 6), to_bytes("firs"), {0xc4, 't', '!'}});
        const Bytes header = is_step ? stepped(value) : absolute(value, 6);
        bytes = join({bytes, header, to_bytes("abcd"), {0xc4}});
        if (extended && repeated) ByteWriter(bytes).u32(value);
        bytes = join({bytes, to_bytes("ef")});
        SCOPED_TRACE(testing::Message() << is_step << extended << repeated);
        const auto out = read(bytes);
        ASSERT_FALSE(out.failure);
        ASSERT_THAT(out.messages, SizeIs(is_step ? 2 : 1));
        EXPECT_EQ(out.messages.back(), message(kVideo, 1, value + (is_step ? 1 : 0), "abcdef"));
        EXPECT_EQ(out.repairs.bare_chunks, extended && !repeated ? 1u : 0u);
      }
}

TEST(ChunkReader, TheEndOfAShortBodyIsNotWaitedBeyond) {
  const Bytes bare = join({chunk_size(2), absolute(0x01020304, 3), to_bytes("ab"), {0xc4, 'c'}});
  EXPECT_THAT(read(bare).messages, ElementsAre(message(kVideo, 1, 0x01020304, "abc")));
  // The last byte could begin the time: what this sender did before tells.
  const Bytes alike = join({bare, absolute(0x01020304, 3), to_bytes("ab"), {0xc4, 0x01}});
  EXPECT_THAT(read(alike).messages, SizeIs(2));
}

TEST(ChunkReader, ATimeCutInTwoIsNotTakenForABody) {
  const Bytes bytes =
      join({chunk_size(2), absolute(0x01020304, 3), to_bytes("ab"), {0xc4, 1, 2, 3, 4, 'c'}});
  const auto out = read(bytes);
  EXPECT_THAT(out.messages, ElementsAre(message(kVideo, 1, 0x01020304, "abc")));
  EXPECT_EQ(out.repairs.bare_chunks, 0u);
}

TEST(ChunkReader, AFirstChunkOfForm3HasItsExtendedStep) {
  const auto out =
      read(join({absolute(1, 1), {'a'}, stepped(0x01000000), {'b'}, {0xc4, 0x01, 0, 0, 0, 'c'}}));
  EXPECT_EQ(out.messages.back(), message(kVideo, 1, 0x02000001, "c"));
}

TEST(ChunkReader, Form3AfterForm0StepsByItsTimeUnlessThatIsFar) {
  const auto near = read(join({absolute(40, 1), {'a', 0xc4, 'b', 0xc4, 'c'}}));
  EXPECT_THAT(near.messages, ElementsAre(message(kVideo, 1, 40, "a"), message(kVideo, 1, 80, "b"),
                                         message(kVideo, 1, 120, "c")));
  EXPECT_EQ(near.repairs.zero_steps, 0u);
  const auto far = read(
      join({absolute(100'000, 1), {'a', 0xc4, 'b', 0xc4, 'c'}, stepped(5), {'d'}, {0xc4, 'e'}}));
  EXPECT_THAT(far.messages,
              ElementsAre(message(kVideo, 1, 100'000, "a"), message(kVideo, 1, 100'000, "b"),
                          message(kVideo, 1, 100'000, "c"), message(kVideo, 1, 100'005, "d"),
                          message(kVideo, 1, 100'010, "e")));
  EXPECT_EQ(far.repairs.zero_steps, 2u);
}

TEST(ChunkReader, AChunkStreamMayBeginWithForm1ButNotWithLess) {
  const auto out = read({0x42, 0, 0, 9, 0, 0, 1, 4, 'p'});
  EXPECT_THAT(out.messages, ElementsAre(message(MessageType::kUserControl, 0, 9, "p")));
  EXPECT_EQ(out.repairs.relative_starts, 1u);
  EXPECT_EQ(read({0x84, 0, 0, 9}).failure->code, Code::kBadInput);
  EXPECT_THAT(read({0xc4}).failure->what, HasSubstr("chunk stream 4 begins with"));
}

TEST(ChunkReader, AHeaderInMidMessageMayRepeatButNotChangeIt) {
  const Bytes begin = join({chunk_size(2), absolute(40, 3), to_bytes("ab")});
  const auto same =
      read(join({begin, absolute(40, 3), {'c'}, stepped(1), {'A', 'B', 0x84, 0, 0, 1, 'C'}}));
  EXPECT_THAT(same.messages,
              ElementsAre(message(kVideo, 1, 40, "abc"), message(kVideo, 1, 41, "ABC")));
  EXPECT_EQ(same.repairs.repeated_headers, 2u);
  const auto longer = read(join({begin, absolute(40, 200), {'c'}}));
  EXPECT_EQ(longer.failure->code, Code::kBadInput);
  EXPECT_THAT(longer.failure->what, HasSubstr("of 3 bytes into one (video) of 200 bytes"));
  EXPECT_EQ(read(join({begin, absolute(40, 1)})).failure->code, Code::kBadInput);
  EXPECT_TRUE(read(join({begin, {0x44, 0, 0, 0, 0, 0, 3, 8}})).failure);
}

TEST(ChunkReader, LongMessagesAreRefusedByTheirHeader) {
  const ChunkLimits limits{.video = 20, .other = 10};
  EXPECT_THAT(read(join({absolute(0, 20), Bytes(20)}), limits).messages, SizeIs(1));
  EXPECT_EQ(read(absolute(0, 21), limits).failure->code, Code::kRefused);
  const auto out = read({0x04, 0, 0, 0, 0, 0, 11, 8, 1, 0, 0, 0}, limits);
  EXPECT_EQ(out.failure->what, "a message (audio) of 11 bytes, the limit is 10");
  EXPECT_EQ(read({0x04, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0}).failure->code, Code::kRefused);
}

TEST(ChunkReader, ChunkStreamsAreCounted) {
  Bytes bytes;
  for (std::uint8_t id = 0; id < 65; ++id)
    bytes = join({bytes, {0x00, id, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0}});
  const auto out = read(bytes);
  EXPECT_THAT(out.messages, SizeIs(64));
  EXPECT_EQ(out.failure->what, "more than 64 chunk streams");
}

TEST(ChunkReader, UnfinishedMessagesAreLimitedTogether) {
  const ChunkLimits limits{.unfinished = 300};
  Bytes bytes;
  for (std::uint8_t id = 4; id < 7; ++id)
    bytes = join({bytes, {id, 0, 0, 0, 0, 0, 200, 9, 1, 0, 0, 0}, Bytes(128)});
  EXPECT_EQ(read(bytes, limits).failure->what, "more than 300 bytes in unfinished messages");
  // One that came to its end does not count any more.
  EXPECT_FALSE(read(join({absolute(0, 200),
                          Bytes(128),
                          {0xc4},
                          Bytes(72),
                          absolute(0, 250),
                          Bytes(128),
                          {0xc4},
                          Bytes(122)}),
                    limits)
                   .failure);
}

TEST(ChunkReader, AClaimedLengthTakesNoMemory) {
  ChunkReader reader;
  const Bytes bytes = {0x04, 0, 0, 0, 0x7f, 0xff, 0xff, 9, 1, 0, 0, 0, 'a'};
  reader.feed(bytes);
  EXPECT_FALSE(*reader.next());
  EXPECT_EQ(reader.received(), bytes.size());
}

TEST(ChunkReader, AFailureStays) {
  ChunkReader reader;
  const Bytes bad = {0xc4};
  reader.feed(bad);
  EXPECT_THAT(reader.next(), FailsWith(Code::kBadInput, HasSubstr("form 3")));
  const Bytes good = join({absolute(0, 1), {'a'}});
  reader.feed(good);
  EXPECT_THAT(reader.next(), FailsWith(Code::kBadInput, HasSubstr("form 3")));
}

TEST(ChunkReader, NothingGivesNothing) {
  const Reading out = read({});
  EXPECT_THAT(out.messages, IsEmpty());
  EXPECT_FALSE(out.failure);
}

}  // namespace
}  // namespace weir::rtmp
