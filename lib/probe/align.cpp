#include "probe/align.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "probe/frame_reader.h"
#include "probe/similarity.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kCoarse = 40'000;
constexpr std::int64_t kFine = 2'500;
constexpr std::int64_t kSoundStep = 5'000;
constexpr int kSoundRate = 8'000;
constexpr int kWidth = 16, kHeight = 9;
constexpr std::size_t kRow = kWidth * kHeight;

/// What a stream looks or sounds like, a row a picture or a step.
struct Signature {
  std::vector<std::int64_t> at_us;  // of pictures
  std::vector<std::uint8_t> rows;
};

void append_picture(const AVFrame& frame, std::vector<std::uint8_t>& rows) {
  for (int y = 0; y < frame.height; ++y) {
    const auto* line = frame.data[0] + static_cast<std::ptrdiff_t>(y) * frame.linesize[0];
    rows.insert(rows.end(), line, line + frame.width);
  }
}

Result<Signature> pictures_of(const StreamPair& streams, const std::string& path) {
  WEIR_TRY_ASSIGN(
      const auto reader,
      FrameReader::open(path, media::Kind::kVideo,
                        fmt::format("scale={}:{}:flags=area,format=yuv420p", kWidth, kHeight),
                        streams.stop, streams.log));
  Signature out;
  while (true) {
    WEIR_TRY_ASSIGN(const auto frame, reader->next());
    if (!frame) break;
    out.at_us.push_back(frame->pts().micros());
    append_picture(*frame->raw(), out.rows);
    if (out.at_us.back() - out.at_us.front() >= kShiftLooked) break;
  }
  if (out.at_us.empty()) return fail(Code::kBadInput, "no picture can be decoded in '{}'", path);
  return out;
}

// A picture stands until the next one comes.
std::vector<std::uint8_t> sampled(const Signature& of, std::int64_t from_us, std::int64_t step_us) {
  std::vector<std::uint8_t> out;
  std::size_t now = 0;
  for (std::int64_t at = from_us; at <= of.at_us.back(); at += step_us) {
    while (now + 1 < of.at_us.size() && of.at_us[now + 1] <= at) ++now;
    const auto row = of.rows.begin() + static_cast<std::ptrdiff_t>(now * kRow);
    out.insert(out.end(), row, row + kRow);
  }
  return out;
}

/// How far pictures are from their own in the reference: their content, then their stamps.
using Fit = std::pair<double, double>;

// Empty when less than a quarter of the pictures has one.
std::optional<Fit> fit_of(const Signature& one, const Signature& other, std::int64_t shift_us,
                          std::int64_t reach_us) {
  std::int64_t content = 0, stamps = 0, count = 0;
  std::size_t near = 0;
  for (std::size_t i = 0; i < one.at_us.size(); ++i) {
    const std::int64_t due = one.at_us[i] + shift_us;
    const auto off = [&](std::size_t of) { return std::abs(other.at_us[of] - due); };
    while (near + 1 < other.at_us.size() && off(near + 1) <= off(near)) ++near;
    if (off(near) > reach_us) continue;
    ++count;
    stamps += off(near);
    for (std::size_t k = 0; k < kRow; ++k)
      content += std::abs(int{one.rows[i * kRow + k]} - int{other.rows[near * kRow + k]});
  }
  if (4 * count < std::int64_t(std::min(one.at_us.size(), other.at_us.size()))) return {};
  return Fit{double(content) / double(count), double(stamps) / double(count)};
}

// A step of sound: its level from -80 to 0 dB.
std::uint8_t level_of(double squares, std::size_t samples) {
  const double power = squares / static_cast<double>(samples) / (32768.0 * 32768.0);
  const double decibels = 10 * std::log10(std::max(power, 1e-8));
  return static_cast<std::uint8_t>(std::lround((decibels + 80) / 80 * 255));
}

Result<Signature> sound_of(const StreamPair& streams, const std::string& path) {
  constexpr std::size_t kSamples = kSoundRate * kSoundStep / 1'000'000;
  WEIR_TRY_ASSIGN(const auto reader,
                  FrameReader::open(path, media::Kind::kAudio,
                                    fmt::format("aformat=sample_fmts=s16:channel_layouts=mono:"
                                                "sample_rates={}",
                                                kSoundRate),
                                    streams.stop, streams.log));
  Signature out;
  std::size_t count = 0;
  double squares = 0;
  while (static_cast<std::int64_t>(out.rows.size()) * kSoundStep < kShiftLooked) {
    WEIR_TRY_ASSIGN(const auto frame, reader->next());
    if (!frame) break;
    if (out.at_us.empty()) out.at_us.push_back(frame->pts().micros());
    const auto* samples = reinterpret_cast<const std::int16_t*>(frame->raw()->data[0]);
    for (int i = 0; i < frame->raw()->nb_samples; ++i) {
      squares += double(samples[i]) * samples[i];
      if (++count < kSamples) continue;
      out.rows.push_back(level_of(squares, count));
      count = 0;
      squares = 0;
    }
  }
  return out;
}

}  // namespace

Result<std::int64_t> picture_shift(const StreamPair& streams, const PictureSteps& steps) {
  WEIR_TRY_ASSIGN(const Signature one, pictures_of(streams, streams.input));
  WEIR_TRY_ASSIGN(const Signature other, pictures_of(streams, streams.reference));
  const std::int64_t step = steps.reference_us;
  const std::int64_t coarse = step * std::max<std::int64_t>(1, (kCoarse + step / 2) / step);
  // In the middle of a picture, where stamps may be rounded as they like.
  const auto looked_at = [&](const Signature& of) {
    return sampled(of, of.at_us.front() + step / 2, coarse);
  };
  const std::int64_t count =
      best_shift(looked_at(one), looked_at(other), kRow, kShiftReach / coarse);
  const std::int64_t rough = other.at_us.front() - one.at_us.front() + count * coarse;
  std::int64_t best = rough;
  std::optional<Fit> nearest;
  for (std::int64_t by = 0; by <= 2 * coarse; by += kFine)
    for (const std::int64_t shift : {rough + by, rough - by}) {
      const auto fit = fit_of(one, other, shift, steps.reach());
      if (!fit || (nearest && *nearest <= *fit)) continue;
      nearest = fit;
      best = shift;
    }
  return best;
}

Result<std::optional<std::int64_t>> sound_shift(const StreamPair& streams) {
  const auto one = sound_of(streams, streams.input);
  const auto other = sound_of(streams, streams.reference);
  for (const auto* found : {&one, &other})
    if (!*found && found->error().code == Code::kStopped) return fail(found->error());
  if (!one || !other || one->rows.empty() || other->rows.empty())
    return std::optional<std::int64_t>();
  const auto steps = best_shift(one->rows, other->rows, 1, kShiftReach / kSoundStep);
  return std::optional(other->at_us.front() - one->at_us.front() + steps * kSoundStep);
}

}  // namespace weir::probe
