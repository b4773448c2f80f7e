#include "codec/beauty.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/pixdesc.h>
}

namespace weir::codec {
namespace {

constexpr double kStrongest = 14;    // steps of 8 bits that still count as blemish
constexpr int kRowsForRadius = 150;  // a face fills more of a larger picture
constexpr int kLargestRadius = 16;   // so that sums of squares of 10 bits fit 32 bits

// How much a colour (8 bits, Cb * 256 + Cr) is that of skin: an ellipse with a soft rim.
const std::array<float, 65536>& skin_of_colour() {
  static const auto table = [] {
    std::array<float, 65536> skin{};
    for (int cb = 0; cb < 256; ++cb)
      for (int cr = 0; cr < 256; ++cr) {
        const double from_middle = std::hypot((cb - 106) / 20.0, (cr - 153) / 19.0);
        skin[static_cast<std::size_t>(cb * 256 + cr)] =
            static_cast<float>(std::clamp((1.2 - from_middle) / 0.4, 0.0, 1.0));
      }
    return skin;
  }();
  return table;
}

struct Layout {
  int depth;
  int across;  // log2 of luma samples for a sample of chroma
  int down;
};

std::optional<Layout> layout_of(const AVFrame& frame) {
  const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  constexpr std::uint64_t kNot = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_HWACCEL;
  if (format == nullptr || format->nb_components < 3 || (format->flags & kNot) != 0 ||
      (format->flags & AV_PIX_FMT_FLAG_PLANAR) == 0 || format->comp[0].depth > 10 ||
      format->comp[1].plane != 1)
    return {};
  return Layout{format->comp[0].depth, format->log2_chroma_w, format->log2_chroma_h};
}

template <typename Sample>
class Smoother {
 public:
  Smoother(const AVFrame& from, AVFrame& to, const Layout& layout, double strength,
           std::vector<std::uint32_t>& sums, std::vector<std::uint32_t>& squares)
      : from_(from), to_(to), layout_(layout), sums_(sums), squares_(squares) {
    radius_ = std::clamp(from.height / kRowsForRadius, 2, kLargestRadius);
    const double steps = kStrongest * strength * (1 << (layout.depth - 8));
    blemish_ = static_cast<float>(std::pow(steps, 4));
    sums_.assign(static_cast<std::size_t>(from.width) + 1, 0);
    squares_ = sums_;
    row_sums_.resize(sums_.size());
    row_squares_.resize(sums_.size());
  }

  void run() {
    for (int y = 0; y <= std::min(radius_, from_.height - 1); ++y) count(y, 1);
    for (int y = 0; y < from_.height; ++y) {
      smooth(y);
      if (y + 1 + radius_ < from_.height) count(y + 1 + radius_, 1);
      if (y - radius_ >= 0) count(y - radius_, ~std::uint32_t{0});
    }
  }

 private:
  const Sample* row(const AVFrame& frame, int plane, int y) const {
    return reinterpret_cast<const Sample*>(frame.data[plane] + y * frame.linesize[plane]);
  }

  // Adds a row to the columns, or takes it away (`sign` is -1, modulo 2^32).
  void count(int y, std::uint32_t sign) {
    const Sample* luma = row(from_, 0, y);
    for (int x = 0; x < from_.width; ++x) {
      const std::uint32_t sample = luma[x];
      sums_[x] += sign * sample;
      squares_[x] += sign * sample * sample;
    }
  }

  float skin_at(const Sample* cb, const Sample* cr, int x) const {
    const int at = x >> layout_.across;
    const int shift = layout_.depth - 8;
    return skin_of_colour()[static_cast<std::size_t>(((cb[at] >> shift) << 8) + (cr[at] >> shift))];
  }

  void smooth(int y) {
    const Sample* cb = row(from_, 1, y >> layout_.down);
    const Sample* cr = row(from_, 2, y >> layout_.down);
    const Sample* in = row(from_, 0, y);
    auto* out = reinterpret_cast<Sample*>(to_.data[0] + y * to_.linesize[0]);
    bool summed = false;
    const int rows = std::min(y + radius_, from_.height - 1) - std::max(y - radius_, 0) + 1;
    for (int x = 0; x < from_.width; ++x) {
      const float skin = skin_at(cb, cr, x);
      if (skin <= 0) continue;
      if (!std::exchange(summed, true)) sum_row();
      const int left = std::max(x - radius_, 0);
      const int right = std::min(x + radius_, from_.width - 1) + 1;
      const float scale = 1.0F / static_cast<float>(rows * (right - left));
      const float mean = scale * static_cast<float>(row_sums_[right] - row_sums_[left]);
      const float square = scale * static_cast<float>(row_squares_[right] - row_squares_[left]);
      const float variance = std::max(square - mean * mean, 0.0F);
      const float pull = skin * blemish_ / (variance * variance + blemish_);
      const auto sample = static_cast<float>(in[x]);
      out[x] = static_cast<Sample>(std::lround(sample + pull * (mean - sample)));
    }
  }

  void sum_row() {
    for (int x = 0; x < from_.width; ++x) {
      row_sums_[x + 1] = row_sums_[x] + sums_[x];
      row_squares_[x + 1] = row_squares_[x] + squares_[x];
    }
  }

  const AVFrame& from_;
  AVFrame& to_;
  const Layout layout_;
  std::vector<std::uint32_t>& sums_;
  std::vector<std::uint32_t>& squares_;
  std::vector<std::uint32_t> row_sums_, row_squares_;
  int radius_ = 0;
  float blemish_ = 0;
};

}  // namespace

Result<flow::Flow> Beauty::push(media::Frame frame) {
  const auto layout = layout_of(*frame.raw());
  if (!layout || strength_ <= 0) return emit(std::move(frame));
  media::Frame smoothed = frame.share();
  if (av_frame_make_writable(smoothed.raw()) < 0) return fail(Code::kInternal, "out of memory");
  if (layout->depth == 8)
    Smoother<std::uint8_t>(*frame.raw(), *smoothed.raw(), *layout, strength_, sums_, squares_)
        .run();
  else
    Smoother<std::uint16_t>(*frame.raw(), *smoothed.raw(), *layout, strength_, sums_, squares_)
        .run();
  return emit(std::move(smoothed));
}

}  // namespace weir::codec
