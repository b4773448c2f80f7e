// Tiles made beside a stream: when they come, what is in them, and that the stream is left alone.
#include "codec/thumbnails.h"

#include <gmock/gmock.h>

#include "codec/decoder.h"
#include "codec/thumbnail_picture.h"
#include "support/coded_stream.h"
#include "support/matchers.h"

namespace weir::codec {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::ElementsAre;

constexpr int kPictures = 100;  // of 25 a second, a key picture each half second
constexpr int kTile = 1;        // index of the track that is added

struct Below : flow::Sink<media::Item> {
  Result<flow::Flow> push(media::Item item) override {
    if (fails) return fail(Code::kIo, "disk full");
    auto& packet = std::get<media::Packet>(item);
    (packet.track() == kTile ? tiles : others).push_back(std::move(packet));
    return is_done ? flow::Flow::kDone : flow::Flow::kMore;
  }
  Result<void> finish() override {
    ++finished;
    return {};
  }
  std::vector<media::Packet> tiles, others;
  bool fails = false, is_done = false;
  int finished = 0;
};

const support::CodedStream& film() {
  static const auto stream =
      support::encode_video({.frames = kPictures, .gop = 12, .options = {{"preset", "ultrafast"}}});
  return stream;
}

class ThumbnailsOf : public ::testing::Test {
 protected:
  Result<void> run(const std::vector<media::Packet>& packets) {
    WEIR_TRY_ASSIGN(const auto stage, Thumbnails::open({track}, settings, below));
    for (const auto& packet : packets) {
      const auto flow = stage->push(packet.share());
      if (!flow) {
        (void)stage->finish();
        return fail(flow.error());
      }
    }
    return stage->finish();
  }
  // "begin+duration" of each, in milliseconds.
  std::vector<std::string> times() const {
    std::vector<std::string> out;
    for (const auto& tile : below.tiles)
      out.push_back(
          fmt::format("{}+{}", tile.pts().micros() / 1000, tile.duration().micros() / 1000));
    return out;
  }
  Size size_of(const media::Packet& jpeg) const {
    struct : flow::Sink<media::Frame> {
      Result<flow::Flow> push(media::Frame frame) override {
        size = {frame.raw()->width, frame.raw()->height};
        return flow::Flow::kMore;
      }
      Result<void> finish() override { return {}; }
      Size size;
    } out;
    auto of = Thumbnails::track_of({track}, settings);
    auto decoder = Decoder::open(*of, 1, out);
    EXPECT_THAT((*decoder)->push(jpeg.share()), IsOk());
    EXPECT_THAT((*decoder)->finish(), IsOk());
    return out.size;
  }

  media::Track track = film().track;
  ThumbnailSettings settings{Micros(1'000'000), 32, 2, 1};
  Below below;
};

TEST_F(ThumbnailsOf, TilesComeWhenTheyAreFullAndAtTheEnd) {
  ASSERT_THAT(run(film().packets), IsOk());
  EXPECT_THAT(times(), ElementsAre("0+2000", "2000+2000"));
  EXPECT_EQ(size_of(below.tiles[0]), (Size{64, 24}));
  EXPECT_EQ(below.finished, 1);
}

TEST_F(ThumbnailsOf, TheLastTileLastsToTheEndOfTheStream) {
  settings.columns = 3;
  ASSERT_THAT(run(film().packets), IsOk());
  EXPECT_THAT(times(), ElementsAre("0+3000", "3000+1000"));
  EXPECT_EQ(size_of(below.tiles[1]), (Size{96, 24}));
}

TEST_F(ThumbnailsOf, TheStreamIsHandedOnUntouched) {
  ASSERT_THAT(run(film().packets), IsOk());
  ASSERT_EQ(below.others.size(), film().packets.size());
  for (std::size_t i = 0; i < below.others.size(); ++i) {
    EXPECT_EQ(below.others[i].raw()->data, film().packets[i].raw()->data);
    EXPECT_EQ(below.others[i].raw()->pts, film().packets[i].raw()->pts);
  }
}

TEST_F(ThumbnailsOf, TheSameStreamGivesTheSameBytes) {
  ASSERT_THAT(run(film().packets), IsOk());
  const auto first = std::move(below.tiles);
  below = Below();
  ASSERT_THAT(run(film().packets), IsOk());
  const ByteView a = first[0].bytes(), b = below.tiles[0].bytes();
  EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()));
}

TEST_F(ThumbnailsOf, DamagedKeyPicturesShowWhatWasBefore) {
  std::vector<media::Packet> packets;
  for (const auto& packet : film().packets) {
    const bool broken = packet.key() && packet.pts().micros() > 500'000;
    packets.push_back(broken ? media::Packet::of(Bytes{0, 0, 0, 1, 0x65, 0xff}) : packet.share());
    packets.back().raw()->pts = packet.raw()->pts;
    packets.back().raw()->dts = packet.raw()->dts;
    packets.back().raw()->time_base = packet.raw()->time_base;
    packets.back().raw()->duration = packet.raw()->duration;
    packets.back().raw()->flags = packet.raw()->flags;
  }
  ASSERT_THAT(run(packets), IsOk());
  EXPECT_EQ(below.others.size(), packets.size());
  EXPECT_EQ(below.tiles.size(), 1u);
}

TEST_F(ThumbnailsOf, NothingThatCanBeDecodedIsNoTile) {
  std::vector<media::Packet> packets;
  for (int i = 0; i < 50; ++i) {
    packets.push_back(media::Packet::of(Bytes(static_cast<std::size_t>(i), 0x5a)));
    packets.back().raw()->pts = packets.back().raw()->dts = i;
    packets.back().raw()->time_base = {1, 25};
    packets.back().raw()->flags = AV_PKT_FLAG_KEY;
  }
  ASSERT_THAT(run(packets), IsOk());
  EXPECT_TRUE(below.tiles.empty());
  ASSERT_THAT(run({}), IsOk());
  EXPECT_TRUE(below.tiles.empty());
}

TEST_F(ThumbnailsOf, AJumpLeavesOutWhatWouldOnlyRepeat) {
  std::vector<media::Packet> packets;
  for (const auto& packet : film().packets) {
    packets.push_back(packet.share());
    if (packet.pts().micros() < 1'900'000) continue;
    packets.back().raw()->pts += 25'000;  // 1000 s
    packets.back().raw()->dts += 25'000;
  }
  ASSERT_THAT(run(packets), IsOk());
  EXPECT_THAT(times(), ElementsAre("0+2000", "1000000+2000", "1002000+2000"));
}

TEST_F(ThumbnailsOf, FailureBelowComesUpAndDoneBelowIsTold) {
  below.fails = true;
  EXPECT_THAT(run(film().packets), FailsWith(Code::kIo, _));
  EXPECT_EQ(below.finished, 1);
  below = Below();
  below.is_done = true;
  const auto stage = Thumbnails::open({track}, settings, below);
  ASSERT_THAT(stage, IsOk());
  EXPECT_EQ(*(*stage)->push(film().packets.front().share()), flow::Flow::kDone);
}

TEST_F(ThumbnailsOf, SoundAloneHasNone) {
  media::Track sound = track;
  sound.kind = media::Kind::kAudio;
  EXPECT_THAT(Thumbnails::track_of({sound}, settings), FailsWith(Code::kUnsupported, _));
}

TEST(ThumbnailSize, IsThatOfThePictureAsItIsShown) {
  auto shown = [](int width, int height, AVRational sar, int rotation) {
    media::Track track = film().track;
    auto par = media::copy_parameters(*track.par);
    auto& raw = const_cast<AVCodecParameters&>(*par);
    raw.width = width;
    raw.height = height;
    raw.sample_aspect_ratio = sar;
    track.par = par;
    track.rotation = rotation;
    return thumbnail_size(track, 320);
  };
  EXPECT_EQ(shown(1920, 1080, {1, 1}, 0), (Size{320, 180}));
  EXPECT_EQ(shown(1440, 1080, {4, 3}, 0), (Size{320, 180}));
  EXPECT_EQ(shown(1920, 1080, {0, 1}, 90), (Size{180, 320}));
  EXPECT_EQ(shown(100'000, 16, {1, 1}, 0), (Size{320, 2}));
}

}  // namespace
}  // namespace weir::codec
