#include "ingest/test_pattern.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <new>
#include <numbers>
#include <string>

extern "C" {
#include <libavutil/channel_layout.h>
}

namespace weir::ingest {
namespace {

struct Colour {
  std::uint8_t y, u, v;
};
constexpr Colour kWhite{235, 128, 128};
constexpr Colour kBlack{16, 128, 128};
// 75 % bars, BT.709.
constexpr std::array<Colour, 7> kBars{{{180, 128, 128},
                                       {168, 44, 136},
                                       {145, 147, 44},
                                       {133, 63, 52},
                                       {63, 193, 204},
                                       {51, 109, 212},
                                       {28, 212, 120}}};
// Two chroma values a scene; the ground moves between them.
constexpr std::array<Colour, 5> kScenes{
    {{40, 110, 150}, {70, 150, 110}, {30, 140, 120}, {90, 118, 140}, {55, 128, 112}}};
constexpr std::int64_t kSceneSeconds = 4;

class Canvas {
 public:
  explicit Canvas(AVFrame& frame) : frame_(frame) {}

  int width() const { return frame_.width; }
  int height() const { return frame_.height; }
  std::uint8_t* row(int plane, int y) { return frame_.data[plane] + y * frame_.linesize[plane]; }

  void box(int left, int top, int width, int height, Colour colour) {
    const int right = std::clamp(left + width, 0, frame_.width);
    const int bottom = std::clamp(top + height, 0, frame_.height);
    left = std::clamp(left, 0, right) & ~1;
    top = std::clamp(top, 0, bottom) & ~1;
    for (int y = top; y < bottom; ++y)
      std::memset(row(0, y) + left, colour.y, static_cast<std::size_t>(right - left));
    for (int y = top / 2; y < (bottom + 1) / 2; ++y) {
      const auto count = static_cast<std::size_t>((right + 1) / 2 - left / 2);
      std::memset(row(1, y) + left / 2, colour.u, count);
      std::memset(row(2, y) + left / 2, colour.v, count);
    }
  }

 private:
  AVFrame& frame_;
};

// Gradient, checks and stripes in turn, all moving, so that every scene costs bits.
int ground(std::int64_t scene, int x, int y, int phase) {
  switch (scene % 3) {
    case 0:
      return (x + y + 4 * phase) / 8 & 127;
    case 1:
      return (((x + 3 * phase) / 64 + (y + phase) / 64) & 1) * 80 + ((x - y) / 16 & 15);
    default:
      return ((x * 2 - y + 6 * phase) / 32 & 3) * 30 + (y / 16 & 7);
  }
}

void paint_ground(Canvas& canvas, std::int64_t scene, int phase) {
  const Colour base = kScenes[static_cast<std::size_t>(scene) % kScenes.size()];
  for (int y = 0; y < canvas.height(); ++y) {
    std::uint8_t* row = canvas.row(0, y);
    for (int x = 0; x < canvas.width(); ++x)
      row[x] = static_cast<std::uint8_t>(base.y + ground(scene, x, y, phase));
  }
  for (int y = 0; y < (canvas.height() + 1) / 2; ++y) {
    const auto count = static_cast<std::size_t>((canvas.width() + 1) / 2);
    const int shade = (y + phase) / 24 & 15;
    std::memset(canvas.row(1, y), base.u + shade, count);
    std::memset(canvas.row(2, y), base.v - shade, count);
  }
}

// Segments a to g of each digit as bits.
constexpr std::array<std::uint8_t, 10> kDigits{0x3f, 0x06, 0x5b, 0x4f, 0x66,
                                               0x6d, 0x7d, 0x07, 0x7f, 0x6f};

void paint_digit(Canvas& canvas, int digit, int left, int top, int size) {
  const int t = std::max(size / 6, 2);  // thickness of a segment
  const int w = size;
  const int h = 2 * size;
  const int bits = kDigits[static_cast<std::size_t>(digit)];
  const std::array<std::array<int, 4>, 7> segments{{{0, 0, w, t},
                                                    {w - t, 0, t, h / 2},
                                                    {w - t, h / 2, t, h / 2},
                                                    {0, h - t, w, t},
                                                    {0, h / 2, t, h / 2},
                                                    {0, 0, t, h / 2},
                                                    {0, h / 2 - t / 2, w, t}}};
  for (std::size_t i = 0; i < segments.size(); ++i)
    if ((bits >> i & 1) != 0)
      canvas.box(left + segments[i][0], top + segments[i][1], segments[i][2], segments[i][3],
                 kWhite);
}

void paint_text(Canvas& canvas, const std::string& digits, int left, int top, int size) {
  const int step = size * 3 / 2;
  canvas.box(left - size / 2, top - size / 2, step * static_cast<int>(digits.size()) + size / 2,
             3 * size, kBlack);
  for (const char c : digits) {
    if (c == ':') {
      canvas.box(left + size / 3, top + size / 2, size / 4, size / 4, kWhite);
      canvas.box(left + size / 3, top + size * 5 / 4, size / 4, size / 4, kWhite);
    } else {
      paint_digit(canvas, c - '0', left, top, size);
    }
    left += step;
  }
}

// There and back again between 0 and `range`.
int bounce(std::int64_t at, int range) {
  if (range <= 0) return 0;
  const auto turn = static_cast<int>(at % (2 * static_cast<std::int64_t>(range)));
  return turn < range ? turn : 2 * range - turn;
}

}  // namespace

media::Frame paint(const PatternOptions& options, std::int64_t n) {
  media::Frame frame;
  AVFrame& raw = *frame.raw();
  raw.width = options.width;
  raw.height = options.height;
  raw.format = AV_PIX_FMT_YUV420P;
  raw.color_range = AVCOL_RANGE_MPEG;
  if (av_frame_get_buffer(&raw, 0) < 0) throw std::bad_alloc();
  raw.pts = n;
  raw.time_base = av_inv_q(options.frame_rate);

  const std::int64_t second = media::Time{n, raw.time_base}.micros() / 1'000'000;
  const std::int64_t first = media::Time{second, {1, 1}}.in(raw.time_base);
  const double since = static_cast<double>(n - first) * av_q2d(raw.time_base);
  const int w = options.width;
  const int h = options.height;
  Canvas canvas(raw);
  paint_ground(canvas, second / kSceneSeconds, static_cast<int>(n % 100'000));
  for (int i = 0; i < 7; ++i)
    canvas.box(w * i / 7, h * 9 / 10, w / 7 + 1, h / 10 + 1, kBars[static_cast<std::size_t>(i)]);
  const int side = h / 8;
  canvas.box(bounce(n * w / 180, w - side), bounce(n * h / 100, h * 8 / 10 - side), side, side,
             kBars[static_cast<std::size_t>(second % 7)]);
  if (since < 0.1) canvas.box(w - h / 3, 0, h / 3, h / 3, kWhite);
  paint_text(canvas,
             fmt::format("{:02}:{:02}:{:02}:{:02}", second / 3600 % 100, second / 60 % 60,
                         second % 60, n - first),
             h / 20, h * 7 / 10, std::max(h / 24, 4));
  return frame;
}

media::Frame sound(const PatternOptions& options, std::int64_t first, int count) {
  media::Frame frame;
  AVFrame& raw = *frame.raw();
  raw.format = AV_SAMPLE_FMT_S16;
  raw.sample_rate = options.sample_rate;
  raw.nb_samples = count;
  av_channel_layout_default(&raw.ch_layout, 2);
  if (av_frame_get_buffer(&raw, 0) < 0) throw std::bad_alloc();
  raw.pts = first;
  raw.time_base = {1, options.sample_rate};
  auto* samples = reinterpret_cast<std::int16_t*>(raw.data[0]);
  const double step = 2 * std::numbers::pi * 1000 / options.sample_rate;
  for (int i = 0; i < count; ++i) {
    const std::int64_t in_second = (first + i) % options.sample_rate;
    const double value = in_second < options.sample_rate / 10
                             ? 0.125893 * std::sin(step * static_cast<double>(in_second))
                             : 0;
    samples[2 * i] = samples[2 * i + 1] = static_cast<std::int16_t>(std::lround(value * 32767));
  }
  return frame;
}

}  // namespace weir::ingest
