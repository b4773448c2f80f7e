#include "formats/flv_hints.h"

#include <gtest/gtest.h>

#include "flv/amf0.h"

namespace weir::formats {
namespace {

using flv::TagType;

template <typename Members>
Bytes metadata(Members members) {
  Bytes body;
  flv::AmfWriter out(body);
  out.text("onMetaData");
  out.object([&] { members(out); });
  return body;
}

TEST(FlvHints, TellRatesAndNamesOfEveryTrack) {
  const Bytes body = metadata([](flv::AmfWriter& out) {
    out.name("videocodecid").number(7);
    out.name("framerate").number(29.97);
    out.name("rendition").text("720p");
    out.name("videoTrackIdInfoMap").object([&] {
      out.name("1").object([&] {
        out.name("videodatarate").number(640);
        out.name("rendition").text("360p_low");
      });
    });
    out.name("audioTrackIdInfoMap").object([&] {
      out.name("2").object([&] { out.name("language").text("pt-BR"); });
    });
  });
  auto told = read_flv_metadata(body);
  EXPECT_TRUE(told.video);
  EXPECT_FALSE(told.audio);
  const auto first = told.tracks[{TagType::kVideo, 0}];
  EXPECT_EQ(first.rendition, "720p");
  EXPECT_EQ(first.frame_rate.num, 30000);
  const auto further = told.tracks[{TagType::kVideo, 1}];
  EXPECT_EQ(further.rendition, "360p_low");
  EXPECT_EQ(further.rate, 640'000);
  const auto sound = told.tracks[{TagType::kAudio, 2}];
  EXPECT_EQ(sound.language, "pt-BR");
  for (std::size_t size = 0; size < body.size(); ++size)
    (void)read_flv_metadata(ByteView(body).first(size));
}

TEST(FlvHints, NamesThatCouldLeadElsewhereAreNone) {
  for (const char* name : {"../up", "/etc", ".hidden", "a b", "a\nb", "a/b"}) {
    auto told =
        read_flv_metadata(metadata([&](flv::AmfWriter& out) { out.name("rendition").text(name); }));
    const auto track = told.tracks[{TagType::kVideo, 0}];
    EXPECT_EQ(track.rendition, "") << name;
  }
  auto told = read_flv_metadata(
      metadata([&](flv::AmfWriter& out) { out.name("rendition").text(std::string(65, 'a')); }));
  const auto track = told.tracks[{TagType::kVideo, 0}];
  EXPECT_EQ(track.rendition, "");
}

TEST(FlvHints, TrackIdsThatAreNoneAreLeftOut) {
  const auto told = read_flv_metadata(metadata([](flv::AmfWriter& out) {
    out.name("videoTrackIdInfoMap").object([&] {
      for (const char* id : {"0", "-1", "256", "x", "1x", "99999999999999"})
        out.name(id).object([] {});
    });
  }));
  EXPECT_EQ(told.tracks.size(), 2u);  // the ordinary ones
}

}  // namespace
}  // namespace weir::formats
