// --single-file: one file for each rendition, byte ranges in its playlists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/playlist_text.h"
#include "publish/hls_source.h"
#include "support/golden.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Container = HlsOptions::Container;

class SingleFile : public Publisher {
 protected:
  SingleFile() { options.single_file = true; }

  hls::MediaPlaylistText playlist(const std::string& name) const {
    return *hls::read_playlist(store.text(name))->media();
  }
  /// The bytes a playlist names, one after the other.
  Bytes listed(const std::string& folder) const {
    const auto files = store.files();
    Bytes out;
    const auto add = [&](const std::string& uri, const std::optional<hls::ByteRange>& range) {
      const Bytes& file = files.at(folder + "/" + uri);
      ASSERT_LE(range->offset + range->length, static_cast<std::int64_t>(file.size()));
      out.insert(out.end(), file.begin() + range->offset,
                 file.begin() + range->offset + range->length);
    };
    const auto text = playlist(folder + "/index.m3u8");
    for (const auto& map : text.maps) add(map.uri, map.range);
    for (const auto& segment : text.segments) add(segment.uri, segment.range);
    return out;
  }
};

TEST_F(SingleFile, VodPlaylists) {
  options.iframes = true;
  ASSERT_THAT(run(5), IsOk());
  support::expect_golden("hls/single_file_vod.m3u8", store.text("720p/index.m3u8"));
  support::expect_golden("hls/single_file_iframes.m3u8", store.text("720p/iframes.m3u8"));
  EXPECT_THAT(names(), ElementsAre("360p/iframes.m3u8", "360p/index.m3u8", "360p/media.mp4",
                                   "720p/iframes.m3u8", "720p/index.m3u8", "720p/media.mp4",
                                   "audio/index.m3u8", "audio/media.mp4", "master.m3u8"));
}

TEST_F(SingleFile, TheFileIsWhatFilesOfTheirOwnWouldBeInOrder) {
  for (const auto container : {Container::kFmp4, Container::kTs, Container::kPacked}) {
    options.container = container;
    options.single_file = false;
    source = Source();
    store.remove_everything();
    ASSERT_THAT(run(5), IsOk());
    Bytes joined;  // init.mp4 comes before seg-
    for (const auto& [name, bytes] : store.files())
      if (name.starts_with("720p/") && !name.ends_with(".m3u8"))
        joined.insert(joined.end(), bytes.begin(), bytes.end());
    options.single_file = true;
    source = Source();
    store.remove_everything();
    ASSERT_THAT(run(5), IsOk());
    EXPECT_EQ(store.files()[container == Container::kFmp4 ? "720p/media.mp4" : "720p/media.ts"],
              joined);
    EXPECT_EQ(listed("720p"), joined);
  }
}

TEST_F(SingleFile, KeyPicturesStandWhereTheirSegmentDoes) {
  options.iframes = true;
  ASSERT_THAT(run(5), IsOk());
  const auto media = playlist("720p/index.m3u8");
  const auto iframes = playlist("720p/iframes.m3u8");
  ASSERT_EQ(iframes.segments.size(), 5u);
  EXPECT_EQ(iframes.maps.front().range, media.maps.front().range);
  // Two key pictures in each segment of two seconds; the second begins behind the first.
  const auto& segment = *media.segments[1].range;
  const auto& first = *iframes.segments[2].range;
  const auto& second = *iframes.segments[3].range;
  EXPECT_GE(first.offset, segment.offset);
  EXPECT_GE(second.offset, first.offset + first.length);
  EXPECT_LE(second.offset + second.length, segment.offset + segment.length);
  const Bytes file = store.files()["720p/media.mp4"];
  const auto at = static_cast<std::size_t>(second.offset);
  EXPECT_EQ(std::string(file.begin() + static_cast<std::ptrdiff_t>(at) + 4,
                        file.begin() + static_cast<std::ptrdiff_t>(at) + 8),
            "moof");
}

TEST_F(SingleFile, VodThatFailsLeavesNothing) {
  store.flush_fails = true;
  EXPECT_THAT(run(4), FailsWith(Code::kIo, "the way is blocked"));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(SingleFile, EverySampleKeyHasAnInitializationSectionInTheFile) {
  options.encryption.method = HlsEncryption::Method::kCbcs;
  options.encryption.rotation = *parse_key_rotation("1");
  ASSERT_THAT(run(5), IsOk());
  const auto text = playlist("720p/index.m3u8");
  ASSERT_EQ(text.maps.size(), text.segments.size());
  EXPECT_EQ(listed("720p").size(), store.files()["720p/media.mp4"].size());
}

TEST_F(SingleFile, IsRefusedWhereItCannotBe) {
  for (const auto type : {Type::kLive, Type::kEvent}) {
    options.type = type;
    EXPECT_THAT(open(), FailsWith(Code::kUsage, HasSubstr("--playlist vod")));
  }
  options.type = Type::kVod;
  options.encryption.method = HlsEncryption::Method::kAes128;
  EXPECT_THAT(open(), FailsWith(Code::kUsage, HasSubstr("aes-128")));
}

}  // namespace
}  // namespace weir::publish
