#include "probe/similarity.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace weir::probe {
namespace {

/// Sums over a block of 4x4.
struct Sums {
  std::int64_t one = 0;
  std::int64_t other = 0;
  std::int64_t squares = 0;
  std::int64_t product = 0;

  Sums& operator+=(const Sums& more) {
    one += more.one;
    other += more.other;
    squares += more.squares;
    product += more.product;
    return *this;
  }
};

const std::uint8_t* line(const AVFrame& frame, int y) {
  return frame.data[0] + static_cast<std::ptrdiff_t>(y) * frame.linesize[0];
}

Sums sums_of(const AVFrame& one, const AVFrame& other, int x, int y) {
  Sums sums;
  for (int row = y; row < y + 4; ++row) {
    const auto* a = line(one, row) + x;
    const auto* b = line(other, row) + x;
    for (int i = 0; i < 4; ++i) {
      sums.one += a[i];
      sums.other += b[i];
      sums.squares += a[i] * a[i] + b[i] * b[i];
      sums.product += a[i] * b[i];
    }
  }
  return sums;
}

double ssim_of(const Sums& sums) {
  constexpr double kSamples = 64;
  constexpr double kC1 = .01 * .01 * 255 * 255 * kSamples;
  constexpr double kC2 = .03 * .03 * 255 * 255 * kSamples * (kSamples - 1);
  const auto one = static_cast<double>(sums.one), other = static_cast<double>(sums.other);
  const double variances = static_cast<double>(sums.squares) * kSamples - one * one - other * other;
  const double covariance = static_cast<double>(sums.product) * kSamples - one * other;
  return (2 * one * other + kC1) * (2 * covariance + kC2) /
         ((one * one + other * other + kC1) * (variances + kC2));
}

std::vector<Sums> row_of(const AVFrame& one, const AVFrame& other, int y) {
  std::vector<Sums> row;
  for (int x = 0; x + 4 <= one.width; x += 4) row.push_back(sums_of(one, other, x, y));
  return row;
}

double distance(std::span<const std::uint8_t> one, std::span<const std::uint8_t> other) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < one.size(); ++i) sum += std::abs(int{one[i]} - int{other[i]});
  return static_cast<double>(sum) / static_cast<double>(one.size());
}

}  // namespace

double luma_psnr(const AVFrame& one, const AVFrame& other) {
  std::int64_t sum = 0;
  for (int y = 0; y < one.height; ++y) {
    const auto* a = line(one, y);
    const auto* b = line(other, y);
    for (int x = 0; x < one.width; ++x) sum += (a[x] - b[x]) * (a[x] - b[x]);
  }
  if (sum == 0) return kSame;
  const double mean = static_cast<double>(sum) / one.width / one.height;
  return std::min(kSame, 10 * std::log10(255.0 * 255.0 / mean));
}

double luma_ssim(const AVFrame& one, const AVFrame& other) {
  double total = 0;
  std::int64_t blocks = 0;
  std::vector<Sums> above = row_of(one, other, 0);
  for (int y = 4; y + 4 <= one.height; y += 4) {
    std::vector<Sums> row = row_of(one, other, y);
    for (std::size_t x = 0; x + 1 < row.size(); ++x, ++blocks) {
      Sums block = above[x];
      block += above[x + 1];
      block += row[x];
      block += row[x + 1];
      total += ssim_of(block);
    }
    above = std::move(row);
  }
  return blocks > 0 ? total / static_cast<double>(blocks) : 1;
}

Summary summarise(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  double sum = 0, inverse = 0;
  for (const double value : values) {
    sum += value;
    inverse += 1 / std::max(value, 1e-6);
  }
  const auto count = static_cast<double>(values.size());
  // The nearest rank.
  const auto rank = static_cast<std::size_t>(std::ceil(count * 0.05));
  return {sum / count, count / inverse, values[std::max<std::size_t>(rank, 1) - 1], values.front()};
}

std::int64_t best_shift(std::span<const std::uint8_t> one, std::span<const std::uint8_t> other,
                        std::size_t width, std::int64_t reach) {
  const auto ones = static_cast<std::int64_t>(one.size() / width);
  const auto others = static_cast<std::int64_t>(other.size() / width);
  const std::int64_t least = std::max<std::int64_t>(1, std::min(ones, others) / 4);
  std::int64_t best = 0;
  double nearest = std::numeric_limits<double>::infinity();
  for (std::int64_t step = 0; step <= 2 * reach; ++step) {
    // 0, 1, -1, 2, -2, …: of equals the smallest.
    const std::int64_t shift = step % 2 == 1 ? (step + 1) / 2 : -step / 2;
    const std::int64_t from = std::max<std::int64_t>(0, -shift);
    const std::int64_t to = std::min(ones, others - shift);
    if (to - from < least) continue;
    const auto size = static_cast<std::size_t>(to - from) * width;
    const double found =
        distance(one.subspan(static_cast<std::size_t>(from) * width, size),
                 other.subspan(static_cast<std::size_t>(from + shift) * width, size));
    if (found < nearest) {
      nearest = found;
      best = shift;
    }
  }
  return best;
}

}  // namespace weir::probe
