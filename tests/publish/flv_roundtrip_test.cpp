// What goes into an FLV comes out of it again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "flow/pump.h"
#include "flv/muxer.h"
#include "formats/input.h"
#include "media/av1.h"
#include "media/h26x.h"
#include "publish/flv_file.h"
#include "support/coded_stream.h"
#include "support/matchers.h"
#include "support/media_files.h"
#include "support/temp_folder.h"

namespace weir::publish {
namespace {

using media::Packet;
using support::IsOk;

/// What must survive of a packet, milliseconds since the first of all tracks.
struct Told {
  std::int64_t dts_ms = 0;
  std::int64_t pts_ms = 0;
  bool key = false;
  std::vector<Bytes> units;
};

std::vector<Bytes> units_of(const Packet& packet, AVCodecID codec) {
  std::vector<Bytes> units;
  if (codec == AV_CODEC_ID_AV1) return {media::without_temporal_delimiters(packet.bytes())};
  if (codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC)
    return {Bytes(packet.bytes().begin(), packet.bytes().end())};
  for (const auto nal : media::sample_nals(codec, packet.bytes()))
    units.emplace_back(nal.begin(), nal.end());
  return units;
}

struct Stream {
  media::Tracks tracks;
  std::vector<Packet> packets;

  void add(support::CodedStream coded, const std::string& rendition = "",
           const std::string& language = "") {
    coded.track.index = static_cast<int>(tracks.size());
    coded.track.rendition = rendition;
    coded.track.language = language;
    for (auto& packet : coded.packets) {
      packet.raw()->stream_index = coded.track.index;
      packets.push_back(std::move(packet));
    }
    tracks.push_back(std::move(coded.track));
    std::ranges::stable_sort(packets, {}, [](const auto& packet) { return packet.dts().micros(); });
  }
  std::map<int, std::vector<Told>> told() const {
    std::int64_t origin = flv::to_ms(packets.front().dts());
    for (const auto& packet : packets) origin = std::min(origin, flv::to_ms(packet.dts()));
    std::map<int, std::vector<Told>> out;
    for (const auto& packet : packets)
      out[packet.track()].push_back(
          {flv::to_ms(packet.dts()) - origin, flv::to_ms(packet.pts()) - origin, packet.key(),
           units_of(packet, media::find_track(tracks, packet.track())->codec())});
    return out;
  }
};

Stream read(const std::string& path) {
  Stream out;
  auto input = formats::Input::open(path, {});
  EXPECT_THAT(input, IsOk());
  while (input) {
    auto item = (*input)->next();
    EXPECT_THAT(item, IsOk());
    if (!item || !*item) break;
    if (auto* packet = std::get_if<Packet>(&**item)) out.packets.push_back(std::move(*packet));
  }
  if (input) out.tracks = (*input)->tracks();
  return out;
}

class FlvRoundTrip : public ::testing::Test {
 protected:
  std::string write(const Stream& stream, const std::string& name, FlvFileOptions options = {}) {
    NullLog log;
    NullProgress progress;
    options.path = folder_ / name;
    options.encoder = "test";
    const auto file = open_flv_file(stream.tracks, options, log, progress);
    EXPECT_THAT(file, IsOk());
    for (const auto& packet : stream.packets) EXPECT_THAT((*file)->push(packet.share()), IsOk());
    EXPECT_THAT((*file)->finish(), IsOk());
    return options.path;
  }
  support::TempFolder folder_;
};

const media::Track* find(const media::Tracks& tracks, AVCodecID codec) {
  for (const auto& track : tracks)
    if (track.codec() == codec) return &track;
  return nullptr;
}

// Sound is clocked by its samples, so a stamp that was rounded twice may be 1 ms off.
void expect_same(const std::vector<Told>& before, const std::vector<Told>& after) {
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].units, after[i].units) << i;
    EXPECT_EQ(before[i].key, after[i].key) << i;
    EXPECT_NEAR(static_cast<double>(before[i].dts_ms), static_cast<double>(after[i].dts_ms), 1);
    EXPECT_NEAR(static_cast<double>(before[i].pts_ms), static_cast<double>(after[i].pts_ms), 1);
  }
}

TEST_F(FlvRoundTrip, OfEveryPairOfCodecsKeepsPayloadsAndStamps) {
  const std::pair<const char*, const char*> pairs[] = {
      {"libx265", "aac"}, {"libvpx-vp9", "libopus"}, {"libx264", "flac"},
      {"libx265", "ac3"}, {"libx264", "eac3"},       {"libvpx", "libmp3lame"}};
  for (const auto& [video, audio] : pairs) {
    SCOPED_TRACE(std::string(video) + " and " + audio);
    const bool reorders = std::string_view(video).starts_with("libx26");
    Stream stream;
    stream.add(
        support::encode_video({.encoder = video, .frames = 60, .b_frames = reorders ? 2 : 0}));
    stream.add(support::encode_audio({.encoder = audio, .frames = 90}));
    const Stream once = read(write(stream, "once.flv"));
    const Stream twice = read(write(once, "twice.flv"));
    const auto before = stream.told();
    for (const Stream* back : {&once, &twice}) {
      ASSERT_EQ(back->tracks.size(), 2u);
      for (const auto& track : stream.tracks)
        expect_same(before.at(track.index),
                    back->told().at(find(back->tracks, track.codec())->index));
    }
  }
}

TEST_F(FlvRoundTrip, OfRealEnhancedFilesKeepsPayloadsAndStamps) {
  int count = 0;
  for (const auto& path : support::media_files("flv")) {
    if (path.find("enhanced") == std::string::npos) continue;
    ++count;
    const Stream before = read(path);
    const Stream after = read(write(before, "again.flv"));
    ASSERT_EQ(after.tracks.size(), before.tracks.size());
    for (const auto& track : before.tracks)
      expect_same(before.told().at(track.index),
                  after.told().at(find(after.tracks, track.codec())->index));
  }
  if (count == 0) GTEST_SKIP() << "no media";
}

Stream ladder() {
  Stream stream;
  stream.add(support::encode_video({.width = 64, .frames = 60}), "small");
  stream.add(support::encode_video({.width = 128, .frames = 60}), "large");
  stream.add(support::encode_video({.encoder = "libx265", .width = 96, .frames = 60}), "middle");
  stream.add(support::encode_audio({.frames = 110}), "", "en");
  stream.add(support::encode_audio({.encoder = "libopus", .frames = 110}), "", "de");
  return stream;
}

TEST_F(FlvRoundTrip, OfManyTracksKeepsEachWithItsName) {
  const Stream stream = ladder();
  const Stream back = read(write(stream, "all.flv", {.multitrack = true}));
  ASSERT_EQ(back.tracks.size(), stream.tracks.size());
  const auto before = stream.told();
  const auto after = back.told();
  for (const auto& track : stream.tracks) {
    const auto same = [&](const media::Track& other) {
      return other.rendition == track.rendition && other.language == track.language;
    };
    const auto found = std::ranges::find_if(back.tracks, same);
    ASSERT_NE(found, back.tracks.end()) << track.rendition << track.language;
    EXPECT_EQ(found->codec(), track.codec());
    EXPECT_EQ(found->par->width, track.par->width);
    EXPECT_GT(found->bitrate, 0);
    expect_same(before.at(track.index), after.at(found->index));
  }
}

TEST_F(FlvRoundTrip, OfManyTracksLeavesAPlainPlayerTheLargestAndTheFirstSound) {
  const std::string path = write(ladder(), "all.flv", {.multitrack = true});
  AVFormatContext* context = nullptr;
  ASSERT_GE(avformat_open_input(&context, path.c_str(), nullptr, nullptr), 0);
  const media::InputPtr input(context);
  std::vector<std::pair<int, AVCodecID>> streams;
  ASSERT_GE(avformat_find_stream_info(context, nullptr), 0);
  bool large = false, aac = false;
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    const auto& par = *context->streams[i]->codecpar;
    large = large || (par.codec_id == AV_CODEC_ID_H264 && par.width == 128);
    aac = aac || par.codec_id == AV_CODEC_ID_AAC;
  }
  EXPECT_TRUE(large);
  EXPECT_TRUE(aac);
}

TEST_F(FlvRoundTrip, OfOneTrackIsTheOrdinaryFileEvenWhenAllAreAskedFor) {
  Stream stream;
  stream.add(support::encode_video({.frames = 30}), "only");
  stream.add(support::encode_audio({.frames = 50}));
  const auto bytes = [](const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  EXPECT_EQ(bytes(write(stream, "a.flv", {.multitrack = true})), bytes(write(stream, "b.flv")));
}

TEST_F(FlvRoundTrip, ANamedRenditionBecomesTheOrdinaryTrack) {
  const Stream stream = ladder();
  const std::string path = write(stream, "all.flv", {.rendition = "small", .multitrack = true});
  const Stream back = read(path);
  const auto first = std::ranges::find_if(back.tracks, [](const auto& t) { return t.video(); });
  EXPECT_EQ(first->rendition, "small");
}

}  // namespace
}  // namespace weir::publish
