#include "formats/flv_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "formats/foreign_input.h"
#include "support/matchers.h"
#include "support/media_files.h"
#include "support/temp_folder.h"

namespace weir::formats {
namespace {

using support::FailsWith;
using ::testing::HasSubstr;

std::string describe(const media::Item& item) {
  const auto* packet = std::get_if<media::Packet>(&item);
  if (packet == nullptr) return "event";
  std::size_t hash = 0;
  for (const auto byte : packet->bytes()) hash = hash * 31 + byte;
  return fmt::format("{} {}/{} {} {} {} {} {:x}", packet->track(), packet->base().num,
                     packet->base().den, packet->pts().ticks, packet->dts().ticks,
                     packet->duration().ticks, packet->key(), hash);
}

struct Read {
  std::vector<std::string> tracks;
  std::vector<std::string> packets;
  Result<void> end;
};

std::string describe(const media::Track& track) {
  const auto& par = *track.par;
  return fmt::format(
      "{} {} {}x{} delay {} {} Hz {} ch frame {} profile {} level {} rate {}/{} extra {}",
      track.index, track.codec_name(), par.width, par.height, par.video_delay, par.sample_rate,
      par.ch_layout.nb_channels, par.frame_size, par.profile, par.level, track.frame_rate.num,
      track.frame_rate.den, par.extradata_size);
}

Read read(Result<std::unique_ptr<Input>> input) {
  Read out;
  EXPECT_TRUE(input) << input.error().what;
  if (!input) return out;
  for (const auto& track : (*input)->tracks()) out.tracks.push_back(describe(track));
  while (true) {
    auto item = (*input)->next();
    if (!item) out.end = fail(item.error());
    if (!item || !*item) return out;
    out.packets.push_back(describe(**item));
  }
}

Read read_ours(const std::string& path, const InputOptions& options = {}) {
  return read(Input::open(path, options));
}

Read read_theirs(const std::string& path, const InputOptions& options = {}) {
  auto demuxer = Demuxer::open(path, nullptr);
  if (!demuxer) return read(fail(demuxer.error()));
  return read(ForeignInput::open(std::move(*demuxer), options));
}

bool enhanced(const std::string& path) {
  return path.find("enhanced") != std::string::npos;
}

std::vector<std::string> files() {
  return support::media_files("flv");
}

// Its stamps are rounded to 33 and 34 ms, from which libavformat guesses 60 pictures a second.
bool misread(const std::string& path) {
  return path.ends_with("/sample.flv");
}

TEST(FlvInput, GivesWhatLibavformatGivesOfClassicFiles) {
  if (files().empty()) GTEST_SKIP() << "no media";
  for (const auto& file : files()) {
    if (enhanced(file) || misread(file)) continue;
    const auto ours = read_ours(file);
    const auto theirs = read_theirs(file);
    EXPECT_EQ(ours.tracks, theirs.tracks) << file;
    EXPECT_EQ(ours.packets, theirs.packets) << file;
    EXPECT_THAT(ours.end, support::IsOk()) << file;
  }
}

TEST(FlvInput, StampsInMillisecondsMakeNoRateThatIsTooFine) {
  if (files().empty()) GTEST_SKIP() << "no media";
  const std::string file = support::media_folder() / "flv" / "sample.flv";
  const auto ours = read_ours(file);
  EXPECT_THAT(ours.tracks, testing::Contains(HasSubstr("rate 30/1")));
  EXPECT_EQ(ours.packets.size(), read_theirs(file).packets.size());
}

TEST(FlvInput, StartsWhereLibavformatStarts) {
  if (files().empty()) GTEST_SKIP() << "no media";
  InputOptions options;
  options.start = Micros(2'600'000);
  options.duration = Micros(1'000'000);
  for (const auto& file : files()) {
    if (file.find("avc_aac") == std::string::npos) continue;
    EXPECT_EQ(read_ours(file, options).packets, read_theirs(file, options).packets) << file;
  }
}

TEST(FlvInput, ReadsEnhancedFiles) {
  int count = 0;
  for (const auto& file : files()) {
    if (!enhanced(file)) continue;
    ++count;
    const auto ours = read_ours(file);
    ASSERT_EQ(ours.tracks.size(), 2u) << file;
    EXPECT_EQ(ours.packets.size(), 801u) << file;
    EXPECT_THAT(ours.end, support::IsOk()) << file;
    const std::string all = ours.tracks[0] + ours.tracks[1];
    EXPECT_THAT(all, HasSubstr("av1")) << file;
    EXPECT_THAT(all, HasSubstr("rate 30/1")) << file;
    EXPECT_THAT(all, HasSubstr("opus")) << file;
  }
  if (count == 0) GTEST_SKIP() << "no media";
}

TEST(FlvInput, GivesTheWholeTagsOfACutFileAndSaysSo) {
  if (files().empty()) GTEST_SKIP() << "no media";
  const support::TempFolder folder;
  const auto cut = folder.path() / "cut.flv";
  const std::string whole = support::media_folder() / "flv" / "avc_aac_bbb.flv";
  std::filesystem::copy_file(whole, cut);
  std::filesystem::resize_file(cut, 200'000);
  const auto all = read_ours(whole);
  const auto part = read_ours(cut.string());
  EXPECT_THAT(part.end, FailsWith(Code::kBadInput, HasSubstr("ends within a tag")));
  ASSERT_GT(part.packets.size(), 100u);
  ASSERT_LT(part.packets.size(), all.packets.size());
  EXPECT_TRUE(std::equal(part.packets.begin(), part.packets.end(), all.packets.begin()));
}

TEST(FlvInput, GoesOnBehindDamageInTheMiddleAndSaysSo) {
  if (files().empty()) GTEST_SKIP() << "no media";
  const support::TempFolder folder;
  const auto damaged = folder.path() / "damaged.flv";
  const std::string whole = support::media_folder() / "flv" / "avc_aac_bbb.flv";
  std::filesystem::copy_file(whole, damaged);
  std::filesystem::permissions(damaged, std::filesystem::perms::owner_all);
  {
    std::fstream file(damaged, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(200'000);
    file << std::string(5000, '\xff');
  }
  const auto all = read_ours(whole);
  const auto part = read_ours(damaged.string());
  EXPECT_THAT(part.end, FailsWith(Code::kBadInput, HasSubstr("bytes of it could not be read")));
  EXPECT_LT(part.packets.size(), all.packets.size());
  EXPECT_GT(part.packets.size(), all.packets.size() - 20);
  EXPECT_EQ(part.packets.back(), all.packets.back());
}

}  // namespace
}  // namespace weir::formats
