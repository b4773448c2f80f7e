#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "flv/amf_reader.h"
#include "flv/file_scan.h"
#include "publish/flv_file.h"
#include "support/coded_stream.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::publish {
namespace {

namespace fs = std::filesystem;
using media::Packet;
using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

struct Stream {
  media::Tracks tracks;
  std::vector<Packet> packets;

  void add(support::CodedStream coded, std::int64_t shift = 0) {
    coded.track.index = static_cast<int>(tracks.size());
    for (auto& packet : coded.packets) {
      packet.raw()->stream_index = coded.track.index;
      packet.raw()->pts += shift;
      packet.raw()->dts += shift;
      packets.push_back(std::move(packet));
    }
    tracks.push_back(std::move(coded.track));
    std::ranges::stable_sort(packets, {}, [](const auto& packet) { return packet.dts().micros(); });
  }
};

Stream show(int width = 64, int seconds_later = 0) {
  Stream stream;
  stream.add(support::encode_video({.width = width, .frames = 50}), 25 * seconds_later);
  stream.add(support::encode_audio({.frames = 94}), 48000 * seconds_later);
  return stream;
}

class WordLog : public Log {
 public:
  void write(LogLevel, std::string_view line) override { words += std::string(line) + "\n"; }
  std::string words;
};

Bytes content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

flv::FileScan scan(const std::string& path) {
  flv::FileScan found;
  EXPECT_THAT(found.feed(content(path)), IsOk());
  return found;
}

flv::AmfValue metadata(const std::string& path) {
  const Bytes bytes = content(path);
  flv::TagReader reader;
  reader.feed(bytes);
  const auto tag = reader.next();
  flv::AmfReader amf((*tag)->body);
  (void)amf.next();
  return *amf.next();
}

class FlvAppend : public ::testing::Test {
 protected:
  Result<void> write(const Stream& stream, bool append = true, bool finish = true) {
    FlvFileOptions options;
    options.path = path_;
    options.encoder = "test";
    options.append = append;
    WEIR_TRY_ASSIGN(auto file, open_flv_file(stream.tracks, options, log_, progress_));
    for (const auto& packet : stream.packets) WEIR_TRY(file->push(packet.share()));
    return finish ? file->finish() : Result<void>();
  }
  // Stamps go up in each track, and its index tells the truth.
  void expect_good() {
    const auto found = scan(path_);
    const auto facts = metadata(path_);
    EXPECT_EQ(found.pending(), 0u);
    const auto* index = facts.get("keyframes");
    ASSERT_NE(index, nullptr);
    const auto& positions = index->get("filepositions")->array()->values;
    const auto& times = index->get("times")->array()->values;
    ASSERT_EQ(positions.size(), found.key_frames().size());
    const Bytes bytes = content(path_);
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const auto at = static_cast<std::size_t>(*positions[i].number());
      EXPECT_EQ(bytes.at(at), 9);
      EXPECT_EQ(bytes.at(at + 11), 0x17);
      EXPECT_EQ(std::llround(*times[i].number() * 1000), found.key_frames()[i].timestamp_ms);
    }
    EXPECT_EQ(*facts.get("filesize")->number(), static_cast<double>(bytes.size()));
  }

  support::TempFolder folder_;
  std::string path_ = folder_ / "show.flv";
  WordLog log_;
  NullProgress progress_;
};

TEST_F(FlvAppend, GoesOnBehindWhatIsThereWithOneOffset) {
  ASSERT_THAT(write(show(), false), IsOk());
  const auto once = scan(path_);
  const double length = *metadata(path_).get("duration")->number();
  ASSERT_THAT(write(show(64, 1000)), IsOk());
  const auto twice = scan(path_);
  ASSERT_EQ(twice.tracks().size(), 2u);
  std::vector<std::int64_t> moved;
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(twice.tracks()[i].frames, 2 * once.tracks()[i].frames);
    EXPECT_EQ(twice.tracks()[i].bytes, 2 * once.tracks()[i].bytes);
    moved.push_back(twice.tracks()[i].last_ms - once.tracks()[i].last_ms);
  }
  EXPECT_EQ(moved[0], moved[1]);
  EXPECT_NEAR(*metadata(path_).get("duration")->number(), 2 * length, 0.06);
  EXPECT_EQ(twice.key_frames().size(), 2 * once.key_frames().size());
  expect_good();
}

TEST_F(FlvAppend, NeverGoesBackAndLeavesNoHole) {
  for (int run = 0; run < 4; ++run) ASSERT_THAT(write(show()), IsOk());
  flv::TagReader reader;
  const Bytes bytes = content(path_);
  reader.feed(bytes);
  std::int64_t last[2] = {-1, -1};
  for (auto tag = reader.next(); tag && *tag; tag = reader.next()) {
    const auto parts = flv::read_body(**tag);
    if (parts->empty() || parts->at(0).kind != flv::BodyKind::kFrame) continue;
    auto& before = last[(*tag)->type == flv::TagType::kVideo ? 1 : 0];
    EXPECT_GT((*tag)->timestamp_ms, before);
    EXPECT_LT((*tag)->timestamp_ms, before + 200);
    before = (*tag)->timestamp_ms;
  }
  expect_good();
}

TEST_F(FlvAppend, TakesPicturesOfAnotherSizeAsANewConfiguration) {
  ASSERT_THAT(write(show()), IsOk());
  const auto once = scan(path_);
  ASSERT_THAT(write(show(128)), IsOk());
  EXPECT_NE(scan(path_).tracks()[1].configuration, once.tracks()[1].configuration);
  expect_good();
}

TEST_F(FlvAppend, RefusesOtherCodecsAndOtherTracksAndLeavesTheFileAsItIs) {
  ASSERT_THAT(write(show()), IsOk());
  const Bytes before = content(path_);
  Stream hevc;
  hevc.add(support::encode_video({.encoder = "libx265"}));
  hevc.add(support::encode_audio({}));
  EXPECT_THAT(write(hevc), FailsWith(Code::kUsage, HasSubstr("hvc1")));
  Stream sound;
  sound.add(support::encode_audio({}));
  EXPECT_THAT(write(sound), FailsWith(Code::kUsage, HasSubstr("cannot append")));
  Stream mono;
  mono.add(support::encode_video({}));
  mono.add(support::encode_audio({.channels = 1}));
  EXPECT_THAT(write(mono), FailsWith(Code::kUsage, HasSubstr("channels")));
  Stream nothing = show();
  nothing.packets.clear();
  EXPECT_THAT(write(nothing), IsOk());
  EXPECT_EQ(content(path_), before);
}

TEST_F(FlvAppend, RemovesATagThatIsCutOff) {
  ASSERT_THAT(write(show()), IsOk());
  fs::resize_file(path_, fs::file_size(path_) - 30);
  const auto cut = scan(path_);
  ASSERT_GT(cut.pending(), 0u);
  ASSERT_THAT(write(show()), IsOk());
  EXPECT_THAT(log_.words, HasSubstr(fmt::format("its {} bytes are removed", cut.pending())));
  expect_good();
}

TEST_F(FlvAppend, ThatIsKilledLeavesAFileToGoOnWith) {
  ASSERT_THAT(write(show()), IsOk());
  const auto once = scan(path_);
  ASSERT_THAT(write(show(), true, false), IsOk());  // never finished
  const auto killed = scan(path_);
  EXPECT_GT(killed.tracks()[1].frames, once.tracks()[1].frames + 20);
  ASSERT_THAT(write(show()), IsOk());
  EXPECT_EQ(scan(path_).tracks()[1].frames, killed.tracks()[1].frames + once.tracks()[1].frames);
  expect_good();
}

TEST_F(FlvAppend, ThatIsKilledInTheFirstRunLeavesAFileToo) {
  ASSERT_THAT(write(show(), true, false), IsOk());
  EXPECT_GT(scan(path_).tracks().at(1).frames, 20);
  ASSERT_THAT(write(show()), IsOk());
  expect_good();
}

TEST_F(FlvAppend, WithoutAFileBeginsOneThatIsTheSameAsAnOrdinaryOne) {
  ASSERT_THAT(write(show()), IsOk());
  const Bytes appended = content(path_);
  ASSERT_THAT(write(show(), false), IsOk());
  EXPECT_EQ(content(path_), appended);
}

TEST_F(FlvAppend, LeavesNoEmptyFileBehind) {
  Stream nothing = show();
  nothing.packets.clear();
  EXPECT_THAT(write(nothing), IsOk());
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(FlvAppend, IsForFlvFilesOnly) {
  std::ofstream(path_) << "this is a text and no FLV at all";
  EXPECT_THAT(write(show()), FailsWith(Code::kBadInput, HasSubstr("not an FLV")));
  std::ofstream(path_) << "FLV";
  EXPECT_THAT(write(show()), FailsWith(Code::kBadInput, HasSubstr("not an FLV")));
  path_ = "-";
  EXPECT_THAT(write(show()), FailsWith(Code::kUsage, HasSubstr("-o")));
}

TEST_F(FlvAppend, IsForOneAtATime) {
  ASSERT_THAT(write(show()), IsOk());
  FlvFileOptions options;
  options.path = path_;
  options.append = true;
  const Stream stream = show();
  const auto first = open_flv_file(stream.tracks, options, log_, progress_);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(open_flv_file(stream.tracks, options, log_, progress_),
              FailsWith(Code::kIo, HasSubstr("somebody else")));
}

}  // namespace
}  // namespace weir::publish
