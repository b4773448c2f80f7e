// Runs that are killed, and the runs after them in the same place, as players see them.
#include <algorithm>

#include <gmock/gmock.h>

#include "hls/playlist_text.h"
#include "publish/hls_source.h"
#include "support/golden.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// Looks at every playlist the moment it is put, as a player that asks all the time would, and
/// remembers what it has seen.
class Observer : public WatchedStore {
 public:
  Result<void> put_listing(std::string_view name, Listing listing) override {
    WEIR_TRY(WatchedStore::put_listing(name, std::move(listing)));
    if (name.ends_with("/index.m3u8")) look(std::string(name));
    if (name.ends_with("/iframes.m3u8")) look_at_iframes(std::string(name));
    return {};
  }
  /// No kill, no restart may make a player forget these.
  void forget() { seen_.clear(); }

 private:
  struct Seen {
    hls::MediaPlaylistText last;
    std::map<std::string, Bytes> files;
  };
  void look(const std::string& name) {
    const auto read = hls::read_playlist(text(name));
    ASSERT_THAT(read, IsOk());
    ASSERT_THAT(read->problems, IsEmpty()) << text(name);
    const auto& now = std::get<hls::MediaPlaylistText>(read->content);
    auto [found, is_new] = seen_.try_emplace(name, Seen{now, {}});
    const auto& before = found->second.last;
    EXPECT_GE(now.media_sequence, before.media_sequence) << name;
    EXPECT_EQ(now.target_duration, before.target_duration) << name;
    EXPECT_EQ(now.type, before.type) << name;
    compare(name, before, now);
    const auto all = files();
    const std::string folder = name.substr(0, name.find('/') + 1);
    for (const auto& segment : now.segments) {
      if (segment.gap) continue;
      const auto file = all.find(folder + segment.uri);
      ASSERT_NE(file, all.end()) << folder + segment.uri;
      const auto [held, first] = found->second.files.try_emplace(segment.uri, file->second);
      EXPECT_EQ(held->second, file->second) << "other bytes under the name " << segment.uri;
      if (segment.map < 0) continue;
      EXPECT_TRUE(all.contains(folder + now.maps[static_cast<std::size_t>(segment.map)].uri));
    }
    found->second.last = now;
  }
  // Key pictures are stretches of segments that are there, and every number stays with its picture.
  void look_at_iframes(const std::string& name) {
    const auto read = hls::read_playlist(text(name));
    ASSERT_THAT(read, IsOk());
    ASSERT_THAT(read->problems, IsEmpty()) << text(name);
    const auto& now = std::get<hls::MediaPlaylistText>(read->content);
    auto [found, is_new] = seen_.try_emplace(name, Seen{now, {}});
    EXPECT_GE(now.media_sequence, found->second.last.media_sequence) << name;
    compare(name, found->second.last, now);
    const auto all = files();
    for (const auto& picture : now.segments) {
      if (picture.gap) continue;
      const auto file = all.find(name.substr(0, name.find('/') + 1) + picture.uri);
      ASSERT_NE(file, all.end()) << picture.uri;
      ASSERT_TRUE(picture.range);
      EXPECT_LE(picture.range->offset + picture.range->length, std::ssize(file->second));
    }
    found->second.last = now;
  }
  // What stays listed stays as it is, and what is gone is counted.
  static void compare(const std::string& name, const hls::MediaPlaylistText& before,
                      const hls::MediaPlaylistText& now) {
    std::int64_t gone = 0, marked = 0;
    for (std::size_t i = 0; i < before.segments.size(); ++i) {
      const auto number = before.media_sequence + static_cast<std::int64_t>(i);
      const auto& was = before.segments[i];
      if (number < now.media_sequence) {
        ++gone;
        marked += was.discontinuity ? 1 : 0;
        continue;
      }
      const auto at = static_cast<std::size_t>(number - now.media_sequence);
      ASSERT_LT(at, now.segments.size()) << name << " forgot segment " << number;
      const auto& is = now.segments[at];
      EXPECT_EQ(is.uri, was.uri) << name;
      EXPECT_EQ(is.duration_us, was.duration_us) << name;
      EXPECT_EQ(is.discontinuity, was.discontinuity) << name;
      EXPECT_EQ(is.program_date_time, was.program_date_time) << name;
      EXPECT_EQ(is.gap, was.gap) << name;
    }
    if (now.media_sequence - before.media_sequence == gone)
      EXPECT_EQ(now.discontinuity_sequence, before.discontinuity_sequence + marked) << name;
    else
      EXPECT_GE(now.discontinuity_sequence, before.discontinuity_sequence + marked) << name;
  }
  std::map<std::string, Seen> seen_;
};

class HlsRestart : public Publisher {
 protected:
  HlsRestart() {
    options.type = Type::kLive;
    options.window = 12s;
    options.iframes = true;
  }
  HlsServices watched() { return {seen, clock, words, progress, &stop, 0, random}; }
  Result<void> start(const media::Tracks& tracks) {
    source = Source();
    WEIR_TRY_ASSIGN(publisher, HlsPublisher::open(tracks, options, watched()));
    return {};
  }
  Result<void> start() { return start(Source().tracks()); }
  /// Nothing more is done, whatever was being done.
  void kill() { publisher.reset(); }
  /// A run of `seconds` of stream that is killed then.
  void run_and_kill(std::int64_t seconds) {
    ASSERT_THAT(start(), IsOk());
    ASSERT_THAT(push(0, seconds), IsOk());
    kill();
  }
  hls::MediaPlaylistText playlist(const std::string& rendition) const {
    const auto read = hls::read_playlist(seen.text(rendition + "/index.m3u8"));
    EXPECT_THAT(read, IsOk());
    return std::get<hls::MediaPlaylistText>(read->content);
  }
  static std::string shape(const hls::MediaPlaylistText& text) {
    std::string out;
    for (const auto& segment : text.segments) {
      if (segment.discontinuity) out += '|';
      out += segment.gap ? 'G' : '.';
    }
    return out;
  }
  static std::string since_break(const hls::MediaPlaylistText& text) {
    const std::string all = shape(text);
    return all.substr(all.find_last_of('|') + 1);
  }
  static std::int64_t break_number(const hls::MediaPlaylistText& text) {
    std::size_t at = text.segments.size();
    while (at > 0 && !text.segments[at - 1].discontinuity) --at;
    return text.media_sequence + static_cast<std::int64_t>(at) - 1;
  }
  /// At each of the files it puts; the next run goes on, whatever there was. How often.
  std::size_t kill_everywhere() {
    std::size_t killed = 0;
    for (std::size_t at = 1;; ++at, ++killed) {
      seen.puts.clear();
      seen.fail_at = at;
      EXPECT_THAT(start(), IsOk());
      const bool cut = !push(0, 9);
      kill();
      clock.advance(5s);
      seen.fail_at = 0;
      EXPECT_THAT(start(), IsOk());
      EXPECT_THAT(push(0, 7), IsOk()) << at;
      const auto a = playlist("720p"), b = playlist("360p"), c = playlist("audio");
      for (const auto& other : {b, c}) EXPECT_EQ(break_number(other), break_number(a)) << at;
      for (const auto& each : {a, b, c}) EXPECT_EQ(since_break(each), "...") << at;
      kill();
      clock.advance(5s);
      if (!cut) break;
    }
    return killed;
  }
  std::vector<std::string> all_names() const {
    std::vector<std::string> out;
    for (const auto& [name, bytes] : seen.files()) out.push_back(name);
    return out;
  }

  Observer seen;
};

TEST_F(HlsRestart, GoesOnWithNumbersAndMarksTheBreak) {
  run_and_kill(9);
  clock.advance(30s);
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  support::expect_golden("hls/publisher_restarted.m3u8", seen.text("720p/index.m3u8"));
  EXPECT_EQ(shape(playlist("audio")), "....|..");
  EXPECT_EQ(playlist("audio").media_sequence, playlist("720p").media_sequence);
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(seen.text("720p/index.m3u8"), HasSubstr("#EXT-X-ENDLIST"));
  EXPECT_THAT(words.infos, Contains(HasSubstr("going on from an earlier run with segment 4")));
}

TEST_F(HlsRestart, WhereverItIsKilledPlayersSeeOneStream) {
  EXPECT_GT(kill_everywhere(), 20u);
}

TEST_F(HlsRestart, WhereverItIsKilledKeysChangeInOneStream) {
  options.encryption.method = HlsEncryption::Method::kAes128;
  options.encryption.rotation.segments = 2;
  EXPECT_GT(kill_everywhere(), 20u);
}

TEST_F(HlsRestart, WhatOneRenditionHadNotListedIsAGapThere) {
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 4), IsOk());
  seen.puts.clear();
  // Segments 2 of the pictures are put and listed; the sound's playlist does not make it.
  const auto listed = [this] {
    return !seen.puts.empty() && seen.puts.back() == "360p/iframes.m3u8";
  };
  for (std::int64_t n = 4; n < 8 && !listed(); ++n)
    for (auto& item : source.second(n, 2))
      if (!listed()) (void)publisher->push(std::move(item));
  const auto ahead = playlist("360p"), behind = playlist("audio");
  ASSERT_GT(ahead.segments.size(), behind.segments.size());
  kill();
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  EXPECT_EQ(playlist("audio").segments.size(), playlist("360p").segments.size());
  EXPECT_THAT(shape(playlist("audio")), HasSubstr("G|."));
  EXPECT_THAT(shape(playlist("360p")), Not(HasSubstr("G")));
}

TEST_F(HlsRestart, KeyPicturesAreGoneOnWithInStep) {
  run_and_kill(9);
  run_and_kill(5);
  const std::string text = seen.text("720p/iframes.m3u8");
  EXPECT_THAT(text, AllOf(HasSubstr("#EXT-X-BYTERANGE"), HasSubstr("seg-00003.m4s"),
                          HasSubstr("#EXT-X-DISCONTINUITY\n"), HasSubstr("seg-00005.m4s")));
  EXPECT_EQ(text.find("#EXT-X-DISCONTINUITY\n"), text.rfind("#EXT-X-DISCONTINUITY\n"));
  options.iframes = false;
  run_and_kill(5);
  EXPECT_THAT(all_names(), Not(Contains("720p/iframes.m3u8")));
}

TEST_F(HlsRestart, TheSameInitializationSectionIsUsedAgain) {
  run_and_kill(5);
  run_and_kill(5);
  EXPECT_THAT(all_names(), AllOf(Contains("720p/init.mp4"), Not(Contains("720p/init-1.mp4"))));
  const std::string text = seen.text("720p/index.m3u8");
  EXPECT_EQ(text.find("EXT-X-MAP"), text.rfind("EXT-X-MAP"));
}

TEST_F(HlsRestart, AnotherInitializationSectionGetsAnotherName) {
  run_and_kill(5);
  const Bytes first = seen.files()["720p/init.mp4"];
  ASSERT_THAT(seen.put("720p/init.mp4", as_bytes("that of another encoder")), IsOk());
  run_and_kill(5);
  EXPECT_EQ(seen.files()["720p/init-1.mp4"], first);
  EXPECT_THAT(seen.text("720p/index.m3u8"),
              HasSubstr("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init-1.mp4\"\n"));
}

TEST_F(HlsRestart, TheDateIsAnchoredAnewAndNeverGoesBack) {
  options.program_date_time_us = *parse_utc("2026-03-04T05:06:07Z");
  run_and_kill(5);
  clock.advance(100s);
  run_and_kill(3);
  EXPECT_THAT(seen.text("720p/index.m3u8"),
              HasSubstr("DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:2026-03-04T05:06:11.0"));
  EXPECT_THAT(words.warnings, Contains(HasSubstr("before the end of what is listed")));
}

TEST_F(HlsRestart, FilesOfTheKilledRunAreRemovedWhenTheirTimeHasCome) {
  run_and_kill(31);
  const auto first = playlist("720p").media_sequence;
  ASSERT_GT(first, 0);
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 60), IsOk());
  for (const auto* folder : {"720p/", "360p/", "audio/"})
    for (std::int64_t n = 0; n < 16; ++n)
      EXPECT_THAT(all_names(), Not(Contains(folder + fmt::format("seg-{:05}.m4s", n)))) << n;
}

TEST_F(HlsRestart, WhatWasNeverListedIsRemoved) {
  run_and_kill(9);
  ASSERT_THAT(seen.put("720p/seg-00004.m4s", as_bytes("half of it")), IsOk());
  options.container = HlsOptions::Container::kTs;  // so that nothing replaces it
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 3), IsOk());
  EXPECT_THAT(all_names(), Not(Contains("720p/seg-00004.m4s")));
}

TEST_F(HlsRestart, OtherRenditionsBeginAnewBehindTheOldNumbers) {
  run_and_kill(9);
  auto tracks = Source().tracks();
  tracks[1].rendition = "180p";
  seen.forget();
  ASSERT_THAT(start(tracks), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  EXPECT_THAT(words.warnings, Contains(AllOf(HasSubstr("other renditions (360p, 720p, audio, now "
                                                       "180p, 720p, audio)"),
                                             HasSubstr("with segment 4"))));
  EXPECT_EQ(playlist("180p").media_sequence, 4);
  EXPECT_EQ(playlist("720p").media_sequence, 4);
  EXPECT_THAT(all_names(), Not(Contains(StartsWith("360p/"))));
  EXPECT_THAT(all_names(), Contains("720p/seg-00000.m4s"));
  ASSERT_THAT(push(5, 40), IsOk());
  EXPECT_THAT(all_names(), Not(Contains("720p/seg-00000.m4s")));
}

TEST_F(HlsRestart, AStreamThatEndedIsFollowedByANewOne) {
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 7), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  seen.forget();
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  EXPECT_EQ(playlist("720p").media_sequence, 4);
  EXPECT_EQ(shape(playlist("720p")), "|..");
  EXPECT_THAT(seen.text("720p/index.m3u8"), Not(HasSubstr("ENDLIST")));
  EXPECT_THAT(words.warnings, Contains(HasSubstr("it had ended")));
}

TEST_F(HlsRestart, ALongerTargetDurationNeedsANewPresentation) {
  run_and_kill(9);
  options.segment = 4s;
  seen.forget();
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 9), IsOk());
  EXPECT_THAT(words.warnings, Contains(HasSubstr("do not fit into its target duration of 2 s")));
  EXPECT_EQ(playlist("720p").target_duration, 4);
}

TEST_F(HlsRestart, AnEventGoesOnFromItsBegin) {
  options.type = Type::kEvent;
  run_and_kill(9);
  run_and_kill(5);
  EXPECT_EQ(playlist("720p").media_sequence, 0);
  EXPECT_EQ(shape(playlist("720p")), "....|..");
}

TEST_F(HlsRestart, ARunMayBeStartedAnew) {
  run_and_kill(9);
  options.start_anew = true;
  seen.forget();
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 3), IsOk());
  EXPECT_THAT(all_names(), Not(Contains("720p/seg-00003.m4s")));
  EXPECT_EQ(playlist("720p").media_sequence, 0);
  EXPECT_EQ(shape(playlist("720p")), ".");
}

TEST_F(HlsRestart, AVodTakesNoNoticeAndLeavesNoState) {
  run_and_kill(9);
  options.type = Type::kVod;
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  seen.forget();
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_EQ(playlist("720p").segments.size(), 3u);
  EXPECT_THAT(all_names(), Not(Contains(".hls-segment.json")));
}

TEST_F(HlsRestart, PlaylistsWithoutAStateAreNotGoneOnFrom) {
  run_and_kill(9);
  ASSERT_THAT(seen.remove(".hls-segment.json"), IsOk());
  seen.forget();
  run_and_kill(5);
  EXPECT_EQ(shape(playlist("720p")), "..");
}

TEST_F(HlsRestart, KeysOfTheKilledRunStayAsLongAsTheirSegments) {
  options.encryption.method = HlsEncryption::Method::kAes128;
  options.encryption.rotation.segments = 2;
  run_and_kill(9);
  ASSERT_THAT(all_names(), AllOf(Contains("key-00000.key"), Contains("key-00002.key")));
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  EXPECT_THAT(all_names(), AllOf(Contains("key-00000.key"), Contains("key-00004.key")));
  EXPECT_THAT(seen.text("720p/index.m3u8"),
              AllOf(HasSubstr("#EXT-X-KEY:METHOD=AES-128,URI=\"../key-00002.key\""),
                    HasSubstr("#EXT-X-KEY:METHOD=AES-128,URI=\"../key-00004.key\"")));
  ASSERT_THAT(push(5, 50), IsOk());
  EXPECT_THAT(all_names(), AllOf(Not(Contains("key-00000.key")), Not(Contains("key-00002.key"))));
}

TEST_F(HlsRestart, PartsPlayersHaveSeenBecomeAGapOfTheirLength) {
  options.part = 500ms;
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 8), IsOk());
  ASSERT_THAT(seen.text("720p/index.m3u8"), HasSubstr("URI=\"seg-00003.1.m4s\""));
  kill();
  ASSERT_THAT(start(), IsOk());
  ASSERT_THAT(push(0, 5), IsOk());
  EXPECT_EQ(shape(playlist("720p")), "...G|..");
  EXPECT_THAT(seen.text("720p/index.m3u8"), Not(HasSubstr("seg-00003.0")));
  EXPECT_THAT(all_names(), Contains("720p/seg-00003.0.m4s"));
  ASSERT_THAT(push(5, 30), IsOk());
  EXPECT_THAT(all_names(), Not(Contains("720p/seg-00003.0.m4s")));
  EXPECT_THAT(all_names(), Not(Contains("720p/seg-00002.3.m4s")));
}

TEST_F(HlsRestart, DamagedLeftoversNeverStopANewRun) {
  run_and_kill(9);
  const auto left = seen.files();
  for (const auto* name : {".hls-segment.json", "720p/index.m3u8", "720p/iframes.m3u8"}) {
    const Bytes whole = left.at(name);
    for (std::size_t at = 0; at < whole.size(); at += 3) {
      Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at));
      Bytes other = whole;
      other[at] = static_cast<std::uint8_t>(other[at] ^ (1u << (at % 7)));
      for (const auto& damaged : {cut, other}) {
        const auto earlier = [&]() -> Result<std::optional<EarlierRun>> {
          for (const auto& [file, bytes] : left) WEIR_TRY(seen.MemoryStore::put(file, bytes));
          WEIR_TRY(seen.MemoryStore::put(name, damaged));
          return find_earlier_run(seen, words);
        }();
        ASSERT_THAT(earlier, IsOk());
        if (!*earlier) continue;
        for (const auto& playlist : (*earlier)->playlists)
          EXPECT_EQ(playlist.media_sequence + std::ssize(playlist.segments), (*earlier)->next);
      }
    }
  }
}

TEST(HlsState, SurvivesItsText) {
  HlsState state;
  state.type = Type::kEvent;
  state.part = 500ms;
  state.renditions = {{"720p", "ts", 12, 0, 0}, {"audio", "aac", 11, 1, 3}};
  state.keys = {0, 10};
  const auto read = parse_hls_state(as_bytes(to_json(state)));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(*read, state);
}

TEST(HlsState, WhatLeadsOutsideOrCannotBeIsRefused) {
  HlsState state;
  state.renditions = {{"720p", "m4s", 0, 0, 0}};
  for (const auto* folder : {"..", "../720p", "/etc", "", ".hidden", "a/b"}) {
    state.renditions[0].folder = folder;
    EXPECT_THAT(parse_hls_state(as_bytes(to_json(state))),
                FailsWith(Code::kBadInput, HasSubstr("damaged")))
        << folder;
  }
  state.renditions = {{"720p", "../x", 0, 0, 0}};
  EXPECT_FALSE(parse_hls_state(as_bytes(to_json(state))));
  state.renditions = {{"720p", "m4s", -1, 0, 0}};
  EXPECT_FALSE(parse_hls_state(as_bytes(to_json(state))));
  state.renditions = {{"720p", "m4s", 0, 2, 1}};
  EXPECT_FALSE(parse_hls_state(as_bytes(to_json(state))));
  state.renditions = {{"720p", "m4s", 0, 0, 0}, {"720p", "m4s", 0, 0, 0}};
  EXPECT_FALSE(parse_hls_state(as_bytes(to_json(state))));
}

}  // namespace
}  // namespace weir::publish
