#include "probe/compare.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "probe/frame_reader.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kLooked = 60'000'000;  // of each stream, to lay them on each other
constexpr std::int64_t kReach = 10'000'000;
constexpr std::int64_t kSoundStep = 5'000;
constexpr int kSoundRate = 8'000;
constexpr int kSmallWidth = 16, kSmallHeight = 9;
constexpr std::int64_t kUsualStep = 40'000;

struct Streams {
  const std::string& input;
  const std::string& reference;
  const StopSource& stop;
  Log& log;
};

/// What a stream looks or sounds like, a row a step.
struct Signature {
  std::int64_t start_us = 0;
  std::vector<std::uint8_t> rows;
};

Result<std::unique_ptr<FrameReader>> open_pictures(const Streams& streams, const std::string& path,
                                                   int width, int height, const char* scaler) {
  return FrameReader::open(
      path, media::Kind::kVideo,
      fmt::format("scale={}:{}:flags={},format=yuv420p", width, height, scaler), streams.stop,
      streams.log);
}

void append_picture(const AVFrame& frame, std::vector<std::uint8_t>& rows) {
  for (int y = 0; y < frame.height; ++y) {
    const auto* line = frame.data[0] + static_cast<std::ptrdiff_t>(y) * frame.linesize[0];
    rows.insert(rows.end(), line, line + frame.width);
  }
}

// A picture stands until the next one comes.
Result<Signature> pictures_of(const Streams& streams, const std::string& path,
                              std::int64_t step_us) {
  constexpr std::size_t kSize = kSmallWidth * kSmallHeight;
  WEIR_TRY_ASSIGN(const auto reader,
                  open_pictures(streams, path, kSmallWidth, kSmallHeight, "area"));
  Signature out;
  std::vector<std::uint8_t> last;
  while (true) {
    WEIR_TRY_ASSIGN(const auto frame, reader->next());
    if (!frame) return out;
    const std::int64_t at = frame->pts().micros();
    if (last.empty()) out.start_us = at;
    const std::int64_t passed = std::min(at - out.start_us, kLooked);
    const auto due =
        static_cast<std::size_t>(std::max<std::int64_t>(0, (passed + step_us / 2) / step_us));
    while (!last.empty() && out.rows.size() / kSize < due)
      out.rows.insert(out.rows.end(), last.begin(), last.end());
    last.clear();
    append_picture(*frame->raw(), last);
    if (out.rows.size() / kSize == due) out.rows.insert(out.rows.end(), last.begin(), last.end());
    if (at - out.start_us >= kLooked) return out;
  }
}

// A step of sound: its level from -80 to 0 dB.
std::uint8_t level_of(double squares, std::size_t samples) {
  const double power = squares / static_cast<double>(samples) / (32768.0 * 32768.0);
  const double decibels = 10 * std::log10(std::max(power, 1e-8));
  return static_cast<std::uint8_t>(std::lround((decibels + 80) / 80 * 255));
}

Result<Signature> sound_of(const Streams& streams, const std::string& path) {
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
  bool any = false;
  while (static_cast<std::int64_t>(out.rows.size()) * kSoundStep < kLooked) {
    WEIR_TRY_ASSIGN(const auto frame, reader->next());
    if (!frame) break;
    if (!std::exchange(any, true)) out.start_us = frame->pts().micros();
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

std::int64_t shift_between(const Signature& one, const Signature& other, std::size_t width,
                           std::int64_t step_us) {
  const auto steps = best_shift(one.rows, other.rows, width, kReach / step_us);
  return other.start_us - one.start_us + steps * step_us;
}

/// The frames of a reader, with the one after the current one known.
class Ahead {
 public:
  explicit Ahead(FrameReader& reader) : reader_(reader) {}
  Result<void> begin() {
    WEIR_TRY_ASSIGN(next_, reader_.next());
    return advance();
  }
  Result<void> advance() {
    now_ = std::move(next_);
    next_.reset();
    if (!now_) return {};
    if (!first_us_) first_us_ = at();
    WEIR_TRY_ASSIGN(next_, reader_.next());
    // The last picture stands as long as the one before it.
    step_us_ = next_ ? next_->pts().micros() - at() : step_us_;
    end_us_ = at() + step_us_;
    return {};
  }
  // To the picture nearest to a time that never goes back.
  Result<void> seek(std::int64_t at_us) {
    while (now_ && next_ && std::abs(next_->pts().micros() - at_us) <= std::abs(at() - at_us))
      WEIR_TRY(advance());
    return {};
  }
  bool over() const { return !now_; }
  std::int64_t at() const { return now_->pts().micros(); }
  const AVFrame& frame() const { return *now_->raw(); }
  std::int64_t length_us() const { return first_us_ ? end_us_ - *first_us_ : 0; }

 private:
  FrameReader& reader_;
  std::optional<media::Frame> now_, next_;
  std::optional<std::int64_t> first_us_;
  std::int64_t step_us_ = 0;
  std::int64_t end_us_ = 0;
};

Result<void> score_pictures(const Streams& streams, std::int64_t step_us, Progress& progress,
                            Comparison& out) {
  WEIR_TRY_ASSIGN(const auto one,
                  open_pictures(streams, streams.input, out.width, out.height, "bicubic"));
  WEIR_TRY_ASSIGN(const auto two,
                  open_pictures(streams, streams.reference, out.width, out.height, "bicubic"));
  Ahead input(*one), reference(*two);
  WEIR_TRY(input.begin());
  WEIR_TRY(reference.begin());
  while (!input.over()) {
    const std::int64_t due = input.at() + out.shift_us;
    WEIR_TRY(reference.seek(due));
    if (reference.over() || std::abs(reference.at() - due) > step_us / 2 + 1'000)
      ++out.unmatched;
    else
      out.pictures.push_back({input.at(), reference.at(),
                              luma_psnr(input.frame(), reference.frame()),
                              luma_ssim(input.frame(), reference.frame())});
    progress.update({input.at(), 0, static_cast<std::int64_t>(out.pictures.size()), 0, 0});
    WEIR_TRY(input.advance());
  }
  while (!reference.over()) WEIR_TRY(reference.advance());
  out.longer_us = input.length_us() - reference.length_us();
  return {};
}

Result<void> compare_sound(const Streams& streams, Comparison& out) {
  const auto one = sound_of(streams, streams.input);
  const auto other = sound_of(streams, streams.reference);
  for (const auto* found : {&one, &other})
    if (!*found && found->error().code == Code::kStopped) return fail(found->error());
  if (!one || !other || one->rows.empty() || other->rows.empty()) return {};
  out.sound_late_us = out.shift_us - shift_between(*one, *other, 1, kSoundStep);
  return {};
}

}  // namespace

Result<Comparison> compare(const std::string& input, const std::string& reference,
                           const StopSource& stop, Log& log, Progress& progress) {
  if (input == "-" || reference == "-")
    return fail(Code::kUsage, "cannot compare standard input: it is read twice, give a file");
  const Streams streams{input, reference, stop, log};
  Comparison out;
  out.input = input;
  out.reference = reference;
  std::int64_t step = kUsualStep;
  {
    WEIR_TRY_ASSIGN(const auto reader,
                    FrameReader::open(reference, media::Kind::kVideo, "", stop, log));
    out.width = reader->track().par->width;
    out.height = reader->track().par->height;
    const AVRational rate = reader->track().frame_rate;
    if (rate.num > 0)
      step = std::max<std::int64_t>(1'000, av_rescale_q(1, av_inv_q(rate), media::kMicros));
  }
  WEIR_TRY_ASSIGN(const Signature one, pictures_of(streams, input, step));
  WEIR_TRY_ASSIGN(const Signature other, pictures_of(streams, reference, step));
  out.shift_us = shift_between(one, other, kSmallWidth * kSmallHeight, step);
  WEIR_TRY(score_pictures(streams, step, progress, out));
  if (out.pictures.empty())
    return fail(Code::kBadInput, "no picture of '{}' has one in '{}'", input, reference);
  std::vector<double> psnr, ssim;
  for (const auto& picture : out.pictures) {
    psnr.push_back(picture.psnr);
    ssim.push_back(picture.ssim);
  }
  out.psnr = summarise(std::move(psnr));
  out.ssim = summarise(std::move(ssim));
  WEIR_TRY(compare_sound(streams, out));
  return out;
}

}  // namespace weir::probe
