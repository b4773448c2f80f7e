// The small pieces of base: bytes, results, clock, stop, nearest name, system errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>
#include <cerrno>
#include <thread>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/nearest.h"
#include "base/os_error.h"
#include "base/result.h"
#include "base/stop.h"
#include "support/matchers.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

TEST(ByteWriter, WritesNetworkOrder) {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(0x01);
  writer.u16(0x0203);
  writer.u24(0x040506);
  writer.u32(0x0708090a);
  writer.u64(0x0b0c0d0e0f101112);
  writer.text("A");
  writer.zeros(2);
  EXPECT_THAT(
      out, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 'A', 0, 0));
}

TEST(ByteWriter, PatchesALengthLater) {
  Bytes out;
  ByteWriter writer(out);
  writer.u32(0);
  writer.u8(0xff);
  writer.patch_u32(0, 5);
  EXPECT_THAT(out, ElementsAre(0, 0, 0, 5, 0xff));
}

Result<int> half(int value) {
  if (value % 2 != 0) return fail(Code::kUsage, "{} is odd", value);
  return value / 2;
}

Result<int> quarter(int value) {
  WEIR_TRY_ASSIGN(const int once, half(value));
  WEIR_TRY_ASSIGN(const int twice, half(once));
  return twice;
}

TEST(Result, TryReturnsTheFirstFailure) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_THAT(quarter(6), support::FailsWith(Code::kUsage, "3 is odd"));
}

TEST(Result, WithinPutsTheDoingInFront) {
  EXPECT_EQ(Error(Code::kIo, "disk full").within("rendition 720p").what,
            "rendition 720p: disk full");
}

TEST(Utc, IsWrittenWithMilliseconds) {
  EXPECT_EQ(format_utc(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_utc(1'795'373'340'123'456), "2026-11-22T18:49:00.123Z");
  EXPECT_EQ(format_utc(951'782'399'999'999), "2000-02-28T23:59:59.999Z");
  EXPECT_EQ(format_utc(-1), "1969-12-31T23:59:59.999Z");
}

TEST(SystemClock, MonotonicNeverGoesBack) {
  const auto first = Clock::system().monotonic();
  EXPECT_GE(Clock::system().monotonic(), first);
  EXPECT_GT(Clock::system().utc_us(), 1'700'000'000'000'000);
}

bool readable(int fd) {
  pollfd poll_fd{fd, POLLIN, 0};
  return ::poll(&poll_fd, 1, 0) == 1;
}

TEST(Stop, IsSeenByAPollAndByAFlag) {
  StopSource stop;
  EXPECT_FALSE(stop.requested());
  EXPECT_FALSE(readable(stop.fd()));
  stop.request();
  EXPECT_TRUE(stop.requested());
  EXPECT_TRUE(readable(stop.fd()));
}

TEST(Stop, StaysRequestedAndLeavesErrnoAlone) {
  StopSource stop;
  errno = EDOM;
  for (int i = 0; i < 3; ++i) stop.request();
  EXPECT_EQ(errno, EDOM);
  EXPECT_TRUE(readable(stop.fd()));
}

TEST(Stop, WakesABlockedPollOfAnotherThread) {
  StopSource stop;
  int woken = 0;
  std::jthread waiting([&] {
    pollfd poll_fd{stop.fd(), POLLIN, 0};
    woken = ::poll(&poll_fd, 1, 10'000);
  });
  stop.request();
  waiting.join();
  EXPECT_EQ(woken, 1);
}

TEST(EditDistance, CountsASwapOnce) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("gop", "gop"), 0u);
  EXPECT_EQ(edit_distance("segmnt", "segment"), 1u);
  EXPECT_EQ(edit_distance("ladedr", "ladder"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Nearest, FindsTheMisspeltNameOrNothing) {
  const std::vector<std::string> known{"segment", "gop", "ladder", "latency"};
  EXPECT_THAT(nearest("segmnt", known), Optional(std::string("segment")));
  EXPECT_THAT(nearest("latncy", known), Optional(std::string("latency")));
  EXPECT_EQ(nearest("colour", known), std::nullopt);
  EXPECT_EQ(nearest("x", {}), std::nullopt);
}

TEST(OsError, IsLowerCase) {
  EXPECT_EQ(os_error_text(ENOENT), "no such file");
  EXPECT_EQ(os_error_text(ENOSPC), "no space left on device");
  EXPECT_EQ(os_error_text(EACCES), "permission denied");
}

}  // namespace
}  // namespace weir
