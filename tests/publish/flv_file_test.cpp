#include "publish/flv_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <bit>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "flow/pump.h"
#include "flv/body.h"
#include "flv/tag.h"
#include "flv/utc.h"
#include "support/coded_stream.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::publish {
namespace {

namespace fs = std::filesystem;
using flow::Flow;
using media::Item;
using media::Packet;
using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

struct Stream {
  media::Tracks tracks;
  std::vector<Packet> packets;  // by dts

  void add(support::CodedStream coded, std::int64_t shift = 0) {
    coded.track.index = static_cast<int>(tracks.size());
    for (auto& packet : coded.packets) {
      packet.raw()->stream_index = coded.track.index;
      packet.raw()->pts += shift;
      packet.raw()->dts += shift;
      packets.push_back(std::move(packet));
    }
    tracks.push_back(std::move(coded.track));
    std::stable_sort(packets.begin(), packets.end(),
                     [](const auto& a, const auto& b) { return a.dts() < b.dts(); });
  }
};

support::CodedStream pictures(int width = 64, const std::string& rendition = "") {
  support::VideoSpec spec;
  spec.width = width;
  spec.frames = 25;
  auto stream = support::encode_video(spec);
  stream.track.rendition = rendition;
  return stream;
}

// Pictures from dts 0.2 s on, sound from 0.25 s on.
Stream picture_and_sound() {
  Stream stream;
  stream.add(pictures(), 7);
  stream.add(support::encode_audio({.frames = 45}), 12000 + 1024);
  return stream;
}

class WordLog : public Log {
 public:
  void write(LogLevel, std::string_view line) override { words += std::string(line) + "\n"; }
  std::string words;
};

class FlvFile : public ::testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }

  auto open(const Stream& stream, const std::string& path, const std::string& rendition = "") {
    return open_flv_file(stream.tracks,
                         {.path = path, .rendition = rendition, .encoder = "weir test"}, log_,
                         progress_);
  }
  // Writes the whole stream; what the sink said at the end.
  Result<void> write(const Stream& stream, const std::string& path,
                     const std::string& rendition = "") {
    WEIR_TRY_ASSIGN(const auto file, open(stream, path, rendition));
    for (const auto& packet : stream.packets) WEIR_TRY(file->push(packet.share()));
    return file->finish();
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_.path()), {}));
  }

  support::TempFolder folder_;
  WordLog log_;
  NullProgress progress_;
};

Bytes content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<flv::Tag> tags_of(const Bytes& bytes) {
  flv::TagReader reader;
  reader.feed(bytes);
  std::vector<flv::Tag> tags;
  while (true) {
    auto tag = reader.next();
    EXPECT_THAT(tag, IsOk());
    if (!tag || !*tag) break;
    tags.push_back(std::move(**tag));
  }
  EXPECT_EQ(reader.pending(), 0u);
  return tags;
}

media::InputPtr open_with_libavformat(const std::string& path) {
  AVFormatContext* context = nullptr;
  EXPECT_GE(avformat_open_input(&context, path.c_str(), nullptr, nullptr), 0);
  return media::InputPtr(context);
}

// The numbers of an array behind its name in onMetaData.
std::vector<double> numbers(const Bytes& body, std::string name) {
  name = std::string({'\0', static_cast<char>(name.size())}) + name;
  const auto found = std::search(body.begin(), body.end(), name.begin(), name.end());
  std::size_t at = static_cast<std::size_t>(found - body.begin()) + name.size() + 1;
  const auto word = [&](std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size && at < body.size(); ++i) value = value << 8 | body[at++];
    return value;
  };
  std::vector<double> values(std::min<std::uint64_t>(word(4), 1000));
  for (auto& value : values) {
    ++at;
    value = std::bit_cast<double>(word(8));
  }
  return values;
}

TEST_F(FlvFile, IsReadByLibavformatWithTheSameStampsFromZeroOn) {
  const Stream stream = picture_and_sound();
  const std::string path = folder_ / "out.flv";
  ASSERT_THAT(write(stream, path), IsOk());
  const auto input = open_with_libavformat(path);
  ASSERT_GE(avformat_find_stream_info(input.get(), nullptr), 0);
  ASSERT_EQ(input->nb_streams, 2u);
  std::size_t read = 0;
  for (Packet packet; av_read_frame(input.get(), packet.raw()) >= 0; ++read) {
    ASSERT_LT(read, stream.packets.size());
    const auto& wanted = stream.packets[read];
    EXPECT_EQ(packet.raw()->dts, wanted.dts().in({1, 1000}) - 200) << read;
    EXPECT_EQ(packet.raw()->pts, wanted.pts().in({1, 1000}) - 200) << read;
    av_packet_unref(packet.raw());
  }
  EXPECT_EQ(read, stream.packets.size());
  EXPECT_NEAR(static_cast<double>(input->duration) / AV_TIME_BASE, 1.1, 0.1);
}

TEST_F(FlvFile, HasAnIndexThatPointsAtItsKeyFrames) {
  const std::string path = folder_ / "out.flv";
  ASSERT_THAT(write(picture_and_sound(), path), IsOk());
  const Bytes bytes = content(path);
  const auto tags = tags_of(bytes);
  const auto times = numbers(tags[0].body, "times");
  const auto positions = numbers(tags[0].body, "filepositions");
  std::vector<double> key_times;
  for (const auto& tag : tags)
    if (tag.type == flv::TagType::kVideo && tag.body[0] == 0x17 && tag.body[1] == 1)
      key_times.push_back(static_cast<double>(tag.timestamp_ms) / 1000);
  ASSERT_GE(times.size(), 4u);
  EXPECT_EQ(times, key_times);
  ASSERT_EQ(positions.size(), times.size());
  for (const double position : positions) {
    const auto at = static_cast<std::size_t>(position);
    EXPECT_EQ(bytes.at(at), 9);
    EXPECT_EQ(bytes.at(at + 11), 0x17);
    EXPECT_EQ(bytes.at(at + 12), 1);
  }
}

TEST_F(FlvFile, TellsWhenItsFramesWereOnAirWhereItIsAsked) {
  const Stream stream = picture_and_sound();
  const std::int64_t noon_us = 1'767'268'800'000'000;
  const auto told = [&](bool utc, bool anchored) {
    auto file =
        *open_flv_file(stream.tracks, {.path = folder_ / "a.flv", .utc = utc}, log_, progress_);
    const auto anchor = media::anchor_event({0, {1, 1}}, noon_us);
    if (anchored) {
      EXPECT_THAT(file->push(Item(anchor)), IsOk());
    }
    for (const auto& packet : stream.packets) EXPECT_THAT(file->push(packet.share()), IsOk());
    EXPECT_THAT(file->finish(), IsOk());
    std::vector<std::pair<std::int64_t, std::int64_t>> out;  // stamp and UTC
    for (const auto& tag : tags_of(content(folder_ / "a.flv")))
      if (const auto utc_us = flv::read_utc(tag.body); tag.type == flv::TagType::kScript && utc_us)
        out.emplace_back(tag.timestamp_ms, *utc_us);
    return out;
  };
  EXPECT_THAT(told(false, true), IsEmpty());
  EXPECT_THAT(told(true, false), IsEmpty());
  const auto first_us = stream.packets.front().dts().micros();
  EXPECT_THAT(told(true, true), ElementsAre(Pair(0, noon_us + first_us)));
}

TEST_F(FlvFile, KnowsItsOwnSize) {
  const std::string path = folder_ / "out.flv";
  ASSERT_THAT(write(picture_and_sound(), path), IsOk());
  Bytes wanted;
  ByteWriter out(wanted);
  out.text("filesize");
  out.u8(0);
  out.u64(std::bit_cast<std::uint64_t>(static_cast<double>(fs::file_size(path))));
  const Bytes bytes = content(path);
  EXPECT_NE(std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()), bytes.end());
}

TEST_F(FlvFile, AppearsOnlyWhenItIsWhole) {
  const Stream stream = picture_and_sound();
  const std::string path = folder_ / "out.flv";
  auto file = open(stream, path);
  ASSERT_THAT(file, IsOk());
  for (const auto& packet : stream.packets) ASSERT_THAT((*file)->push(packet.share()), IsOk());
  EXPECT_EQ(files(), 0u);
  ASSERT_THAT((*file)->finish(), IsOk());
  EXPECT_EQ(files(), 1u);
}

TEST_F(FlvFile, IsTheSameForTheSameInput) {
  ASSERT_THAT(write(picture_and_sound(), folder_ / "a.flv"), IsOk());
  ASSERT_THAT(write(picture_and_sound(), folder_ / "b.flv"), IsOk());
  EXPECT_EQ(content(folder_ / "a.flv"), content(folder_ / "b.flv"));
}

TEST_F(FlvFile, IsWholeWhenTheStreamEndsInTheMiddle) {
  Stream stream = picture_and_sound();
  stream.packets.resize(11);
  ASSERT_THAT(write(stream, folder_ / "out.flv"), IsOk());
  EXPECT_GT(tags_of(content(folder_ / "out.flv")).size(), 11u);
}

TEST_F(FlvFile, LeavesNoFileBehindAnEmptyStream) {
  Stream stream = picture_and_sound();
  stream.packets.clear();
  ASSERT_THAT(write(stream, folder_ / "out.flv"), IsOk());
  EXPECT_EQ(files(), 0u);
  EXPECT_THAT(log_.words, HasSubstr("no packet came"));
}

TEST_F(FlvFile, LeavesNothingBehindWhenTheDiskIsFull) {
  Stream stream = picture_and_sound();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{1000, limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto outcome = write(stream, folder_ / "out.flv");
  setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_THAT(outcome, FailsWith(Code::kIo, AllOf(HasSubstr("out.flv"), HasSubstr("large"))));
  EXPECT_EQ(files(), 0u);
}

TEST_F(FlvFile, KeepsTheOldFileWhenPushFails) {
  Stream stream = picture_and_sound();
  const std::string path = folder_ / "out.flv";
  std::ofstream(path) << "old";
  auto file = open(stream, path);
  ASSERT_THAT(file, IsOk());
  auto damaged = support::join_annex_b({{}, {{0x67, 1}}, {{0x68, 1}, {0x65, 1}}});
  for (auto& packet : stream.packets)
    if (packet.track() == 0 && packet.key()) {
      Packet bad = Packet::of(damaged);
      av_packet_copy_props(bad.raw(), packet.raw());
      bad.raw()->time_base = packet.base();
      packet = std::move(bad);
    }
  Result<Flow> flow = Flow::kMore;
  for (const auto& packet : stream.packets)
    if (flow) flow = (*file)->push(packet.share());
  EXPECT_THAT(flow, FailsWith(Code::kBadInput, _));
  EXPECT_THAT((*file)->finish(), IsOk());
  EXPECT_EQ(files(), 1u);
  EXPECT_EQ(content(path), (Bytes{'o', 'l', 'd'}));
}

TEST_F(FlvFile, NamesAFolderThatIsNotThere) {
  EXPECT_THAT(open(picture_and_sound(), folder_ / "no/out.flv"),
              FailsWith(Code::kIo, HasSubstr("no/out.flv")));
  EXPECT_THAT(open(picture_and_sound(), folder_.path().string()), FailsWith(Code::kIo, _));
}

TEST_F(FlvFile, GoesIntoAPipeWithoutDurationAndIndex) {
  const Stream stream = picture_and_sound();
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  Bytes bytes;
  std::thread reader([&] { bytes = content(path); });
  EXPECT_THAT(write(stream, path), IsOk());
  reader.join();
  const auto tags = tags_of(bytes);
  ASSERT_GT(tags.size(), 3u);
  const std::string metadata(tags[0].body.begin(), tags[0].body.end());
  EXPECT_THAT(metadata, AllOf(HasSubstr("onMetaData"), HasSubstr("weir test")));
  EXPECT_THAT(metadata, AllOf(Not(HasSubstr("duration")), Not(HasSubstr("keyframes"))));
  EXPECT_EQ(tags[1].type, flv::TagType::kAudio);
  EXPECT_EQ(tags[2].type, flv::TagType::kVideo);
  EXPECT_EQ(tags.size(), stream.packets.size() + 4);
}

TEST_F(FlvFile, IsDoneWhenTheReaderOfThePipeGoes) {
  const Stream stream = picture_and_sound();
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  auto file = open(stream, path);
  ASSERT_THAT(file, IsOk());
  ::close(reader);
  Result<Flow> flow = Flow::kMore;
  for (const auto& packet : stream.packets)
    if (flow && *flow == Flow::kMore) flow = (*file)->push(packet.share());
  ASSERT_THAT(flow, IsOk());
  EXPECT_EQ(*flow, Flow::kDone);
  EXPECT_THAT((*file)->finish(), IsOk());
}

TEST_F(FlvFile, SaysThatADeviceIsFull) {
  EXPECT_THAT(write(picture_and_sound(), "/dev/full"),
              FailsWith(Code::kIo, HasSubstr("no space left")));
}

TEST_F(FlvFile, RefusesATerminal) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) GTEST_SKIP() << "no pseudo terminal here";
  ASSERT_EQ(::unlockpt(terminal), 0);
  EXPECT_THAT(open(picture_and_sound(), ::ptsname(terminal)),
              FailsWith(Code::kUsage, HasSubstr("terminal")));
  ::close(terminal);
}

TEST_F(FlvFile, HoldsSoundOnly) {
  Stream stream;
  stream.add(support::encode_audio({}));
  ASSERT_THAT(write(stream, folder_ / "out.flv"), IsOk());
  const Bytes bytes = content(folder_ / "out.flv");
  EXPECT_EQ(bytes[4], 4);
  const auto input = open_with_libavformat(folder_ / "out.flv");
  ASSERT_GE(avformat_find_stream_info(input.get(), nullptr), 0);
  EXPECT_EQ(input->nb_streams, 1u);
}

TEST_F(FlvFile, HoldsPicturesOnly) {
  Stream stream;
  stream.add(pictures());
  ASSERT_THAT(write(stream, folder_ / "out.flv"), IsOk());
  EXPECT_EQ(content(folder_ / "out.flv")[4], 1);
}

TEST_F(FlvFile, DoesNotWaitForATrackThatNeverComes) {
  Stream stream;
  support::VideoSpec spec;
  spec.frames = 60;
  stream.add(support::encode_video(spec));
  stream.tracks.push_back(support::encode_audio({.frames = 1}).track);
  stream.tracks[1].index = 1;
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  auto file = open(stream, path);
  ASSERT_THAT(file, IsOk());
  for (int i = 0; i < 30; ++i) ASSERT_THAT((*file)->push(stream.packets[i].share()), IsOk());
  std::uint8_t start[3] = {};
  EXPECT_EQ(::read(reader, start, sizeof start), 3);
  ::close(reader);
  EXPECT_THAT((*file)->finish(), IsOk());
}

TEST_F(FlvFile, StartsAtTheEarliestStampEvenWhenItComesSecond) {
  Stream stream = picture_and_sound();
  const auto sound = std::find_if(stream.packets.begin(), stream.packets.end(),
                                  [](const Packet& packet) { return packet.track() == 1; });
  std::rotate(stream.packets.begin(), sound, sound + 1);
  ASSERT_THAT(write(stream, folder_ / "out.flv"), IsOk());
  const auto tags = tags_of(content(folder_ / "out.flv"));
  EXPECT_EQ(tags[3].type, flv::TagType::kVideo);
  EXPECT_EQ(tags[3].timestamp_ms, 0);
}

TEST_F(FlvFile, TakesTheNamedRendition) {
  Stream stream;
  stream.add(pictures(128, "720p"));
  stream.add(pictures(64, "360p"));
  ASSERT_THAT(write(stream, folder_ / "out.flv", "360p"), IsOk());
  const auto input = open_with_libavformat(folder_ / "out.flv");
  ASSERT_GE(avformat_find_stream_info(input.get(), nullptr), 0);
  EXPECT_EQ(input->streams[0]->codecpar->width, 64);
}

TEST_F(FlvFile, TakesTheLargestRenditionAndSaysSo) {
  Stream stream;
  stream.add(pictures(64, "360p"));
  stream.add(pictures(128, "720p"));
  const auto chosen = choose_flv_tracks(stream.tracks, "", log_);
  ASSERT_THAT(chosen, IsOk());
  EXPECT_EQ(chosen->video->rendition, "720p");
  EXPECT_THAT(log_.words, AllOf(HasSubstr("720p"), HasSubstr("128x48")));
}

TEST_F(FlvFile, ListsTheRenditionsThereAre) {
  Stream stream;
  stream.add(pictures(64, "360p"));
  stream.add(pictures(128, "720p"));
  EXPECT_THAT(open(stream, folder_ / "out.flv", "1080p"),
              FailsWith(Code::kUsage, HasSubstr("the input has 360p, 720p")));
  EXPECT_THAT(open(picture_and_sound(), folder_ / "out.flv", "1080p"),
              FailsWith(Code::kUsage, HasSubstr("names none")));
  EXPECT_EQ(files(), 0u);
}

TEST_F(FlvFile, RefusesAStreamWithNothingToWrite) {
  EXPECT_THAT(open(Stream(), folder_ / "out.flv"), FailsWith(Code::kBadInput, _));
}

TEST_F(FlvFile, PassesOverEvents) {
  const Stream stream = picture_and_sound();
  auto file = open(stream, folder_ / "out.flv");
  ASSERT_THAT(file, IsOk());
  const auto flow = (*file)->push(media::make_event(media::event::kEnd, {0, {1, 1000}}));
  ASSERT_THAT(flow, IsOk());
  EXPECT_EQ(*flow, Flow::kMore);
}

TEST_F(FlvFile, GoesOnWithTheSameClockWhenADroppedPictureIsBack) {
  Stream stream;
  stream.add(pictures(64, "720p"), 2);  // 25 pictures, a key frame every 6
  stream.add(support::encode_audio({.frames = 45}), 1024);
  const auto write_with = [&](const std::string& path, bool told) -> Result<void> {
    WEIR_TRY_ASSIGN(const auto file, open(stream, path));
    const media::Time from{8, {1, 25}}, to{20, {1, 25}};
    bool out = false;
    for (const auto& packet : stream.packets) {
      const bool now = told && packet.pts() >= from && packet.pts() < to;
      if (packet.track() == 0 && now != out) {
        out = now;
        for (int twice = 0; twice < 2; ++twice)
          WEIR_TRY(file->push(media::rendition_event(stream.tracks[0], now, now ? from : to)));
      }
      if (packet.track() != 0 || !now) WEIR_TRY(file->push(packet.share()));
    }
    return file->finish();
  };
  ASSERT_THAT(write_with(folder_.path() / "whole.flv", false), IsOk());
  EXPECT_EQ(log_.words, "");
  ASSERT_THAT(write_with(folder_.path() / "cut.flv", true), IsOk());
  EXPECT_EQ(log_.words,
            "rendition '720p' is dropped at 0.320 s: sound alone until it is back\n"
            "rendition '720p' is back at 0.800 s\n");
  const auto whole = tags_of(content(folder_.path() / "whole.flv"));
  auto cut = tags_of(content(folder_.path() / "cut.flv"));
  EXPECT_EQ(cut.size() + 12, whole.size());
  for (const auto& tag : std::span(cut).subspan(1))  // behind onMetaData
    EXPECT_TRUE(std::any_of(whole.begin(), whole.end(), [&](const flv::Tag& other) {
      return other.timestamp_ms == tag.timestamp_ms && other.body == tag.body;
    })) << tag.timestamp_ms;
}

}  // namespace
}  // namespace weir::publish
