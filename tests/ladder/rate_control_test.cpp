// The rates of a rendition over an encoder whose answer to a quantiser nobody told it.
#include "ladder/rate_control.h"

#include <cmath>
#include <deque>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/profile.h"

namespace weir::ladder {
namespace {

constexpr double kSeconds = 2;
constexpr int kPictures = 50;

Rendition rung(std::int64_t bitrate = 1'000'000, double peak = 1.5) {
  Rendition made;
  made.name = "test";
  made.bitrate = bitrate;
  made.max_bitrate = std::llround(static_cast<double>(bitrate) * peak);
  made.buffer = bitrate * 2;
  return made;
}

const Rendition kNoPeak = rung(1'000'000'000);

media::Time at(std::int64_t chunk) {
  return {chunk * 2, {1, 1}};
}

// An even distribution over -1 … 1, the same on every machine.
class Noise {
 public:
  explicit Noise(unsigned seed) : twister_(seed) {}
  double next() { return static_cast<double>(twister_()) / 2'147'483'647.5 - 1; }

 private:
  std::mt19937 twister_;
};

// How bits follow from quantiser and complexity; the first guess of the control is off by `level`.
struct Nature {
  double level = 0;
  double per_step = 0.12;
  double by_complexity = 0.85;
  double by_distortion = 0.35;
  double noise = 0.1;
};

class SimulatedEncoder {
 public:
  SimulatedEncoder(const Nature& nature, unsigned seed) : nature_(nature), noise_(seed) {}

  double bits(const RateControl::Decision& decision, const ChunkFacts& facts) {
    if (!first_) {
      first_ = decision;
      first_facts_ = facts;
    }
    return first_->bits *
           std::exp(nature_.level - nature_.per_step * (decision.qp - first_->qp) +
                    nature_.by_complexity * std::log(facts.complexity / first_facts_.complexity) +
                    nature_.by_distortion * std::log(std::max(facts.distortion, 1e-4) /
                                                     std::max(first_facts_.distortion, 1e-4)) +
                    nature_.noise * noise_.next());
  }

 private:
  Nature nature_;
  Noise noise_;
  std::optional<RateControl::Decision> first_;
  ChunkFacts first_facts_;
};

// Scenes of a few chunks each, some several times as hard as others.
std::vector<ChunkFacts> content(int chunks, unsigned seed) {
  Noise noise(seed);
  std::vector<ChunkFacts> facts;
  double scene = 0;
  for (int i = 0; i < chunks; ++i) {
    if (i % 4 == 0) scene = noise.next();
    const double hard = scene + 0.2 * noise.next();
    facts.push_back({1e6 * std::exp(0.7 * hard), 0.02 * std::exp(0.5 * hard)});
  }
  return facts;
}

// The source as somebody else coded it: about as hard, in that encoder's opinion.
Profile source_of(const std::vector<ChunkFacts>& facts, unsigned seed) {
  Noise noise(seed);
  std::vector<int> bytes;
  for (const auto& chunk : facts)
    bytes.push_back(static_cast<int>(4000 * std::pow(chunk.complexity / 1e6, 1.2) *
                                     std::exp(0.3 * noise.next())));
  return support::profile(kSeconds * static_cast<double>(facts.size()), [&](double at) {
    return bytes[static_cast<std::size_t>(at / kSeconds + 1e-6)];
  });
}

struct Play {
  Rendition rung = ladder::rung();
  std::optional<double> quality = std::nullopt;
  Nature nature = {};
  bool as_planned = false;  // every chunk comes out as it was expected to
  int lag = 4;
  bool knows_source = true;
  unsigned seed = 1;

  std::vector<double> planned = {};  // quantisers
  std::vector<double> qps = {};      // that held
  std::vector<double> bits = {};
  int broken = 0;  // chunks that broke the peak when first coded
  LeakyBucket bucket{rung.max_bitrate, rung.buffer};

  double seconds() const { return kSeconds * static_cast<double>(bits.size()); }
  double rate() const {
    double sum = 0;
    for (const double chunk : bits) sum += chunk;
    return sum / seconds();
  }
  double off_target() const { return rate() / static_cast<double>(rung.bitrate) - 1; }

  // All pictures of a chunk alike.
  bool holds(LeakyBucket& into, std::size_t chunk, double size) const {
    bool held = true;
    for (int i = 0; i < kPictures; ++i)
      held = into.take({static_cast<std::int64_t>(chunk) * kPictures + i, {1, 25}},
                       std::llround(size / kPictures)) &&
             held;
    return held;
  }

  void play(const std::vector<ChunkFacts>& facts) {
    RateControl control(rung, 4, quality);
    Forecast forecast(knows_source ? source_of(facts, seed + 1000) : Profile(), kSeconds);
    SimulatedEncoder encoder(nature, seed);
    struct Outcome {
      double qp, bits;
      LeakyBucket after;
    };
    std::deque<Outcome> waiting;
    for (std::size_t k = 0; k < facts.size(); ++k) {
      if (waiting.size() == static_cast<std::size_t>(lag)) {
        control.learn(waiting.front().qp, waiting.front().bits, waiting.front().after);
        waiting.pop_front();
      }
      const auto chunk = static_cast<std::int64_t>(k);
      forecast.add(facts[k], at(chunk), at(chunk + 1));
      const auto decision = control.plan(chunk, facts[k], kSeconds, forecast);
      planned.push_back(decision.qp);
      double qp = decision.qp;
      double size = as_planned ? decision.bits : encoder.bits(decision, facts[k]);
      LeakyBucket after = bucket;
      if (!holds(after, k, size)) {
        ++broken;
        for (; !holds(after = bucket, k, size); qp += 0.5) size *= std::exp(-0.5 * nature.per_step);
      }
      bucket = after;
      waiting.push_back({qp, size, bucket});
      qps.push_back(qp);
      bits.push_back(size);
    }
  }
};

TEST(RateControl, ALearnedFileLandsOnItsTarget) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Play run{.nature = {.noise = 0.05}, .seed = seed};
    run.play(content(60, seed));
    EXPECT_LT(std::abs(run.off_target()), 0.03) << "seed " << seed << ": " << run.off_target();
  }
}

TEST(RateControl, AWrongFirstGuessIsMadeUpFor) {
  for (const double level : {-0.5, -0.2, 0.2, 0.5}) {
    Play run{.nature = {.level = level, .noise = 0.05}};
    run.play(content(60, 5));
    EXPECT_LT(std::abs(run.off_target()), 0.03) << level << ": " << run.off_target();
  }
}

TEST(RateControl, TheEncodersOwnSlopesNeedNotBeKnown) {
  for (const double per_step : {0.11, 0.16})
    for (const double by_complexity : {0.65, 0.95}) {
      Play run{.nature = {.per_step = per_step, .by_complexity = by_complexity, .noise = 0.05}};
      run.play(content(60, 7));
      EXPECT_LT(std::abs(run.off_target()), 0.03) << per_step << " " << by_complexity;
    }
}

TEST(RateControl, LiveLandsOnItsTargetOverTime) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Play run{.lag = 2, .knows_source = false, .seed = seed};
    run.play(content(300, seed));
    EXPECT_LT(std::abs(run.off_target()), 0.03) << "seed " << seed << ": " << run.off_target();
  }
}

TEST(RateControl, TheTargetHoldsForAnyNumberOfChunksAhead) {
  for (const int lag : {1, 2, 8, 15}) {
    Play run{.nature = {.level = 0.1, .noise = 0.05}, .lag = lag};
    run.play(content(90, 3));
    EXPECT_LT(std::abs(run.off_target()), 0.03) << lag << ": " << run.off_target();
  }
}

TEST(RateControl, TheTargetScalesWithTheRung) {
  for (const std::int64_t bitrate : {400'000, 2'000'000, 8'000'000}) {
    Play run{.rung = rung(bitrate), .nature = {.noise = 0.05}};
    run.play(content(60, 11));
    EXPECT_LT(std::abs(run.off_target()), 0.03) << bitrate << ": " << run.off_target();
  }
}

TEST(RateControl, HarderChunksGetMoreBitsAndEasierOnesABetterQuantiser) {
  std::vector<ChunkFacts> facts(40, {1e6, 0.02});
  for (std::size_t i = 20; i < 24; ++i) facts[i] = {3e6, 0.05};
  Play run{.nature = {.noise = 0}};
  run.play(facts);
  EXPECT_GT(run.bits[22], 1.1 * run.bits[18]);
  EXPECT_GT(run.qps[22], run.qps[18]);
}

TEST(RateControl, EqualChunksAreCodedAlike) {
  Play run{.nature = {.noise = 0}, .knows_source = false};
  run.play(std::vector<ChunkFacts>(40, {1e6, 0.02}));
  for (std::size_t i = 10; i + 5 < run.qps.size(); ++i) EXPECT_NEAR(run.qps[i], run.qps[9], 0.5);
}

TEST(RateControl, AHardStretchIsPlannedUnderThePeak) {
  // Ten seconds of ease, then half a minute that asks for several times the peak.
  std::vector<ChunkFacts> facts(60, {3e5, 0.01});
  for (std::size_t i = 5; i < 20; ++i) facts[i] = {3e6, 0.15};
  for (const int lag : {1, 4}) {
    Play run{.as_planned = true, .lag = lag};
    run.play(facts);
    EXPECT_EQ(run.broken, 0) << lag;
    double hard = 0;
    for (std::size_t i = 5; i < 20; ++i) hard += run.bits[i] / (15 * kSeconds);
    EXPECT_GT(hard, 1.2e6);  // what there is is used
  }
}

TEST(RateControl, ThePeakHoldsInsideNoise) {
  int broken = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Play run{.nature = {.noise = 0.1}, .seed = seed};
    run.play(content(60, seed));
    broken += run.broken;
  }
  EXPECT_LE(broken, 30);  // of 600, to be coded again
}

TEST(RateControl, AConstantQualityIsTheSameQuantiserWhateverTheContent) {
  Play run{.rung = kNoPeak, .quality = 30, .nature = {.noise = 0}};
  run.play(content(40, 2));
  for (const double qp : run.qps) EXPECT_NEAR(qp, run.qps[0], 1e-9);
}

TEST(RateControl, ALowerQualityNumberIsABetterQuantiser) {
  std::vector<double> qps;
  for (const double quality : {15, 20, 25, 30, 35}) {
    Play run{.rung = kNoPeak, .quality = quality, .nature = {.noise = 0}};
    run.play(content(4, 2));
    qps.push_back(run.qps[0]);
  }
  for (std::size_t i = 1; i < qps.size(); ++i) EXPECT_NEAR(qps[i] - qps[i - 1], 5, 1e-9);
}

TEST(RateControl, ThePeakHoldsUnderAConstantQuality) {
  Play run{.quality = 12, .nature = {.noise = 0.05}, .lag = 2};
  run.play(std::vector<ChunkFacts>(60, {3e6, 0.05}));
  EXPECT_GT(run.rate(), 0.9 * 1.5e6);
  EXPECT_LT(run.rate(), 1.5e6 + 0.9 * 2e6 / run.seconds());
  EXPECT_LE(run.broken, 6);
}

TEST(RateControl, QuantisersStayWithinWhatTheEncoderTakes) {
  for (const double complexity : {0.0, 1.0, 1e12}) {
    Play run{.nature = {.noise = 0}, .knows_source = false};
    run.play(std::vector<ChunkFacts>(10, {complexity == 0 ? 1e-9 : complexity, 0}));
    for (const double qp : run.planned) {
      EXPECT_GE(qp, 1);
      EXPECT_LE(qp, 51);
    }
  }
}

TEST(RateControl, ExpectedBitsAreThoseOfTheModelItLearned) {
  // On an encoder that behaves as the control thinks, expectation and outcome become one.
  RateControl control(rung(), 4, {});
  Forecast forecast({}, kSeconds);
  LeakyBucket bucket(1'500'000, 2'000'000);
  RateControl::Decision decision{};
  const double truth = 1.5;
  std::optional<RateControl::Decision> first;
  for (int k = 0; k < 60; ++k) {
    forecast.add({1e6, 0.02}, at(k), at(k + 1));
    decision = control.plan(k, {1e6, 0.02}, kSeconds, forecast);
    if (!first) first = decision;
    const double part = std::exp(-(decision.qp - first->qp) / RateControl::step_for(std::exp(-1)));
    const double bits = truth * first->bits * part;
    if (k > 50) {
      EXPECT_NEAR(decision.bits / bits, 1, 0.02);
    }
    control.learn(decision.qp, bits, bucket);
  }
}

TEST(RateControl, StepsForPartsAddUp) {
  EXPECT_DOUBLE_EQ(RateControl::step_for(1), 0);
  EXPECT_GT(RateControl::step_for(0.9), 0);
  EXPECT_LT(RateControl::step_for(1.1), 0);
  EXPECT_NEAR(RateControl::step_for(0.25), 2 * RateControl::step_for(0.5), 1e-12);
  // x264 roughly halves its bits with every six steps.
  EXPECT_GT(RateControl::step_for(0.5), 3);
  EXPECT_LT(RateControl::step_for(0.5), 8);
}

}  // namespace
}  // namespace weir::ladder
