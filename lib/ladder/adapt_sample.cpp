#include "ladder/adapt_sample.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "codec/decoder.h"

namespace weir::ladder {
namespace {

// Bits of the coded source follow its own encoder's idea of what is hard.
constexpr double kBySource = 0.5;
// Stamps of steps are rounded; no picture shall fall out for that.
constexpr std::int64_t kSlackMicros = 500;
// Of packets since the last key picture; a source that has none for longer is decoded from where
// the sample begins.
constexpr std::int64_t kMostHeld = 64 << 20;

struct Step {
  media::Time begin;
  media::Time end;
  double weight;
};

std::vector<Step> steps_of(const Profile& profile, double step) {
  std::vector<Step> steps;
  const double length = profile.end().seconds() - profile.begin().seconds();
  const auto count = std::max<std::int64_t>(static_cast<std::int64_t>(length / step + 1e-3), 1);
  const std::int64_t origin = profile.begin().micros() - kSlackMicros;
  const auto border = [&](std::int64_t i) {
    return media::Time{origin + std::llround(static_cast<double>(i) * step * 1e6), media::kMicros};
  };
  for (std::int64_t i = 0; i < count; ++i) {
    const double bits = std::max(profile.bits(border(i), border(i + 1)), 1.0);
    steps.push_back({border(i), border(i + 1), std::pow(bits, kBySource)});
  }
  return steps;
}

// Decodes the packets of the samples and sorts their pictures out.
class Reader : public flow::Sink<media::Frame> {
 public:
  Reader(const media::Track& track, const std::vector<Sample>& samples, const GridOptions& grid,
         const PictureOptions& picture, const UseSample& use)
      : track_(track), samples_(samples), grid_(grid), picture_(picture), use_(use) {}

  bool done() const { return next_ == samples_.size(); }
  Result<void> take(media::Packet packet);
  Result<void> close();

 private:
  Result<void> open();
  Result<void> end_sample();
  media::Time stretch_end() const;
  Result<flow::Flow> push(media::Frame frame) override;
  Result<void> finish() override { return {}; }

  const media::Track& track_;
  const std::vector<Sample>& samples_;
  const GridOptions& grid_;
  const PictureOptions& picture_;
  const UseSample& use_;
  std::size_t next_ = 0;  // sample that is read or waited for
  std::vector<GridFrame> pictures_;
  std::optional<Grid> place_;
  std::vector<media::Packet> held_;  // since the last key picture
  std::int64_t held_bytes_ = 0;
  media::Time end_;                          // of the samples this decoder is for
  std::unique_ptr<PictureChain> chain_;      // flows into *this
  std::unique_ptr<codec::Decoder> decoder_;  // flows into chain_
};

Result<void> Reader::take(media::Packet packet) {
  if (packet.key() || held_bytes_ > kMostHeld) {
    held_.clear();
    held_bytes_ = 0;
  }
  held_.push_back(packet.share());
  held_bytes_ += packet.raw()->size;
  if (decoder_ && packet.dts() >= end_) WEIR_TRY(close());
  if (done()) return {};
  if (decoder_) {
    WEIR_TRY(decoder_->push(std::move(packet)));
  } else if (packet.pts() >= samples_[next_].begin) {
    WEIR_TRY(open());
    for (const auto& held : held_) WEIR_TRY(decoder_->push(held.share()));
  }
  return {};
}

// Samples that follow on each other are decoded in one go.
media::Time Reader::stretch_end() const {
  std::size_t last = next_;
  while (last + 1 < samples_.size() && samples_[last + 1].begin <= samples_[last].end) ++last;
  return samples_[last].end;
}

Result<void> Reader::open() {
  end_ = stretch_end();
  WEIR_TRY_ASSIGN(chain_, PictureChain::open(picture_, track_, Clock::system(), *this));
  WEIR_TRY_ASSIGN(decoder_, codec::Decoder::open(track_, 1, *chain_));
  return {};
}

Result<void> Reader::close() {
  if (!decoder_) return {};
  WEIR_TRY(decoder_->finish());
  decoder_.reset();
  while (!done() && samples_[next_].end <= end_) WEIR_TRY(end_sample());
  return {};
}

Result<flow::Flow> Reader::push(media::Frame frame) {
  const media::Time pts = frame.pts();
  while (!done() && pts >= samples_[next_].end) WEIR_TRY(end_sample());
  if (done() || pts < samples_[next_].begin) return flow::Flow::kMore;
  if (!pictures_.empty() && pts <= pictures_.back().frame.pts()) return flow::Flow::kMore;
  if (!place_) place_.emplace(grid_);
  const Mark mark = place_->place(pts);
  pictures_.push_back({std::move(frame), mark});
  return flow::Flow::kMore;
}

Result<void> Reader::end_sample() {
  const Sample& sample = samples_[next_++];
  place_.reset();
  auto pictures = std::exchange(pictures_, {});
  if (pictures.empty()) return {};
  return use_(sample, std::move(pictures));
}

}  // namespace

std::vector<Sample> choose_samples(const Profile& profile, double step, std::size_t most) {
  std::vector<Sample> samples;
  if (profile.empty()) return samples;
  auto steps = steps_of(profile, step);
  std::ranges::stable_sort(steps, {}, &Step::weight);
  const std::size_t groups = std::min(steps.size(), most);
  for (std::size_t i = 0; i < groups; ++i) {
    const auto first = steps.begin() + static_cast<std::ptrdiff_t>(i * steps.size() / groups);
    const auto last = steps.begin() + static_cast<std::ptrdiff_t>((i + 1) * steps.size() / groups);
    const Step& middle = *(first + (last - first) / 2);
    const double weight = std::accumulate(
        first, last, 0.0, [](double sum, const Step& one) { return sum + one.weight; });
    samples.push_back(
        {middle.begin, middle.end, static_cast<double>(last - first), weight / middle.weight});
  }
  std::ranges::sort(samples, {}, &Sample::begin);
  return samples;
}

Result<void> read_samples(flow::Source<media::Item>& source, const media::Track& track,
                          const std::vector<Sample>& samples, const GridOptions& grid,
                          const PictureOptions& picture, const UseSample& use) {
  Reader reader(track, samples, grid, picture, use);
  while (!reader.done()) {
    auto item = source.next();
    if (!item && item.error().code != Code::kBadInput) return fail(std::move(item).error());
    if (!item || !*item) return reader.close();
    auto* packet = std::get_if<media::Packet>(&**item);
    if (packet != nullptr && packet->track() == track.index)
      WEIR_TRY(reader.take(std::move(*packet)));
  }
  return {};
}

}  // namespace weir::ladder
