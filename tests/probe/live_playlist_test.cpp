#include "probe/live_playlist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/low_latency.h"
#include "probe/live_sample.h"
#include "support/matchers.h"

namespace weir::probe {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;
using ::testing::Optional;

std::vector<std::string> uris(const LivePlaylist& list) {
  std::vector<std::string> out;
  for (const auto& segment : list.segments) out.push_back(segment.uri);
  return out;
}

TEST(LivePlaylist, KnowsNumbersDatesAndWhatIsAwaited) {
  const auto list = read_live_playlist(low_version(41));
  ASSERT_THAT(list, IsOk());
  EXPECT_EQ(list->first(), 10);
  EXPECT_EQ(list->next(), 20);
  EXPECT_EQ(list->awaited().number, 20);
  EXPECT_EQ(list->awaited().part, 2);
  EXPECT_EQ(list->last().part, 1);
  EXPECT_TRUE(list->has({20, 1}));
  EXPECT_FALSE(list->has({20, 2}));
  EXPECT_TRUE(list->has({19, 7}));
  ASSERT_TRUE(list->segments[0].date_us);
  EXPECT_THAT(list->segments[9].date_us, Optional(*list->segments[0].date_us + 54 * kSecondUs));
  EXPECT_THAT(list->open_date_us(), Optional(*list->segments[0].date_us + 60 * kSecondUs));
}

TEST(LivePlaylist, IsWholeAgainFromItsDeltaUpdate) {
  for (const std::string head :
       {"", "#EXT-X-MAP:URI=\"i.mp4\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n"}) {
    const auto with_head = [&](std::int64_t parts) {
      return replaced(low_version(parts), "#EXT-X-PROGRAM", head + "#EXT-X-PROGRAM");
    };
    const auto held = read_live_playlist(with_head(39));
    const auto whole = read_live_playlist(with_head(41));
    const auto text = hls::delta_update(with_head(41));
    ASSERT_TRUE(text);
    auto delta = read_live_playlist(*text);
    ASSERT_THAT(delta, IsOk());
    EXPECT_GT(delta->skipped, 0);
    const auto made = apply_delta(*held, std::move(*delta));
    ASSERT_THAT(made, IsOk());
    EXPECT_EQ(uris(*made), uris(*whole));
    for (std::size_t i = 0; i < whole->segments.size(); ++i) {
      EXPECT_EQ(made->segments[i].key, whole->segments[i].key) << i;
      EXPECT_EQ(made->segments[i].map.has_value(), whole->segments[i].map.has_value()) << i;
      EXPECT_EQ(made->segments[i].date_us, whole->segments[i].date_us) << i;
    }
    EXPECT_EQ(made->open_map.has_value(), whole->open_map.has_value());
  }
}

TEST(LivePlaylist, RefusesADeltaUpdateOfWhatItNeverHad) {
  const auto held = read_live_playlist(low_version(39));
  auto delta = read_live_playlist(low_version(80, 4));
  EXPECT_THAT(apply_delta(*held, std::move(*delta)),
              FailsWith(Code::kBadInput, HasSubstr("skipped")));
}

TEST(LivePlaylist, IsSafeWithNumbersBeyondAllMeasure) {
  for (const char* big : {"9223372036854775807", "99999999999999999999", "-1"}) {
    const std::string text = fmt::format(
        "#EXTM3U\n#EXT-X-TARGETDURATION:{0}\n#EXT-X-MEDIA-SEQUENCE:{0}\n"
        "#EXT-X-DISCONTINUITY-SEQUENCE:{0}\n#EXT-X-SKIP:SKIPPED-SEGMENTS={0}\n"
        "#EXT-X-PART-INF:PART-TARGET={0}\n#EXT-X-SERVER-CONTROL:HOLD-BACK={0}\n"
        "#EXT-X-PART:URI=\"p\",DURATION={0},BYTERANGE=\"{0}@{0}\"\n"
        "#EXT-X-PART:URI=\"p\",DURATION={0},BYTERANGE=\"{0}\"\n#EXTINF:{0},\ns.ts\n"
        "#EXT-X-RENDITION-REPORT:URI=\"o\",LAST-MSN={0},LAST-PART={0}\n",
        big);
    auto list = read_live_playlist(text);
    if (!list) continue;
    EXPECT_GE(list->next(), list->first());
    EXPECT_GE(list->duration_us(), 0);
    (void)apply_delta(*read_live_playlist(low_version(41)), std::move(*list));
  }
}

}  // namespace
}  // namespace weir::probe
