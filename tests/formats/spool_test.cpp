// An input that was spooled is as good as the input itself.
#include "formats/spool.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/output.h"
#include "ingest/test_input.h"
#include "media/end_mark.h"
#include "support/matchers.h"
#include "support/media_files.h"
#include "support/read_all.h"
#include "support/temp_folder.h"

namespace weir::formats {
namespace {

namespace fs = std::filesystem;
using support::digest;
using support::FailsWith;
using support::IsOk;
using support::read_all;
using support::ReadAll;
using ::testing::HasSubstr;

// Gives what it is told to, then an end or a failure.
class Script : public Input {
 public:
  explicit Script(const ReadAll& all, bool events = true) : tracks_(all.tracks), events_(events) {
    for (const auto& item : all.items) {
      const auto* packet = std::get_if<media::Packet>(&item);
      items.push_back(packet ? media::Item(packet->share()) : std::get<media::Event>(item));
    }
  }
  std::deque<media::Item> items;
  Result<void> end;

  Result<std::optional<media::Item>> next() override {
    if (items.empty() && !end) return fail(end.error());
    if (items.empty()) return std::optional<media::Item>();
    auto item = std::move(items.front());
    items.pop_front();
    return std::optional(std::move(item));
  }
  const media::Tracks& tracks() const override { return tracks_; }
  const std::string& name() const override { return name_; }
  bool seekable() const override { return false; }
  std::optional<Micros> duration() const override { return {}; }
  std::string container() const override { return "script"; }
  bool has_events() const override { return events_; }

 private:
  media::Tracks tracks_;
  bool events_;
  std::string name_ = "standard input";
};

ReadAll test_source() {
  InputOptions options;
  options.duration = std::chrono::seconds(2);
  auto input = ingest::open_test_input("test:size=160x90,rate=25", options);
  return read_all(**input);
}

ReadAll with_events() {
  ReadAll all = test_source();
  const auto add = [&](std::size_t at, media::Event event) {
    all.items.insert(all.items.begin() + static_cast<std::ptrdiff_t>(at), std::move(event));
  };
  add(0, media::segment_event(0, {0, {1, 25}}, {2, {1, 1}}));
  add(1, media::anchor_event({0, {1, 25}}, 1'700'000'000'000'000));
  media::Event cue = media::make_event(media::event::kCue, {1, {1, 3}});
  cue.body["scte35"] = "/DA=";
  add(20, cue);
  all.items.push_back(media::make_event(media::event::kEnd, {2, {1, 1}}));
  return all;
}

std::string end_of(const ReadAll& all) {
  media::Time last{0, {1, 1}};
  for (const auto& item : all.items) last = std::max(last, media::position(item));
  return media::to_json(media::make_event(media::event::kEnd, last));
}

enum class End { kAsItIs, kAdded };

// Packets and events in their order, and what is known of the tracks.
std::vector<std::string> everything(const ReadAll& all, End end = End::kAsItIs) {
  std::vector<std::string> lines;
  const auto packets = digest(all);
  auto packet = packets.begin();
  for (const auto& item : all.items) {
    const auto* event = std::get_if<media::Event>(&item);
    lines.push_back(event ? media::to_json(*event) : *packet++);
  }
  if (end == End::kAdded) lines.push_back(end_of(all));
  for (const auto& track : all.tracks) {
    const auto& par = *track.par;
    lines.push_back(media::to_json(media::track_event(track, {0, {1, 1}})));
    lines.push_back(
        fmt::format("{} {}x{} {} Hz {}", track.codec_name(), par.width, par.height, par.sample_rate,
                    std::string_view(reinterpret_cast<const char*>(par.extradata),
                                     static_cast<std::size_t>(std::max(par.extradata_size, 0)))));
  }
  return lines;
}

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Spool, AStreamWithEventsComesBackAsItWas) {
  const support::TempFolder folder;
  Script input(with_events());
  const auto spooled = spool(input, folder / "spool.nut");
  ASSERT_THAT(spooled, IsOk());
  EXPECT_THAT(spooled->input, IsOk());
  EXPECT_EQ(static_cast<std::uintmax_t>(spooled->bytes), fs::file_size(folder / "spool.nut"));
  const ReadAll back = read_all(folder / "spool.nut");
  EXPECT_THAT(back.outcome, IsOk());
  EXPECT_EQ(everything(back), everything(with_events()));
}

TEST(Spool, ASpoolCanBeSpooledAgain) {
  const support::TempFolder folder;
  Script input(with_events());
  ASSERT_THAT(spool(input, folder / "a.nut"), IsOk());
  auto again = Input::open(folder / "a.nut", {});
  ASSERT_THAT(again, IsOk());
  ASSERT_THAT(spool(**again, folder / "b.nut"), IsOk());
  EXPECT_EQ(everything(read_all(folder / "b.nut")), everything(with_events()));
}

TEST(Spool, AForeignInputGetsTheEndItCameTo) {
  const support::TempFolder folder;
  Script input(test_source(), false);
  ASSERT_THAT(spool(input, folder / "spool.nut"), IsOk());
  const ReadAll back = read_all(folder / "spool.nut");
  EXPECT_EQ(everything(back), everything(test_source(), End::kAdded));
}

TEST(Spool, AnInputWithoutAnItemIsWholeAndEmpty) {
  const support::TempFolder folder;
  ReadAll nothing = test_source();
  nothing.items.clear();
  Script input(nothing, false);
  ASSERT_THAT(spool(input, folder / "spool.nut"), IsOk());
  const ReadAll back = read_all(folder / "spool.nut");
  EXPECT_THAT(back.outcome, IsOk());
  ASSERT_EQ(back.items.size(), 1U);
  EXPECT_TRUE(media::is_end_mark(back.items[0]));
}

TEST(Spool, AStreamThatWasCutOffStaysWithoutEnd) {
  const support::TempFolder folder;
  Script input(with_events());
  ASSERT_THAT(spool(input, folder / "whole.nut"), IsOk());
  const std::string whole = content(folder / "whole.nut");
  for (const std::size_t size : {whole.size() - 100, whole.size() * 2 / 3, whole.size() / 2}) {
    std::ofstream(folder / "cut.nut", std::ios::binary) << whole.substr(0, size);
    auto cut = Input::open(folder / "cut.nut", {});
    ASSERT_THAT(cut, IsOk());
    ASSERT_THAT(spool(**cut, folder / "spool.nut"), IsOk());
    const ReadAll back = read_all(folder / "spool.nut");
    EXPECT_TRUE(back.events(media::event::kEnd).empty());
    EXPECT_EQ(everything(back), everything(read_all(folder / "cut.nut")));
  }
}

TEST(Spool, DamageIsToldAndWhatWasGoodIsKept) {
  const support::TempFolder folder;
  Script input(test_source(), false);
  input.end = fail(Code::kBadInput, "it breaks off");
  const auto spooled = spool(input, folder / "spool.nut");
  ASSERT_THAT(spooled, IsOk());
  EXPECT_THAT(spooled->input, FailsWith(Code::kBadInput, HasSubstr("breaks off")));
  EXPECT_EQ(everything(read_all(folder / "spool.nut")), everything(test_source()));
}

TEST(Spool, AStopLeavesNoFile) {
  const support::TempFolder folder;
  Script input(test_source(), false);
  input.end = fail(Code::kStopped, "stopped");
  EXPECT_THAT(spool(input, folder / "spool.nut"), FailsWith(Code::kStopped, HasSubstr("stopped")));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Spool, ADiskThatFillsUpIsNamedAndLeavesNoFile) {
  const support::TempFolder folder;
  fs::create_symlink("/dev/full", folder / ".spool.nut.tmp");  // the name it is written under
  Script input(test_source(), false);
  EXPECT_THAT(spool(input, folder / "spool.nut"),
              FailsWith(Code::kIo, ::testing::AllOf(HasSubstr("keeping standard input"),
                                                    HasSubstr(folder / "spool.nut"),
                                                    HasSubstr("no space left on device"))));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Spool, AFolderThatIsNotThereIsNamed) {
  const support::TempFolder folder;
  Script input(test_source(), false);
  EXPECT_THAT(spool(input, folder / "no/spool.nut"), FailsWith(Code::kIo, HasSubstr("no such")));
}

class SpooledMedia : public ::testing::TestWithParam<const char*> {};

TEST_P(SpooledMedia, GivesWhatTheFileGives) {
  const auto files = support::media_files(GetParam());
  if (files.empty()) GTEST_SKIP() << "no media in " << support::media_folder();
  const support::TempFolder folder;
  for (const auto& file : files) {
    SCOPED_TRACE(file);
    const ReadAll source = read_all(file);
    auto input = Input::open(file, {});
    if (!input) continue;
    const auto spooled = spool(**input, folder / "spool.nut");
    ASSERT_THAT(spooled, IsOk());
    EXPECT_EQ(spooled->input.has_value(), source.outcome.has_value());
    const ReadAll back = read_all(folder / "spool.nut");
    const auto expected = everything(source, source.outcome ? End::kAdded : End::kAsItIs);
    const auto found = everything(back);
    const auto differ = std::ranges::mismatch(found, expected);
    if (differ.in1 != found.end() && differ.in2 != expected.end()) {
      EXPECT_EQ(*differ.in1, *differ.in2);
    }
    EXPECT_EQ(found.size(), expected.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, SpooledMedia, ::testing::Values("odd", "broken"));

}  // namespace
}  // namespace weir::formats
