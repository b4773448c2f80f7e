#include "ingest/clocked_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using support::FailsWith;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr AVRational kMillis{1, 1000};

/// Gives items at moments of a clock that nobody else turns.
class Script : public flow::PatientSource<media::Item> {
 public:
  explicit Script(support::FakeClock& clock) : clock_(clock) {}

  Script& packet(milliseconds when, std::int64_t pts) {
    auto packet = media::Packet::of(as_bytes("x"));
    packet.raw()->time_base = kMillis;
    packet.raw()->pts = packet.raw()->dts = pts;
    return add(when, std::move(packet));
  }
  Script& event(milliseconds when, std::string_view kind, std::int64_t at) {
    return add(when, media::make_event(kind, {at, kMillis}));
  }
  /// A packet every 100 ms.
  Script& packets(std::int64_t from, std::int64_t to, std::int64_t pts) {
    for (; from < to; from += 100, pts += 100) packet(milliseconds(from), pts);
    return *this;
  }

  Result<std::optional<media::Item>> next() override {
    return fail(Code::kInternal, "asked without patience");
  }
  Result<flow::Awaited<media::Item>> next_within(std::chrono::nanoseconds patience) override {
    using State = flow::Awaited<media::Item>::State;
    if (items_.empty() && fails) return fail(Code::kBadInput, "it breaks here");
    if (items_.empty()) return flow::Awaited<media::Item>{State::kEnd};
    const auto wait = items_.front().first - clock_.monotonic();
    clock_.advance(std::clamp(wait, std::chrono::nanoseconds(0), patience));
    if (wait > patience) return flow::Awaited<media::Item>{};
    flow::Awaited<media::Item> out{State::kItem, std::move(items_.front().second)};
    items_.pop_front();
    return out;
  }
  bool fails = false;

 private:
  Script& add(milliseconds when, media::Item item) {
    if (items_.empty()) begin_ = clock_.monotonic();
    items_.emplace_back(begin_ + when, std::move(item));
    return *this;
  }
  support::FakeClock& clock_;
  std::chrono::nanoseconds begin_{};
  std::deque<std::pair<std::chrono::nanoseconds, media::Item>> items_;
};

class Clocked : public ::testing::Test {
 protected:
  /// Packets as their time, events as kind and time, in milliseconds.
  std::vector<std::string> run() {
    ClockedInput input(script, 3s, clock, words);
    std::vector<std::string> out;
    while (true) {
      auto item = input.next();
      if (!item) failure = item.error();
      if (!item || !*item) return out;
      const auto at = media::position(**item).in(kMillis);
      const auto* event = std::get_if<media::Event>(&**item);
      out.push_back(event == nullptr ? fmt::format("{}", at)
                                     : fmt::format("{} {}", event->kind(), at));
    }
  }
  support::FakeClock clock;
  support::Words words;
  Script script{clock};
  std::optional<Error> failure;
};

TEST_F(Clocked, PassesOnWhatComesInTime) {
  script.packet(0ms, 0).event(1s, "segment", 2000).packet(2900ms, 2000).packet(5s, 4000);
  EXPECT_THAT(run(), ElementsAre("0", "segment 2000", "2000", "4000"));
  EXPECT_THAT(words.warnings, IsEmpty());
}

TEST_F(Clocked, TellsGapsThreeSecondsBehindTheClock) {
  script.packets(0, 1000, 0).packet(6s, 6000);
  const auto out = run();
  ASSERT_THAT(out, SizeIs(10 + 5 + 1));
  // The last packet came at 0.9 s.
  EXPECT_THAT(
      std::vector(out.begin() + 9, out.end()),
      ElementsAre("900", "gap 900", "gap 1400", "gap 1900", "gap 2400", "gap 2900", "6000"));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("nothing has come for 3.0 s")));
  EXPECT_THAT(words.infos, ElementsAre(HasSubstr("back after 5.1 s")));
}

TEST_F(Clocked, MovesStampsThatDoNotCountTheTimeBetween) {
  script.packet(0ms, 0).packet(6s, 40).event(6040ms, "segment", 80).packet(6040ms, 80);
  EXPECT_THAT(run(), ElementsAre("0", "gap 0", "gap 500", "gap 1000", "gap 1500", "gap 2000",
                                 "gap 2500", "discontinuity 5940", "5940", "segment 5980", "5980"));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("nothing has come"), HasSubstr("5.9 s")));
}

TEST_F(Clocked, EventsBeforeThePacketThatComesBackAreMovedWithIt) {
  script.packet(0ms, 0).event(6s, "segment", 40).packet(6s, 40);
  const auto out = run();
  EXPECT_THAT(std::vector(out.end() - 3, out.end()),
              ElementsAre("discontinuity 5940", "segment 5940", "5940"));
}

TEST_F(Clocked, AnInputAheadOfTheClockHasThatMuchLonger) {
  script.packets(0, 100, 0).packet(0ms, 10'000).packet(12s, 10'040).packet(20s, 10'080);
  const auto out = run();
  EXPECT_THAT(std::vector(out.begin(), out.begin() + 4),
              ElementsAre("0", "10000", "10040", "gap 12000"));
}

TEST_F(Clocked, TheSecondStallIsMovedFromWhereTheFirstLeftIt) {
  script.packet(0ms, 0).packet(6s, 40).packet(12s, 80);
  const auto out = run();
  EXPECT_EQ(out.back(), "11980");
}

TEST_F(Clocked, HasNoGapsBeforeTheFirstPacket) {
  script.event(0ms, "anchor", 0).packet(60s, 0);
  EXPECT_THAT(run(), ElementsAre("anchor 0", "0"));
}

TEST_F(Clocked, AnEndInAGapIsAnEnd) {
  script.packet(0ms, 0).event(4s, "end", 40);
  EXPECT_THAT(run(), ElementsAre("0", "gap 0", "gap 500", "end 40"));
  EXPECT_FALSE(failure);
}

TEST_F(Clocked, AFailureOfTheInputComesUp) {
  script.packet(0ms, 0);
  script.fails = true;
  EXPECT_THAT(run(), ElementsAre("0"));
  EXPECT_EQ(failure->what, "it breaks here");
}

}  // namespace
}  // namespace weir::ingest
