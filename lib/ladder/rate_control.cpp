#include "ladder/rate_control.h"

#include <algorithm>
#include <cmath>

namespace weir::ladder {
namespace {

// Bits fall by an eighth with each step of the quantiser, and grow a little slower from chunk to
// chunk than those of the first pass do; by measurement.
constexpr double kPerStep = 0.14;
constexpr double kByComplexity = 0.75;
constexpr double kLevel = 7.3;
constexpr double kByPixels = 0.74;
// The level of a rendition changes little over a source; single chunks lie 10 % beside it, which
// must not make the quality jump.
constexpr double kLeastLearning = 0.1;
// A first chunk further off than this is another kind of content.
constexpr double kStrange = 0.4;
constexpr double kStrangeLearning = 0.7;
// A constant quality of x264 means a quantiser about this much higher where the macroblock tree
// takes it down again.
constexpr double kTreeOffset = 4.6;
constexpr double kLowestQp = 10;
constexpr double kHighestQp = 50;
// Without an end in sight, what is owed or saved is evened out over this many seconds.
constexpr double kHorizon = 15;
constexpr double kMostCredit = 10;
// What is owed or saved close to the end is left alone rather than put on few pictures.
constexpr double kLeastHorizon = 5;
// The rate of a chunk shorter than this is that of its first picture and says nothing: it is coded
// like the one before.
constexpr double kLeastSeconds = 0.9;
// Of the buffer, kept for what cannot be foreseen inside a chunk.
constexpr double kReserve = 0.2;

}  // namespace

RateControl::RateControl(const Rendition& rung, double pixels, std::optional<double> quality)
    : bitrate_(static_cast<double>(rung.bitrate)),
      max_bitrate_(static_cast<double>(rung.max_bitrate)),
      buffer_(static_cast<double>(rung.buffer)),
      quality_(quality),
      level_(kLevel + kByPixels * std::log(pixels)),
      fullness_(LeakyBucket(rung.max_bitrate, rung.buffer).fullness()) {}

double RateControl::step_for(double part) {
  return -std::log(part) / kPerStep;
}

double RateControl::qp_for(double complexity, double rate) const {
  const double qp = (level_ + kByComplexity * std::log(complexity) - std::log(rate)) / kPerStep;
  return std::clamp(qp, kLowestQp, kHighestQp);
}

double RateControl::rate_at(double complexity, double qp) const {
  return std::exp(level_ + kByComplexity * std::log(complexity) - kPerStep * qp);
}

// What is left to spend, dealt out by weight.
double RateControl::rate_wanted(std::int64_t chunk, double seconds,
                                const Forecast& forecast) const {
  double elapsed = seconds_;
  double spent = spent_;
  for (const auto& open : open_) {
    elapsed += open.seconds;
    spent += rate_at(open.complexity, open.qp) * open.seconds;
  }
  const auto rest = forecast.after(chunk, kHorizon);
  double credit = bitrate_ * elapsed - spent;
  if (!forecast.knows_end())
    credit = std::clamp(credit, -kMostCredit * bitrate_, kMostCredit * bitrate_);
  credit *= std::min(1.0, (seconds + rest.seconds) / kLeastHorizon);
  const double budget = bitrate_ * (seconds + rest.seconds) + credit;
  const double weight = forecast.weight(chunk);
  const double share = weight * seconds / (weight * seconds + rest.weight);
  return std::max(budget * share / seconds, 0.1 * bitrate_);
}

// What the buffer can take if the chunks before come out as planned.
double RateControl::most_bits(double seconds) const {
  double fullness = fullness_;
  for (const auto& open : open_)
    fullness = std::clamp(
        fullness + (max_bitrate_ - rate_at(open.complexity, open.qp)) * open.seconds, 0.0, buffer_);
  const double room = fullness + max_bitrate_ * seconds - kReserve * buffer_;
  return std::max(room, 0.3 * bitrate_ * seconds);
}

RateControl::Decision RateControl::plan(std::int64_t chunk, const ChunkFacts& facts, double seconds,
                                        const Forecast& forecast) {
  const double complexity = std::max(facts.complexity, 1.0);
  const double most = most_bits(seconds) / seconds;
  const double wanted = quality_ ? rate_at(complexity, *quality_ + kTreeOffset)
                                 : rate_wanted(chunk, seconds, forecast);
  Decision decision{qp_for(complexity, std::min(wanted, most)), 0};
  if (seconds < kLeastSeconds && last_qp_) decision.qp = *last_qp_;
  last_qp_ = decision.qp;
  decision.bits = rate_at(complexity, decision.qp) * seconds;
  open_.push_back({decision.qp, seconds, complexity});
  return decision;
}

void RateControl::learn(double qp, double bits, const LeakyBucket& bucket) {
  const Open open = open_.front();
  open_.pop_front();
  const double level = std::log(std::max(bits, 1.0) / open.seconds) -
                       kByComplexity * std::log(open.complexity) + kPerStep * qp;
  const bool strange = learned_ == 0 && std::abs(level - level_) > kStrange;
  level_ += (strange ? kStrangeLearning : std::max(1.0 / (3 + learned_), kLeastLearning)) *
            (level - level_);
  ++learned_;
  seconds_ += open.seconds;
  spent_ += bits;
  fullness_ = bucket.fullness();
}

}  // namespace weir::ladder
