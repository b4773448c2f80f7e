#include "ladder/rate_control.h"

#include <algorithm>
#include <cmath>

namespace weir::ladder {
namespace {

// How bits follow from the first pass and the quantiser, fitted to 500 chunks of five clips: 15 %
// off where bits and a single slope are 27 % off. Chunks of few bits answer more to the quantiser:
// low ones bring up noise that the first pass never saw.
constexpr double kLevel = 4.68;
constexpr double kByPixels = 0.71;
constexpr double kByComplexity = 0.78;
constexpr double kByDistortion = 0.39;
constexpr double kMiddleQp = 25;
constexpr double kPerStep = 0.61;
constexpr double kPerStepByComplexity = 0.0395;
constexpr double kLeastPerStep = 0.11;
constexpr double kMostPerStep = 0.22;
constexpr double kAnyPerStep = 0.14;  // of a chunk of which no facts are at hand
// What is learned of a rendition: its level, and how much less (or more) than the fit says its bits
// follow the height of a chunk. How sure the fit is of both, how far a single chunk lies beside it,
// and how much a level wanders from chunk to chunk; in logarithms.
constexpr double kLevelUnsure = 0.2;
constexpr double kTiltUnsure = 0.25;
constexpr double kChunkNoise = 0.15;
constexpr double kWander = 0.02;
// A constant quality of x264 means a quantiser about this much higher where the macroblock tree
// takes it down again.
constexpr double kTreeOffset = 4.6;
constexpr double kLowestQp = 10;
constexpr double kHighestQp = 50;
// Without an end in sight, what is owed or saved is evened out over this many seconds.
constexpr double kHorizon = 15;
constexpr double kMostCredit = 10;
// What is owed or saved close to the end is left alone rather than put on few pictures.
constexpr double kLeastHorizon = 3;
// The rate of a chunk shorter than this is that of its first picture and says nothing: it is coded
// like the one before.
constexpr double kLeastSeconds = 0.9;
// Of the buffer, kept for what cannot be foreseen inside a chunk.
constexpr double kReserve = 0.2;

}  // namespace

RateControl::Model::Model(double level)
    : level_(level),
      level_unsure_(kLevelUnsure * kLevelUnsure),
      tilt_unsure_(kTiltUnsure * kTiltUnsure) {}

double RateControl::Model::at(double height) const {
  return level_ + height + tilt_ * (height - middle_.value_or(height));
}

// A Kalman filter of two states. The first chunk says nothing of the tilt.
void RateControl::Model::learn(double height, double seen) {
  if (!middle_) middle_ = height;
  const double arm = height - *middle_;
  level_unsure_ += kWander * kWander;
  const double level_part = level_unsure_ + both_ * arm;
  const double tilt_part = both_ + tilt_unsure_ * arm;
  const double unsure = level_part + tilt_part * arm + kChunkNoise * kChunkNoise;
  const double surprise = seen - at(height);
  level_ += level_part / unsure * surprise;
  tilt_ += tilt_part / unsure * surprise;
  level_unsure_ -= level_part * level_part / unsure;
  tilt_unsure_ -= tilt_part * tilt_part / unsure;
  both_ -= level_part * tilt_part / unsure;
}

RateControl::RateControl(const Rendition& rung, double pixels, std::optional<double> quality)
    : bitrate_(static_cast<double>(rung.bitrate)),
      max_bitrate_(static_cast<double>(rung.max_bitrate)),
      buffer_(static_cast<double>(rung.buffer)),
      quality_(quality),
      model_(kLevel + kByPixels * std::log(pixels)),
      fullness_(LeakyBucket(rung.max_bitrate, rung.buffer).fullness()) {}

double RateControl::step_for(double part) {
  return -std::log(part) / kAnyPerStep;
}

RateControl::Answer RateControl::answer_of(const ChunkFacts& facts) {
  const double complexity = std::log(std::max(facts.complexity, 1.0));
  const double distortion = std::log(std::max(facts.distortion, 1e-4));
  return {kByComplexity * complexity + kByDistortion * distortion,
          std::clamp(kPerStep - kPerStepByComplexity * complexity, kLeastPerStep, kMostPerStep)};
}

double RateControl::qp_for(const Answer& answer, double rate) const {
  const double qp = kMiddleQp + (model_.at(answer.height) - std::log(rate)) / answer.per_step;
  return std::clamp(qp, kLowestQp, kHighestQp);
}

double RateControl::rate_at(const Answer& answer, double qp) const {
  return std::exp(model_.at(answer.height) - answer.per_step * (qp - kMiddleQp));
}

// What is left to spend, dealt out by weight.
double RateControl::rate_wanted(std::int64_t chunk, double seconds,
                                const Forecast& forecast) const {
  double elapsed = seconds_;
  double spent = spent_;
  for (const auto& open : open_) {
    elapsed += open.seconds;
    spent += rate_at(open.answer, open.qp) * open.seconds;
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
    fullness = std::clamp(fullness + (max_bitrate_ - rate_at(open.answer, open.qp)) * open.seconds,
                          0.0, buffer_);
  const double room = fullness + max_bitrate_ * seconds - kReserve * buffer_;
  return std::max(room, 0.3 * bitrate_ * seconds);
}

RateControl::Decision RateControl::plan(std::int64_t chunk, const ChunkFacts& facts, double seconds,
                                        const Forecast& forecast) {
  const Answer answer = answer_of(facts);
  const double most = most_bits(seconds) / seconds;
  const double wanted =
      quality_ ? rate_at(answer, *quality_ + kTreeOffset) : rate_wanted(chunk, seconds, forecast);
  Decision decision{qp_for(answer, std::min(wanted, most)), 0};
  if (seconds < kLeastSeconds && last_qp_) decision.qp = *last_qp_;
  last_qp_ = decision.qp;
  decision.bits = rate_at(answer, decision.qp) * seconds;
  open_.push_back({decision.qp, seconds, answer});
  return decision;
}

void RateControl::learn(double qp, double bits, const LeakyBucket& bucket) {
  const Open open = open_.front();
  open_.pop_front();
  const double seen =
      std::log(std::max(bits, 1.0) / open.seconds) + open.answer.per_step * (qp - kMiddleQp);
  model_.learn(open.answer.height, seen);
  seconds_ += open.seconds;
  spent_ += bits;
  fullness_ = bucket.fullness();
}

}  // namespace weir::ladder
