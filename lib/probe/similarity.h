// How like two pictures are.
// Source: Z. Wang et al., "Image Quality Assessment: From Error Visibility to Structural
// Similarity", IEEE TIP 13 (2004), over blocks of 8x8 every 4 samples, as FFmpeg's filter has it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "media/packet.h"

namespace weir::probe {

/// Of luma, 8 bits; both of one size, at least 8x8. Pictures that are equal have kSame.
inline constexpr double kSame = 100;
double luma_psnr(const AVFrame& one, const AVFrame& other);
/// From 0 (or a little below) to 1.
double luma_ssim(const AVFrame& one, const AVFrame& other);

/// What a run of pictures comes to.
struct Summary {
  double mean = 0;
  double harmonic_mean = 0;  ///< Of values above 0, as bad pictures weigh more in it.
  double fifth_percentile = 0;
  double worst = 0;
};
/// Zeros for no values.
Summary summarise(std::vector<double> values);

/// By how many steps `one` must be moved to lie best on `other`: values[i] of one meets
/// values[i + shift] of other. At most `reach` either way, with at least a quarter of the shorter
/// one overlapping; 0 when one is empty. Rows of `width` values each are compared as a whole.
std::int64_t best_shift(std::span<const std::uint8_t> one, std::span<const std::uint8_t> other,
                        std::size_t width, std::int64_t reach);

}  // namespace weir::probe
