// A live stream whose input stalls, as `gap` events tell it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/playlist_text.h"
#include "publish/hls_source.h"
#include "support/golden.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::IsOk;

class HlsStall : public Publisher {
 protected:
  HlsStall() {
    options.type = Type::kLive;
    options.window = 30s;
  }
  Result<void> gap_till(std::int64_t n) {
    return push_event(media::make_event(media::event::kGap, {n, {1, 1}}));
  }
  hls::MediaPlaylistText playlist(const std::string& name) const {
    return *hls::read_playlist(store.text(name + "/index.m3u8"))->media();
  }
};

TEST_F(HlsStall, LivePlaylist) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  ASSERT_THAT(gap_till(8), IsOk());
  support::expect_golden("hls/stall_live.m3u8", store.text("720p/index.m3u8"));
  ASSERT_THAT(gap_till(11), IsOk());
  ASSERT_THAT(push_event(media::make_event(media::event::kDiscontinuity, {13, {1, 1}})), IsOk());
  source.skip_sound_to(13);
  ASSERT_THAT(push(13, 17), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  support::expect_golden("hls/stall_live_ended.m3u8", store.text("720p/index.m3u8"));
}

TEST_F(HlsStall, AllRenditionsStayInStep) {
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  for (const std::int64_t till : {8, 11}) {
    ASSERT_THAT(gap_till(till), IsOk());
    for (const auto* name : {"360p", "audio"}) {
      const auto other = playlist(name), picture = playlist("720p");
      ASSERT_EQ(other.segments.size(), picture.segments.size()) << name << " at " << till;
      for (std::size_t i = 0; i < other.segments.size(); ++i)
        EXPECT_EQ(other.segments[i].gap, picture.segments[i].gap) << name << " segment " << i;
    }
  }
}

}  // namespace
}  // namespace weir::publish
