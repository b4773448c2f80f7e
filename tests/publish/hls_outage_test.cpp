// What players see of a rendition that the ladder drops and brings back.
#include <gmock/gmock.h>

#include "hls/playlist_text.h"
#include "publish/hls_source.h"
#include "support/golden.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class HlsOutage : public Publisher {
 protected:
  Result<void> change(bool dropped, std::int64_t n) {
    return push_event(source.change(0, dropped, n));
  }
  /// Dropped from second `from` to `to` of `end`.
  Result<void> drop(std::int64_t from, std::int64_t to, std::int64_t end) {
    WEIR_TRY(open());
    WEIR_TRY(push(0, from));
    WEIR_TRY(change(true, from));
    WEIR_TRY(push(from, to));
    if (to < end) WEIR_TRY(change(false, to));
    WEIR_TRY(push(to, end));
    return publisher->finish();
  }
  hls::MediaPlaylistText playlist(const std::string& rendition) const {
    const auto read = hls::read_playlist(store.text(rendition + "/index.m3u8"));
    EXPECT_THAT(read, IsOk());
    EXPECT_THAT(read->problems, IsEmpty());
    return std::get<hls::MediaPlaylistText>(read->content);
  }
  static std::string gaps(const hls::MediaPlaylistText& text) {
    std::string out;
    for (const auto& segment : text.segments) out += segment.gap ? 'G' : '.';
    return out;
  }
  /// Both list the same stretches of time under the same numbers.
  void expect_in_step(const std::string& when) const {
    const auto a = playlist("720p"), b = playlist("360p");
    EXPECT_EQ(a.media_sequence, b.media_sequence) << when;
    EXPECT_EQ(a.target_duration, b.target_duration) << when;
    ASSERT_EQ(a.segments.size(), b.segments.size()) << when;
    for (std::size_t i = 0; i < a.segments.size(); ++i) {
      EXPECT_EQ(a.segments[i].duration_us, b.segments[i].duration_us) << when;
      EXPECT_EQ(a.segments[i].program_date_time, b.segments[i].program_date_time) << when;
      EXPECT_EQ(a.segments[i].uri, b.segments[i].uri) << when;
      EXPECT_FALSE(b.segments[i].gap) << when;
    }
  }
};

TEST_F(HlsOutage, VodPlaylist) {
  ASSERT_THAT(drop(4, 8, 11), IsOk());
  support::expect_golden("hls/outage_vod.m3u8", store.text("720p/index.m3u8"));
  expect_in_step("at the end");
  EXPECT_THAT(names(), Contains("720p/seg-00001.m4s"));
  EXPECT_THAT(names(), Not(Contains("720p/seg-00002.m4s")));
  EXPECT_THAT(names(), Contains("720p/seg-00004.m4s"));
}

TEST_F(HlsOutage, TillTheEndOfAVod) {
  ASSERT_THAT(drop(4, 7, 7), IsOk());
  support::expect_golden("hls/outage_vod_till_end.m3u8", store.text("720p/index.m3u8"));
  expect_in_step("at the end");
}

TEST_F(HlsOutage, LivePlaylist) {
  options.type = Type::kLive;
  options.window = 8s;
  ASSERT_THAT(drop(8, 12, 17), IsOk());
  support::expect_golden("hls/outage_live.m3u8", store.text("720p/index.m3u8"));
  expect_in_step("at the end");
}

TEST_F(HlsOutage, LivePlaylistsStayInStepWhileTheWindowSlides) {
  options.type = Type::kLive;
  options.window = 6s;
  ASSERT_THAT(open(), IsOk());
  for (std::int64_t n = 0; n < 40; ++n) {
    if (n == 10 || n == 24) {
      ASSERT_THAT(change(true, n), IsOk());
    }
    if (n == 20 || n == 30) {
      ASSERT_THAT(change(false, n), IsOk());
    }
    ASSERT_THAT(push(n, n + 1), IsOk());
    // Mid-segment: every rendition has listed the one before.
    if (n > 2 && n % 2 == 1) expect_in_step(fmt::format("second {}", n));
    if (n == 19) {
      EXPECT_EQ(gaps(playlist("720p")), "GGG");
    }
  }
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_EQ(playlist("720p").media_sequence, 17);
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("'720p' is dropped at 10.000 s"),
                                          HasSubstr("'720p' is dropped at 24.000 s")));
  EXPECT_THAT(words.infos, ElementsAre(HasSubstr("'720p' is back at 20.000 s"),
                                       HasSubstr("'720p' is back at 30.000 s")));
}

TEST_F(HlsOutage, LiveListsNothingThatIsNotThere) {
  options.type = Type::kLive;
  options.window = 6s;
  ASSERT_THAT(open(), IsOk());
  for (std::int64_t n = 0; n < 40; ++n) {
    if (n == 10) {
      ASSERT_THAT(change(true, n), IsOk());
    }
    if (n == 30) {
      ASSERT_THAT(change(false, n), IsOk());
    }
    ASSERT_THAT(push(n, n + 1), IsOk());
    const auto files = store.files();
    if (!files.contains("720p/index.m3u8")) continue;
    const auto text = playlist("720p");
    for (const auto& segment : text.segments)
      EXPECT_EQ(files.contains("720p/" + segment.uri), !segment.gap) << n;
    for (const auto& map : text.maps) EXPECT_TRUE(files.contains("720p/" + map.uri)) << n;
  }
}

TEST_F(HlsOutage, TillTheEndOfAnEventGetsItsEndlist) {
  options.type = Type::kEvent;
  ASSERT_THAT(drop(4, 9, 9), IsOk());
  EXPECT_EQ(gaps(playlist("720p")), "..GGG");
  EXPECT_TRUE(playlist("720p").endlist);
  expect_in_step("at the end");
}

TEST_F(HlsOutage, ACutOffWhileDroppedLeavesLivePlaylistsOpen) {
  options.type = Type::kLive;
  options.expect_end = true;
  EXPECT_THAT(drop(4, 9, 9), support::FailsWith(Code::kBadInput, HasSubstr("no end mark")));
  EXPECT_EQ(gaps(playlist("720p")), "..GGG");
  EXPECT_FALSE(playlist("720p").endlist);
}

TEST_F(HlsOutage, RatesAreThoseOfWhatIsThere) {
  ASSERT_THAT(drop(4, 20, 24), IsOk());
  // Both carry the same pictures: whole and with a hole they must be declared the same.
  const auto read = hls::read_playlist(store.text("master.m3u8"));
  ASSERT_THAT(read, IsOk());
  const auto& variants = std::get<hls::MultivariantText>(read->content).variants;
  ASSERT_EQ(variants.size(), 2u);
  const auto near = [](std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
    EXPECT_NEAR(static_cast<double>(*a), static_cast<double>(*b), static_cast<double>(*b) / 100);
  };
  near(variants[0].bandwidth, variants[1].bandwidth);
  near(variants[0].average_bandwidth, variants[1].average_bandwidth);
  EXPECT_EQ(variants[0].frame_rate_micro, variants[1].frame_rate_micro);
}

TEST_F(HlsOutage, InMidSegmentChangesNoRate) {
  ASSERT_THAT(drop(5, 20, 24), IsOk());
  EXPECT_EQ(gaps(playlist("720p")), "...GGGGGGG..");
  expect_in_step("at the end");
  EXPECT_THAT(store.text("master.m3u8"), HasSubstr("FRAME-RATE=25.000"));
}

TEST_F(HlsOutage, TransportStreamCountsOn) {
  options.container = HlsOptions::Container::kTs;
  ASSERT_THAT(drop(4, 8, 12), IsOk());
  EXPECT_EQ(gaps(playlist("720p")), "..GG..");
  EXPECT_THAT(store.text("720p/index.m3u8"), StartsWith("#EXTM3U\n#EXT-X-VERSION:3\n"));
  EXPECT_THAT(store.text("720p/index.m3u8"), Not(HasSubstr("DISCONTINUITY")));
}

}  // namespace
}  // namespace weir::publish
