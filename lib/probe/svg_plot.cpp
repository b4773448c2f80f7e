#include "probe/svg_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace weir::probe {
namespace {

constexpr double kWidth = 960, kLeft = 70, kRight = 20, kTop = 34, kHeight = 220, kFoot = 26;
constexpr double kRow = 18, kLetter = 7.2, kMostLabel = 300;
constexpr std::array kColours{"#1f6fb4", "#d9622b", "#2e8b57", "#8b5fbf", "#b8860b", "#c0417a"};

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
  double span() const { return high > low ? high - low : 1; }
};

// 1, 2 or 5 times a power of ten, so that about five of them fill the range.
double step_of(double span) {
  const double rough = span / 5, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double times : {1.0, 2.0, 5.0})
    if (times * power >= rough) return times * power;
  return 10 * power;
}

struct Frame {
  Range time;
  Range value;
  double height;
  double left = kLeft;
  double top = kTop;
  double x(double at) const {
    return left + (at - time.low) / time.span() * (kWidth - left - kRight);
  }
  double y(double at) const { return top + height - (at - value.low) / value.span() * height; }
};

double width_of(const std::string& text) {
  return kLetter * static_cast<double>(text.size());
}

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     html_escape(text));
}

std::string line_from(double x1, double y1, double x2, double y2, const char* kind) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n", x1, y1, x2,
      y2, kind);
}

std::string begin(const std::string& title, const Frame& frame) {
  return fmt::format("<svg viewBox=\"0 0 {} {:.0f}\" role=\"img\" aria-label=\"{}\">\n", kWidth,
                     frame.height + frame.top + kFoot, html_escape(title)) +
         fmt::format("<text x=\"0\" y=\"16\" class=\"title\">{}</text>\n", html_escape(title));
}

std::string time_axis(const Frame& frame) {
  std::string out;
  const double step = step_of(frame.time.span());
  for (double at = std::ceil(frame.time.low / step) * step; at <= frame.time.high; at += step) {
    out += line_from(frame.x(at), frame.top, frame.x(at), frame.top + frame.height, "grid");
    out += text_at(frame.x(at), frame.top + frame.height + 16, "middle", fmt::format("{:g} s", at));
  }
  return out;
}

std::string value_axis(const Frame& frame) {
  std::string out;
  const double step = step_of(frame.value.span());
  for (double at = std::ceil(frame.value.low / step) * step; at <= frame.value.high; at += step) {
    out += line_from(frame.left, frame.y(at), kWidth - kRight, frame.y(at), "grid");
    out += text_at(frame.left - 6, frame.y(at) + 4, "end",
                   fmt::format("{:g}", std::round(at / step) * step));
  }
  return out;
}

// The lowest and the highest point of each column of pixels.
std::vector<std::pair<double, double>> thinned(const Curve& curve) {
  const std::size_t columns = static_cast<std::size_t>(kWidth);
  if (curve.points.size() <= 4 * columns) return curve.points;
  std::vector<std::pair<double, double>> out;
  const std::size_t size = curve.points.size() / columns + 1;
  const auto by_value = [](const auto& a, const auto& b) { return a.second < b.second; };
  for (auto from = curve.points.begin(); from != curve.points.end();) {
    const auto left = static_cast<std::size_t>(curve.points.end() - from);
    const auto to = from + static_cast<std::ptrdiff_t>(std::min(size, left));
    const auto [low, high] = std::minmax_element(from, to, by_value);
    out.push_back(*std::min(low, high));
    if (low != high) out.push_back(*std::max(low, high));
    from = to;
  }
  return out;
}

std::string drawn(const Frame& frame, const Curve& curve, const char* colour) {
  std::string out;
  const auto points = thinned(curve);
  if (curve.dots) {
    for (const auto& [at, value] : points)
      out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>\n", frame.x(at),
                         frame.y(value), colour);
    return out;
  }
  out = "<polyline points=\"";
  for (const auto& [at, value] : points)
    out += fmt::format("{:.1f},{:.1f} ", frame.x(at), frame.y(value));
  return out + fmt::format("\" stroke=\"{}\"/>\n", colour);
}

const char* colour_of(std::size_t curve) {
  return kColours[curve % kColours.size()];
}

// Below the title, in as many lines as it takes; `top` is moved below them.
std::string legend(const std::vector<Curve>& curves, double& top) {
  std::string out;
  double x = 0;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const double width = width_of(curves[i].name) + 20;
    if (i == 0 || x + width > kWidth) {
      x = 0;
      top += kRow;
    }
    out += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" fill=\"{}\">{}</text>\n", x, top - kRow,
                       colour_of(i), html_escape(curves[i].name));
    x += width;
  }
  return out;
}

}  // namespace

std::string html_escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string svg_plot(const Plot& plot) {
  Frame frame{{}, {}, kHeight};
  for (const auto& curve : plot.curves)
    for (const auto& [at, value] : curve.points) {
      frame.time.add(at);
      frame.value.add(value);
    }
  if (frame.time.empty()) return "";
  frame.time.add(0);
  frame.time.add(plot.until);
  if (plot.from_zero) frame.value.add(0);
  frame.value.high += frame.value.span() * 0.05;
  const std::string names = legend(plot.curves, frame.top);
  std::string out = begin(plot.title + ", " + plot.unit, frame) + names;
  out += time_axis(frame) + value_axis(frame);
  for (std::size_t i = plot.curves.size(); i-- > 0;)
    out += drawn(frame, plot.curves[i], colour_of(i));
  return out + "</svg>\n";
}

std::string svg_marks(const std::string& title, double until, const std::vector<Marks>& rows) {
  Frame frame{{}, {}, kRow * static_cast<double>(rows.size())};
  for (const auto& row : rows)
    for (const auto& [at, odd] : row.times) frame.time.add(at);
  if (frame.time.empty()) return "";
  frame.time.add(0);
  frame.time.add(until);
  for (const auto& row : rows)
    frame.left = std::clamp(width_of(row.name) + 12, frame.left, kMostLabel);
  std::string out = begin(title, frame) + time_axis(frame);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double top = frame.top + kRow * static_cast<double>(i);
    out += text_at(frame.left - 6, top + 13, "end", rows[i].name);
    for (const auto& [at, odd] : rows[i].times)
      out += line_from(frame.x(at), top + 3, frame.x(at), top + kRow - 3, odd ? "odd" : "even");
  }
  return out + "</svg>\n";
}

}  // namespace weir::probe
