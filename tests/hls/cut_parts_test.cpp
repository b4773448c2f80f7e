// Parts of the segment that is still open.
#include <algorithm>
#include <functional>
#include <optional>
#include <random>

#include <gmock/gmock.h>

#include "hls/cut_stream.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Parts : public Cut {
 protected:
  static CutOptions half_seconds() { return {.target = {}, .part = 500ms}; }

  /// "start+duration" in milliseconds, with "I" where it can be decoded alone, "G" for a gap and a
  /// "|" behind the last of a segment.
  std::vector<std::string> pieces(int index) const {
    std::vector<std::string> list;
    for (const auto& p : parts.items)
      if (p.track == index)
        list.push_back(fmt::format("{}+{}{}{}{}", p.start.in(kMillis), p.duration.in(kMillis),
                                   p.independent ? "I" : "", p.gap ? "G" : "", p.last ? "|" : ""));
    return list;
  }

  struct Wanted {
    std::vector<Segment> segments;
    std::vector<std::vector<std::int64_t>> stamps;  // of their packets
  };
  static std::vector<std::int64_t> stamps(const std::vector<media::Packet>& packets) {
    std::vector<std::int64_t> list;
    for (const auto& packet : packets) list.push_back(packet.dts().ticks);
    return list;
  }

  /// Cuts the stream with parts and without. The segments have to be the same, the parts have to
  /// keep the rules of the draft and to add up to them.
  void compare(const media::Tracks& tracks, const std::function<Stream()>& make,
               CutOptions options = half_seconds()) {
    auto whole = make();
    const auto part = std::exchange(options.part, std::nullopt);
    ASSERT_THAT(run(tracks, whole, options), IsOk());
    Wanted wanted;
    wanted.segments = std::exchange(out.items, {});
    for (const auto& s : wanted.segments) wanted.stamps.push_back(stamps(s.packets));
    options.part = part;
    auto again = make();
    ASSERT_THAT(run(tracks, again, options), IsOk());
    for (const auto& track : tracks) expect_same(track.index, wanted);
    for (const auto& s : out.items) expect_rules(s, *part);
    EXPECT_EQ(parts.finished, 0);
  }

  void expect_same(int index, const Wanted& wanted) const {
    std::vector<const Segment*> mine;
    for (const auto& s : out.items)
      if (s.track == index) mine.push_back(&s);
    std::size_t n = 0;
    for (std::size_t i = 0; i < wanted.segments.size(); ++i) {
      const Segment& other = wanted.segments[i];
      if (other.track != index) continue;
      ASSERT_LT(n, mine.size()) << "track " << index;
      const Segment& s = *mine[n++];
      EXPECT_EQ(s.number, other.number);
      EXPECT_EQ(s.start.ticks, other.start.ticks) << "track " << index << " segment " << s.number;
      EXPECT_EQ(s.duration.ticks, other.duration.ticks) << "track " << index << " " << s.number;
      EXPECT_EQ(s.gap, other.gap) << s.number;
      EXPECT_EQ(s.partial, other.partial) << s.number;
      EXPECT_EQ(s.discontinuity, other.discontinuity) << s.number;
      EXPECT_THAT(s.packets, IsEmpty());
      EXPECT_EQ(packets_of(s), wanted.stamps[i]) << "track " << index << " segment " << s.number;
    }
    EXPECT_EQ(n, mine.size());
  }
  std::vector<const Part*> parts_of(const Segment& segment) const {
    std::vector<const Part*> list;
    for (const auto& p : parts.items)
      if (p.track == segment.track && p.segment == segment.number) list.push_back(&p);
    return list;
  }
  std::vector<std::int64_t> packets_of(const Segment& segment) const {
    std::vector<std::int64_t> list;
    for (const auto* p : parts_of(segment))
      for (const auto stamp : stamps(p->packets)) list.push_back(stamp);
    return list;
  }

  void expect_rules(const Segment& segment, Micros target) const {
    const auto list = parts_of(segment);
    SCOPED_TRACE(fmt::format("track {} segment {}", segment.track, segment.number));
    ASSERT_THAT(list, SizeIs(static_cast<std::size_t>(segment.parts)));
    std::int64_t at = segment.start.ticks;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Part& p = *list[i];
      SCOPED_TRACE(fmt::format("part {}", i));
      EXPECT_EQ(p.index, static_cast<int>(i));
      EXPECT_EQ(p.start.ticks, at);
      at = p.end().ticks;
      EXPECT_EQ(p.discontinuity, segment.discontinuity);
      EXPECT_EQ(p.gap, p.packets.empty());
      EXPECT_EQ(p.last, i + 1 == list.size());
      EXPECT_GT(p.duration.ticks, 0);
      EXPECT_LE(p.duration.micros(), target.count());
      const bool may_be_short = p.gap || p.last || list[i + 1]->gap;
      if (!may_be_short) {
        EXPECT_GE(p.duration.micros() * 100, target.count() * 85);
      }
      const bool key = std::any_of(p.packets.begin(), p.packets.end(),
                                   [](const auto& packet) { return packet.key(); });
      EXPECT_EQ(p.independent, key);
      if (i == 0 && !segment.gap && !p.gap) {
        EXPECT_TRUE(p.packets.front().key());
      }
    }
    EXPECT_EQ(at, segment.end().ticks);
  }

  /// What is there once everything up to `until` (milliseconds) was pushed.
  std::vector<std::string> after(const media::Tracks& tracks, Stream stream, std::int64_t until,
                                 CutOptions options, int index) {
    parts.items.clear();
    support::Collect<Segment> segments;
    Cutter cutter(tracks, options, words, segments, &parts);
    for (auto& item : stream.in_order()) {
      if (media::position(item) > media::Time{until, kMillis}) break;
      EXPECT_THAT(cutter.push(std::move(item)), IsOk());
    }
    return pieces(index);
  }
};

TEST_F(Parts, AreWholePicturesAndSoundPacketsUpToTheTarget) {
  const auto make = [] {
    return std::move(Stream().video(0, 0, 9000, 2000).audio(1, 0, 9 * 48000).grid(4000, 9000));
  };
  compare(with_sound, make);
  EXPECT_THAT(pieces(0), testing::Contains("3840+160|"));
  EXPECT_EQ(pieces(0)[0], "0+480I");
  EXPECT_EQ(pieces(0)[4], "1920+480I") << "the key frame at 2 s is inside";
  EXPECT_EQ(pieces(1)[0], "0+491I");
}

TEST_F(Parts, EndBeforeAKeyFrameWhereTheyAreLongEnough) {
  Stream stream;
  stream.video(0, 0, 4000, 440).grid(4000, 4000);
  ASSERT_THAT(run(one, stream, half_seconds()), IsOk());
  EXPECT_EQ(pieces(0)[0], "0+440I");
  EXPECT_EQ(pieces(0)[1], "440+440I");
}

TEST_F(Parts, AreThereWithThePictureBehindThem) {
  const auto make = [] {
    return std::move(Stream().video(0, 0, 9000, 2000).audio(1, 0, 9 * 48000).grid(4000, 9000));
  };
  EXPECT_THAT(after(with_sound, make(), 440, half_seconds(), 0), IsEmpty());
  EXPECT_THAT(after(with_sound, make(), 480, half_seconds(), 0), ElementsAre("0+480I"));
  EXPECT_THAT(after(with_sound, make(), 480, half_seconds(), 1), IsEmpty());
  EXPECT_THAT(after(with_sound, make(), 560, half_seconds(), 1), ElementsAre("0+491I"));
  const auto cut = after(with_sound, make(), 4000, half_seconds(), 0);
  EXPECT_EQ(cut.back(), "3840+160|") << "the boundary is known before its key frame";
}

TEST_F(Parts, OfAForeignStreamWaitAtKeyFramesUntilTheseComeInEqualDistances) {
  const auto make = [] { return std::move(Stream().video(0, 0, 20'000, 2000)); };
  compare(one, make);
  // The key frame at 2 s might still be the cut, until that at 4 s has come.
  EXPECT_EQ(after(one, make(), 3900, half_seconds(), 0).back(), "1440+480");
  EXPECT_EQ(after(one, make(), 4000, half_seconds(), 0).back(), "3360+480");
  EXPECT_EQ(after(one, make(), 5900, half_seconds(), 0).back(), "3360+480");
  // From 8 s on nothing waits longer than it takes to see the next picture.
  EXPECT_EQ(after(one, make(), 8640, half_seconds(), 0).back(), "7920+480I");
}

TEST_F(Parts, OfSoundAloneComeWithoutDelay) {
  const auto make = [] { return std::move(Stream().audio(0, 0, 14 * 48000)); };
  compare(sound, make);
  EXPECT_THAT(after(sound, make(), 1480, half_seconds(), 0),
              ElementsAre("0+491I", "491+491I", "981+491I"));
}

TEST_F(Parts, WithReorderedPicturesAreCountedAlongTheDecodingStamps) {
  const auto make = [] {
    Stream stream;
    for (std::int64_t n = 0; n < 200; ++n) {  // I P B B P B B ..., shown two pictures late
      const std::int64_t in_group = n % 50;
      const std::int64_t shown = in_group == 0       ? n
                                 : in_group % 3 == 1 ? std::min(n + 2, n - in_group + 49)
                                                     : n - 1;
      auto p = packet(0, kMillis, shown * 40 + 80, 40, in_group == 0);
      p.raw()->dts = n * 40;
      stream.items.push_back(std::move(p));
    }
    for (const std::int64_t at : {80, 4080})
      stream.items.push_back(media::segment_event(at / 4000, {at, kMillis}, {4000, kMillis}));
    return stream;
  };
  Stream stream = make();
  std::vector<media::Item> in_order = std::move(stream.items);
  // Boundaries go before the first picture that is shown at or after them.
  std::rotate(in_order.begin(), in_order.end() - 2, in_order.end() - 1);
  const auto second = std::find_if(in_order.begin(), in_order.end() - 1, [](const auto& item) {
    const auto* p = std::get_if<media::Packet>(&item);
    return p != nullptr && p->pts() >= media::Time{4080, kMillis};
  });
  std::rotate(second, in_order.end() - 1, in_order.end());
  Cutter cutter(one, half_seconds(), words, out, &parts);
  for (auto& item : in_order) ASSERT_THAT(cutter.push(std::move(item)), IsOk());
  ASSERT_THAT(cutter.finish(), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("80+4000", "4080+4000"));
  for (const auto& s : out.items) expect_rules(s, 500ms);
  for (const auto& p : parts.items) {
    const auto next = &p - parts.items.data() + 1;
    if (static_cast<std::size_t>(next) < parts.items.size()) {
      EXPECT_EQ(p.decode_end.ticks,
                parts.items[static_cast<std::size_t>(next)].packets.front().dts().ticks);
    }
  }
}

TEST_F(Parts, EndWithTheSegmentWhereTheStreamBreaks) {
  const auto make = [] {
    Stream stream;
    stream.video(0, 0, 8000, 1000).audio(1, 0, 8 * 48000).grid(4000, 8000);
    stream.event(media::event::kDiscontinuity, 2900);
    return stream;
  };
  compare(with_sound, make);
  const auto marked = std::count_if(parts.items.begin(), parts.items.end(),
                                    [](const auto& p) { return p.discontinuity; });
  EXPECT_EQ(marked, 3 + 3) << "one second of each track";
}

TEST_F(Parts, OfLostTimeAreGaps) {
  const auto make = [] {
    Stream stream;
    stream.video(0, 0, 20'000, 2000).audio(1, 0, 48000 * 3).audio(1, 48000 * 13, 48000 * 20);
    return std::move(stream.grid(4000, 20'000));
  };
  compare(with_sound, make);
  EXPECT_THAT(segments(1),
              ElementsAre("0+4000", "4000+4000G", "8000+4000G", "12000+4008", "16008+4011"));
  const auto list = pieces(1);
  // The last packet before the hole is shown till its part is full.
  EXPECT_THAT(std::vector(list.begin() + 6, list.begin() + 11),
              ElementsAre("2944+500I", "3444+500G", "3944+56G|", "4000+500G", "4500+500G"));
  // Sound comes back in the middle of a segment.
  const auto back = std::find(list.begin(), list.end(), "12500+500G");
  ASSERT_NE(back, list.end());
  EXPECT_EQ(*(back + 1), "13000+491I");
}

TEST_F(Parts, OfATrackThatBeginsLateAreGapsFirst) {
  const auto make = [] {
    return std::move(
        Stream().video(0, 0, 12'000, 2000).audio(1, 48000 * 5, 48000 * 12).grid(4000, 12'000));
  };
  compare(with_sound, make);
  EXPECT_THAT(segments(1), ElementsAre("0+4000G", "4000+4008", "8008+4011"));
}

TEST_F(Parts, OfADroppedRenditionAreGapsInTheTimeOfTheOthers) {
  const media::Tracks ladder{track(0, media::Kind::kVideo, kMillis, "720p"),
                             track(1, media::Kind::kVideo, kMillis, "360p"),
                             track(2, media::Kind::kAudio, kSamples, "audio")};
  const auto make = [] {
    Stream stream;
    stream.video(0, 0, 5200, 2000).video(0, 10'000, 18'000, 2000).video(1, 0, 18'000, 2000);
    stream.audio(2, 0, 18 * 48000).dropped(0, 5200).back(0, 10'000).grid(4000, 18'000);
    return stream;
  };
  compare(ladder, make);
  EXPECT_THAT(segments(0),
              ElementsAre("0+4000", "4000+4000P", "8000+4000G", "12000+4000", "16000+2000"));
  EXPECT_EQ(after(ladder, make(), 7200, half_seconds(), 0).back(), "6200+500G");
  EXPECT_EQ(after(ladder, make(), 9700, half_seconds(), 0).back(), "9000+500G");
}

TEST_F(Parts, OfADroppedRenditionThatIsAloneComeToo) {
  const auto make = [] {
    Stream stream;
    stream.video(0, 0, 4000, 2000).audio(1, 0, 12 * 48000).dropped(0, 4000);
    return std::move(stream.grid(4000, 12'000));
  };
  compare(with_sound, make);
  EXPECT_THAT(segments(0), ElementsAre("0+4000", "4000+4000G", "8000+4011G"));
}

TEST_F(Parts, OfPicturesThatLastLongerAreFilledUpWithGaps) {
  const auto make = [] {
    Stream stream;
    for (std::int64_t t = 0; t < 8000; t += 1000)
      stream.items.push_back(packet(0, kMillis, t, 1000, t % 4000 == 0));
    return std::move(stream.grid(4000, 8000));
  };
  compare(one, make);
  EXPECT_THAT(pieces(0)[1], "500+500G");
}

TEST_F(Parts, OfAForeignStreamThatIsUnsteadyAreCutAsWithoutThem) {
  const auto make = [] {  // a long group after three short ones: the cut has to be at 6 s
    return std::move(Stream()
                         .video(0, 0, 6000, 2000)
                         .video(0, 6000, 13'000, 7000)
                         .video(0, 13'000, 17'000, 2000));
  };
  compare(one, make, {.target = 7s, .part = 500ms});
  EXPECT_THAT(segments(0), ElementsAre("0+6000", "6000+7000", "13000+4000"));
}

TEST_F(Parts, OfAForeignStreamThatWasSteadyMakeALongSegmentWhenItChanges) {
  Stream stream;
  stream.video(0, 0, 8000, 1000).video(0, 8000, 18'000, 10'000).video(0, 18'000, 22'000, 1000);
  ASSERT_THAT(run(one, stream, half_seconds()), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+6000", "6000+12000", "18000+4000"));
  for (const auto& s : out.items) expect_rules(s, 500ms);
  EXPECT_THAT(words.warnings, testing::Contains(HasSubstr("lasts 12.000 s")));
}

TEST_F(Parts, ABoundaryToldTooLateFallsOnTheNextKeyFrame) {
  Stream stream;
  stream.video(0, 0, 8000, 1000).audio(1, 0, 8 * 48000).grid(4000, 8000);
  auto items = stream.in_order();
  const auto late = std::find_if(items.begin(), items.end(), [](const auto& item) {
    return std::holds_alternative<media::Packet>(item) &&
           media::position(item) >= media::Time{4900, kMillis};
  });
  const auto event = std::find_if(items.begin() + 1, items.end(), [](const auto& item) {
    return std::holds_alternative<media::Event>(item);
  });
  std::rotate(event, event + 1, late);
  Cutter cutter(with_sound, half_seconds(), words, out, &parts);
  for (auto& item : items) ASSERT_THAT(cutter.push(std::move(item)), IsOk());
  ASSERT_THAT(cutter.finish(), IsOk());
  EXPECT_THAT(segments(0), ElementsAre("0+5000", "5000+3000"));
  EXPECT_THAT(segments(1), ElementsAre("0+4992", "4992+3008"));
  for (const auto& s : out.items) expect_rules(s, 500ms);
}

TEST_F(Parts, AddUpWhateverIsLostAndDropped) {
  const media::Tracks ladder{track(0, media::Kind::kVideo, kMillis, "720p"),
                             track(1, media::Kind::kVideo, kMillis, "360p"),
                             track(2, media::Kind::kAudio, kSamples, "audio")};
  std::minstd_rand random(7);
  const auto pick = [&](std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
  };
  for (int round = 0; round < 60; ++round) {
    const std::int64_t from = 2000 * pick(8) + 40 * pick(50), to = from + 2000 * (1 + pick(4));
    const std::int64_t hole = 1024 * pick(600), length = 1024 * pick(400);
    const bool grid = pick(2) == 0, broken = pick(3) == 0;
    SCOPED_TRACE(fmt::format("round {}: dropped {} to {}, hole {} + {}, grid {}, broken {}", round,
                             from, to, hole, length, grid, broken));
    const auto make = [&] {
      Stream stream;
      const std::int64_t back = (to + 1999) / 2000 * 2000;
      stream.video(0, 0, from, 2000).video(1, 0, 24'000, 2000);
      if (back < 24'000) stream.video(0, back, 24'000, 2000).back(0, to);
      stream.audio(2, 0, hole).audio(2, hole + length, 24 * 48000).dropped(0, from);
      if (grid) stream.grid(4000, 24'000);
      if (broken && grid) stream.event(media::event::kDiscontinuity, 2000 * (1 + pick(1)) + 11'000);
      return stream;
    };
    out.items.clear();
    parts.items.clear();
    compare(ladder, make);
    EXPECT_GT(segments(1).size(), 2u);
  }
}

TEST_F(Parts, OfAnEmptyStreamAreNone) {
  Stream stream;
  ASSERT_THAT(run(one, stream, half_seconds()), IsOk());
  EXPECT_THAT(parts.items, IsEmpty());
}

TEST_F(Parts, AnEndInMidSegmentEndsTheLastPart) {
  const auto make = [] { return std::move(Stream().video(0, 0, 4400, 2000).grid(4000, 4400)); };
  compare(one, make);
  EXPECT_EQ(pieces(0).back(), "4000+400I|");
}

TEST_F(Parts, AFailureBelowComesUpAndFinishIsStillPassedOn) {
  Stream stream;
  stream.video(0, 0, 12'000, 2000).grid(4000, 12'000);
  parts.fail_at = 3;
  EXPECT_THAT(run(one, stream, half_seconds()), FailsWith(Code::kIo, HasSubstr("disk full")));
  EXPECT_THAT(parts.items, SizeIs(3));
  EXPECT_THAT(out.items, IsEmpty());
  EXPECT_EQ(out.finished, 1);
}

TEST_F(Parts, StopComingWhenBelowIsDone) {
  Stream stream;
  stream.video(0, 0, 12'000, 2000).grid(4000, 12'000);
  parts.done_at = 3;
  ASSERT_THAT(run(one, stream, half_seconds()), IsOk());
  EXPECT_THAT(parts.items, SizeIs(3));
  EXPECT_EQ(out.finished, 1);
}

}  // namespace
}  // namespace weir::hls
