// How much of a reference is left in what was made of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/bytes.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/result.h"
#include "base/stop.h"
#include "probe/similarity.h"

namespace weir::probe {

/// One picture against its own in the reference.
struct PictureScore {
  std::int64_t at_us = 0;            ///< In the input.
  std::int64_t reference_at_us = 0;  ///< In the reference.
  double psnr = 0;                   ///< Luma, dB; kSame for equal pictures.
  double ssim = 0;                   ///< Luma.
  std::optional<double> vmaf{};      ///< Where libvmaf is there.
};

/// A picture among the worst, to be looked at.
struct WorstPicture {
  PictureScore score;
  Bytes png;  ///< The reference at the left, the input at the right.
};

struct Comparison {
  std::string input;
  std::string reference;
  int width = 0;  ///< Of the reference; the input is scaled to it (bicubic).
  int height = 0;
  std::int64_t shift_us = 0;  ///< A picture of the input at t is the one of the reference at
                              ///< t + this.
  std::vector<PictureScore> pictures;  ///< In order of time.
  std::vector<WorstPicture> worst;     ///< By SSIM, the worst first; at most kWorstPictures.
  std::int64_t unmatched = 0;          ///< Pictures of the input without one in the reference.
  Summary psnr;
  Summary ssim;
  std::optional<Summary> vmaf;  ///< Empty when this FFmpeg has no libvmaf.
  /// How much later the sound comes against the picture than it does in the reference; by content,
  /// to 5 ms. Empty without sound in both.
  std::optional<std::int64_t> sound_late_us;
  std::int64_t longer_us = 0;  ///< Pictures of the input against those of the reference.
};

inline constexpr std::size_t kWorstPictures = 5;

/// Decodes both twice: to find by content, as align.h does, where they lie on each other, then
/// picture by picture. A picture has one in the reference when that is nearer than half the step of
/// the one with more pictures a second. kUsage for standard input, kBadInput when one has no
/// pictures or none fit together, kStopped.
Result<Comparison> compare(const std::string& input, const std::string& reference,
                           const StopSource& stop, Log& log, Progress& progress);

/// Times and scores of one picture, for people.
std::string score_words(const PictureScore& picture);
/// For people; ends with a newline.
std::string comparison_text(const Comparison& comparison);
boost::json::object comparison_json(const Comparison& comparison);
/// One page that fetches nothing: scores over time, the worst pictures, the text.
std::string comparison_page(const Comparison& comparison);
/// Writes the worst pictures into a folder, made where it is not there: worst-1-12.480s.png.
Result<void> write_worst(const Comparison& comparison, const std::string& folder);

}  // namespace weir::probe
