#include "probe/compare.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "probe/align.h"
#include "probe/frame_reader.h"
#include "probe/picture_pair.h"
#include "probe/vmaf.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kUsualStep = 40'000;
// Stamps that are rounded to milliseconds are still on one grid.
constexpr std::int64_t kOneGrid = 2'000;

std::int64_t step_of(const media::Track& track) {
  const AVRational rate = track.frame_rate;
  if (rate.num <= 0) return kUsualStep;
  return std::max<std::int64_t>(1'000, av_rescale_q(1, av_inv_q(rate), media::kMicros));
}

Result<media::Track> track_of(const StreamPair& streams, const std::string& path) {
  WEIR_TRY_ASSIGN(const auto reader,
                  FrameReader::open(path, media::Kind::kVideo, "", streams.stop, streams.log));
  return reader->track();
}

Result<std::unique_ptr<FrameReader>> open_pictures(const StreamPair& streams,
                                                   const std::string& path, const Comparison& out) {
  return FrameReader::open(
      path, media::Kind::kVideo,
      fmt::format("scale={}:{}:flags=bicubic,format=yuv420p", out.width, out.height), streams.stop,
      streams.log);
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
  media::Frame share() const { return now_->share(); }
  std::int64_t length_us() const { return first_us_ ? end_us_ - *first_us_ : 0; }

 private:
  FrameReader& reader_;
  std::optional<media::Frame> now_, next_;
  std::optional<std::int64_t> first_us_;
  std::int64_t step_us_ = 0;
  std::int64_t end_us_ = 0;
};

/// The worst pairs so far, with their pictures.
class Worst {
 public:
  void add(const PictureScore& score, const Ahead& input, const Ahead& reference) {
    if (list_.size() == kWorstPictures && score.ssim >= list_.back().score.ssim) return;
    const auto place = std::ranges::upper_bound(
        list_, score.ssim, {}, [](const Entry& entry) { return entry.score.ssim; });
    list_.insert(place, Entry{score, reference.share(), input.share()});
    if (list_.size() > kWorstPictures) list_.pop_back();
  }
  Result<std::vector<WorstPicture>> draw() const {
    std::vector<WorstPicture> out;
    for (const auto& [score, reference, input] : list_) {
      WEIR_TRY_ASSIGN(Bytes png, picture_pair(*reference.raw(), *input.raw()));
      out.push_back({score, std::move(png)});
    }
    return out;
  }

 private:
  struct Entry {
    PictureScore score;
    media::Frame reference, input;
  };
  std::vector<Entry> list_;  // the worst first
};

/// Compares picture by picture.
class Scorer {
 public:
  Scorer(Comparison& out, Progress& progress) : out_(out), progress_(progress) {}

  Result<void> run(const StreamPair& streams, const PictureSteps& steps) {
    WEIR_TRY_ASSIGN(const auto one, open_pictures(streams, streams.input, out_));
    WEIR_TRY_ASSIGN(const auto two, open_pictures(streams, streams.reference, out_));
    Ahead input(*one), reference(*two);
    WEIR_TRY(input.begin());
    WEIR_TRY(reference.begin());
    while (!input.over()) {
      const std::int64_t due = input.at() + out_.shift_us;
      WEIR_TRY(reference.seek(due));
      if (reference.over() || std::abs(reference.at() - due) > steps.reach())
        ++out_.unmatched;
      else
        WEIR_TRY(score(input, reference));
      progress_.update({input.at(), 0, std::int64_t(out_.pictures.size()), 0, 0});
      WEIR_TRY(input.advance());
    }
    while (!reference.over()) WEIR_TRY(reference.advance());
    out_.longer_us = input.length_us() - reference.length_us();
    return finish();
  }

 private:
  Result<void> score(const Ahead& input, const Ahead& reference) {
    if (!vmaf_ && Vmaf::available()) {
      WEIR_TRY_ASSIGN(vmaf_, Vmaf::open(reference.frame()));
    }
    if (vmaf_) WEIR_TRY(vmaf_->add(input.frame(), reference.frame()));
    out_.pictures.push_back({input.at(), reference.at(),
                             luma_psnr(input.frame(), reference.frame()),
                             luma_ssim(input.frame(), reference.frame())});
    worst_.add(out_.pictures.back(), input, reference);
    return {};
  }

  Result<void> finish() {
    WEIR_TRY_ASSIGN(out_.worst, worst_.draw());
    if (!vmaf_) return {};
    WEIR_TRY_ASSIGN(auto scores, vmaf_->finish());
    for (std::size_t i = 0; i < scores.size(); ++i) out_.pictures[i].vmaf = scores[i];
    for (auto& worst : out_.worst)
      for (const auto& picture : out_.pictures)
        if (picture.at_us == worst.score.at_us) worst.score.vmaf = picture.vmaf;
    out_.vmaf = summarise(std::move(scores));
    return {};
  }

  Comparison& out_;
  Progress& progress_;
  Worst worst_;
  std::unique_ptr<Vmaf> vmaf_;
};

// Where all pictures are off by the same, the shift was, within what it is found to.
std::int64_t left_over(const Comparison& comparison) {
  std::vector<std::int64_t> off;
  for (const auto& picture : comparison.pictures)
    off.push_back(picture.reference_at_us - picture.at_us - comparison.shift_us);
  std::ranges::sort(off);
  const auto at = [&](std::size_t percent) { return off[(off.size() - 1) * percent / 100]; };
  return at(95) - at(5) <= kOneGrid ? at(50) : 0;
}

void sum_up(Comparison& out) {
  std::vector<double> psnr, ssim;
  for (const auto& picture : out.pictures) {
    psnr.push_back(picture.psnr);
    ssim.push_back(picture.ssim);
  }
  out.psnr = summarise(std::move(psnr));
  out.ssim = summarise(std::move(ssim));
}

}  // namespace

Result<Comparison> compare(const std::string& input, const std::string& reference,
                           const StopSource& stop, Log& log, Progress& progress) {
  if (input == "-" || reference == "-")
    return fail(Code::kUsage, "cannot compare standard input: it is read twice, give a file");
  const StreamPair streams{input, reference, stop, log};
  Comparison out;
  out.input = input;
  out.reference = reference;
  WEIR_TRY_ASSIGN(const media::Track ours, track_of(streams, input));
  WEIR_TRY_ASSIGN(const media::Track theirs, track_of(streams, reference));
  out.width = theirs.par->width;
  out.height = theirs.par->height;
  const PictureSteps steps{step_of(ours), step_of(theirs)};
  WEIR_TRY_ASSIGN(out.shift_us, picture_shift(streams, steps));
  WEIR_TRY(Scorer(out, progress).run(streams, steps));
  if (out.pictures.empty())
    return fail(Code::kBadInput, "no picture of '{}' has one in '{}'", input, reference);
  out.shift_us += left_over(out);
  sum_up(out);
  WEIR_TRY_ASSIGN(const auto sound, sound_shift(streams));
  if (sound) out.sound_late_us = out.shift_us - *sound;
  return out;
}

}  // namespace weir::probe
