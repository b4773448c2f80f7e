// Files and the pipe streams made of them give the same packets.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/output.h"
#include "ingest/test_input.h"
#include "media/end_mark.h"
#include "media/h26x.h"
#include "support/matchers.h"
#include "support/media_files.h"
#include "support/read_all.h"
#include "support/temp_folder.h"

namespace weir::formats {
namespace {

using support::digest;
using support::FailsWith;
using support::IsOk;
using support::read_all;
using support::ReadAll;
using ::testing::HasSubstr;

constexpr std::chrono::seconds kShort{2};

Result<void> write(Output& output, const ReadAll& all) {
  for (const auto& item : all.items) {
    if (const auto* packet = std::get_if<media::Packet>(&item))
      WEIR_TRY(output.push(packet->share()));
    if (const auto* event = std::get_if<media::Event>(&item)) WEIR_TRY(output.push(*event));
  }
  return output.finish();
}

ReadAll test_source() {
  InputOptions options;
  options.duration = kShort;
  auto input = ingest::open_test_input("test:size=160x90,rate=25", options);
  return read_all(**input);
}

// Writes what was read as a pipe stream and reads it back.
ReadAll through_pipe(const ReadAll& all, const std::string& path) {
  auto output = open_pipe_output(path, all.tracks);
  EXPECT_THAT(output, IsOk());
  EXPECT_THAT(write(**output, all), IsOk());
  return read_all(path);
}

TEST(PipeStream, GivesBackPacketsTracksAndEvents) {
  const support::TempFolder folder;
  ReadAll source = test_source();
  source.items.insert(source.items.begin(), media::segment_event(0, {0, {1, 25}}, {2, {1, 1}}));
  source.items.push_back(media::make_event(media::event::kEnd, {2, {1, 1}}));
  const ReadAll back = through_pipe(source, folder / "a.nut");
  EXPECT_THAT(back.outcome, IsOk());
  EXPECT_EQ(digest(back), digest(source));
  EXPECT_EQ(back.tracks[0].frame_rate.num, 25);
  EXPECT_EQ(back.tracks[0].par->color_trc, AVCOL_TRC_BT709);
  EXPECT_EQ(back.events(media::event::kSegment).size(), 1U);
  EXPECT_EQ(back.events(media::event::kEnd).size(), 1U);
}

TEST(PipeStream, TellsCodecsApartThatShareATag) {
  const support::TempFolder folder;
  for (const auto codec : {AV_CODEC_ID_AC3, AV_CODEC_ID_EAC3}) {
    ReadAll source = test_source();
    auto par = media::copy_parameters(*source.tracks[1].par);
    const_cast<AVCodecParameters&>(*par).codec_id = codec;
    source.tracks[1].par = par;
    EXPECT_EQ(through_pipe(source, folder / "a.nut").tracks[1].codec(), codec);
  }
}

TEST(PipeStream, CutOffAnywhereIsAnEndOrDamageButNeverACrash) {
  const support::TempFolder folder;
  through_pipe(test_source(), folder / "a.nut");
  std::ifstream file(folder / "a.nut", std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  for (std::size_t size = 1; size < whole.size(); size += size < 2000 ? 97 : whole.size() / 40) {
    std::ofstream(folder / "cut.nut", std::ios::binary) << whole.substr(0, size);
    const ReadAll back = read_all(folder / "cut.nut");
    EXPECT_TRUE(back.events(media::event::kEnd).empty());
  }
}

TEST(PipeStream, MutatedBytesNeverCrash) {
  const support::TempFolder folder;
  through_pipe(test_source(), folder / "a.nut");
  std::ifstream file(folder / "a.nut", std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  std::uint32_t random = 1;
  for (int round = 0; round < 60; ++round) {
    std::string bytes = whole.substr(0, 60'000);
    for (int i = 0; i < 8; ++i) {
      random = random * 1664525 + 1013904223;
      bytes[random % (i < 4 ? 3000 : bytes.size())] = static_cast<char>(random >> 24);
    }
    std::ofstream(folder / "bad.nut", std::ios::binary) << bytes;
    read_all(folder / "bad.nut");
  }
}

TEST(PipeOutput, LeavesNoFileWhenItFails) {
  const support::TempFolder folder;
  EXPECT_THAT(open_pipe_output(folder / "no/such/a.nut", test_source().tracks),
              FailsWith(Code::kIo, HasSubstr("no such file")));
  { auto abandoned = open_pipe_output(folder / "b.nut", test_source().tracks); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(PipeOutput, SaysThatTheDiskIsFull) {
  const ReadAll source = test_source();
  auto output = open_pipe_output("/dev/full", source.tracks);
  auto outcome = output ? write(**output, source) : Result<void>(fail(std::move(output).error()));
  EXPECT_THAT(outcome, FailsWith(Code::kIo, HasSubstr("no space left")));
}

TEST(Mp4Output, BeginsAtZeroWithTheIndexInFront) {
  const support::TempFolder folder;
  ReadAll source = test_source();
  source.tracks.pop_back();  // PCM does not go into MP4
  for (auto& item : source.items)
    if (auto* packet = std::get_if<media::Packet>(&item))
      packet->raw()->pts += 5, packet->raw()->dts += 5;
  auto output = open_mp4_output(folder / "a.mp4", source.tracks);
  ASSERT_THAT(output, IsOk());
  ASSERT_THAT(write(**output, source), IsOk());
  std::ifstream file(folder / "a.mp4", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  EXPECT_LT(bytes.find("moov"), bytes.find("mdat"));
  const ReadAll back = read_all(folder / "a.mp4");
  EXPECT_EQ(back.packets(0).front()->pts().ticks, 0);
  EXPECT_EQ(back.packets(0).size(), source.packets(0).size());
}

TEST(Recording, IsReadableBeforeItIsFinished) {
  const support::TempFolder folder;
  ReadAll source = test_source();
  source.tracks.pop_back();
  auto output = open_recording(folder / "a.mp4", source.tracks);
  ASSERT_THAT(output, IsOk());
  for (const auto& item : source.items)
    if (const auto* packet = std::get_if<media::Packet>(&item)) {
      ASSERT_THAT((*output)->push(packet->share()), IsOk());
    }
  std::filesystem::copy_file(folder / "a.mp4", folder / "killed.mp4");  // as kill -9 leaves it
  const ReadAll back = read_all(folder / "killed.mp4");
  EXPECT_GE(back.packets(0).size(), 25U);
}

TEST(Recording, RefusesWhatItsContainerCannotCarry) {
  const support::TempFolder folder;
  const ReadAll source = test_source();  // with PCM
  for (const auto* name : {"a.mp4", "a.ts"}) {
    EXPECT_THAT(open_recording(folder / name, source.tracks),
                FailsWith(Code::kUnsupported, HasSubstr("cannot carry pcm_s16le")));
    EXPECT_FALSE(std::filesystem::exists(folder / name));
  }
  auto output = open_recording(folder / "a.mkv", source.tracks);
  ASSERT_THAT(output, IsOk());
  ASSERT_THAT(write(**output, source), IsOk());
  EXPECT_EQ(read_all(folder / "a.mkv").packets(0).size(), 50U);
}

TEST(Input, NamesWhatIsWrongWithAPath) {
  const support::TempFolder folder;
  std::ofstream(folder / "empty.mp4");
  std::ofstream(folder / "text.mp4") << "hello, this is no media file at all\n";
  EXPECT_THAT(read_all(folder / "none.mp4").outcome,
              FailsWith(Code::kIo, HasSubstr("no such file")));
  EXPECT_THAT(read_all(folder.path().string()).outcome, FailsWith(Code::kIo, HasSubstr("folder")));
  EXPECT_THAT(read_all(folder / "empty.mp4").outcome,
              FailsWith(Code::kBadInput, HasSubstr("empty")));
  EXPECT_THAT(read_all(folder / "text.mp4").outcome,
              FailsWith(Code::kBadInput, HasSubstr("not a media")));
}

class RealMedia : public ::testing::TestWithParam<const char*> {};

TEST_P(RealMedia, FileAndPipeGiveTheSamePackets) {
  const auto files = support::media_files(GetParam());
  if (files.empty()) GTEST_SKIP() << "no media in " << support::media_folder();
  const support::TempFolder folder;
  for (const auto& file : files) {
    SCOPED_TRACE(file);
    const ReadAll source = read_all(file);
    if (!source.outcome) continue;  // refused with a reason; the command tests look at it
    const ReadAll back = through_pipe(source, folder / "a.nut");
    EXPECT_EQ(digest(back), digest(source));
    for (const auto& item : source.items) {
      EXPECT_GE(media::position(item).ticks, 0);
      const auto* packet = std::get_if<media::Packet>(&item);
      EXPECT_TRUE(packet == nullptr || packet->raw()->pts >= packet->raw()->dts);
    }
  }
}

TEST_P(RealMedia, EveryIdrCarriesItsParameterSets) {
  const auto files = support::media_files(GetParam());
  if (files.empty()) GTEST_SKIP() << "no media in " << support::media_folder();
  for (const auto& file : files) {
    SCOPED_TRACE(file);
    const ReadAll source = read_all(file);
    for (const auto& track : source.tracks) {
      if (track.codec() != AV_CODEC_ID_H264 && track.codec() != AV_CODEC_ID_HEVC) continue;
      for (const auto* packet : source.packets(track.index)) {
        if (!media::has_idr(track.codec(), packet->bytes())) continue;
        const auto sets = media::find_parameter_sets(track.codec(), packet->bytes());
        EXPECT_FALSE(sets.sps.empty());
        EXPECT_FALSE(sets.pps.empty());
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, RealMedia, ::testing::Values("odd", "clips", "flv"));

TEST(BrokenMedia, IsRefusedWithAReason) {
  const auto files = support::media_files("broken");
  if (files.empty()) GTEST_SKIP() << "no media in " << support::media_folder();
  for (const auto& file : files)
    EXPECT_THAT(read_all(file).outcome, FailsWith(Code::kBadInput, HasSubstr(file)));
}

}  // namespace
}  // namespace weir::formats
