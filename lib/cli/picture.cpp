#include "cli/picture.h"

#include <array>
#include <charconv>
#include <optional>

#include "base/units.h"
#include "media/time.h"

namespace weir::cli {
namespace {

constexpr std::array<std::string_view, 4> kCorners{"top-left", "top-right", "bottom-left",
                                                   "bottom-right"};
constexpr double kMostPictures = 240;

Result<ladder::Corner> parse_corner(std::string_view text) {
  for (std::size_t i = 0; i < kCorners.size(); ++i)
    if (text == kCorners[i]) return static_cast<ladder::Corner>(i);
  return fail(Code::kUsage,
              "'{}' is no corner: use top-left, top-right, bottom-left or bottom-right", text);
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

Result<AVRational> parse_rate(const std::string& text) {
  AVRational rate{0, 1};
  if (const auto value = number<double>(text)) rate = av_d2q(*value, 100'000);
  if (auto value = media::parse_rational(text)) rate = *value;
  // 23.976, 29.97 and 59.94 mean what broadcasters mean by them.
  for (const int whole : {24, 30, 48, 60, 120})
    if (std::abs(av_q2d(rate) - whole * 1000 / 1001.0) < 0.005) rate = {whole * 1000, 1001};
  if (rate.num <= 0 || av_q2d(rate) < 1 || av_q2d(rate) > kMostPictures)
    return fail(Code::kUsage, "--fps: '{}' is no rate from 1 to {:.0f}, like 25 or 30000/1001",
                text, kMostPictures);
  return rate;
}

Result<ladder::Crop> parse_crop(const std::string& text) {
  std::array<int, 4> values{};
  std::string_view rest = text;
  bool good = true;
  for (auto& value : values) {
    const auto end = std::min(rest.find(':'), rest.size());
    const auto one = number<int>(rest.substr(0, end));
    good = good && one && *one >= 0 && *one % 2 == 0;
    value = one.value_or(0);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!good || !rest.empty() || values[0] < 16 || values[1] < 16)
    return fail(Code::kUsage, "--crop: '{}' is neither auto nor W:H:X:Y, all even, at least 16x16",
                text);
  return ladder::Crop{values[0], values[1], values[2], values[3]};
}

Result<void> read_part(std::string_view key, std::string_view value, ladder::Watermark& mark) {
  if (key == "corner") {
    WEIR_TRY_ASSIGN(mark.corner, parse_corner(value));
  } else if (key == "margin") {
    const auto pixels = number<int>(value);
    if (!pixels || *pixels < 0 || *pixels > 4096)
      return fail(Code::kUsage, "margin '{}' is no number of pixels, 0 to 4096", value);
    mark.margin = *pixels;
  } else if (key == "opacity") {
    const auto part = number<double>(value);
    if (!part || *part < 0 || *part > 1)
      return fail(Code::kUsage, "opacity '{}' is no number from 0 to 1", value);
    mark.opacity = *part;
  } else {
    WEIR_TRY_ASSIGN(const Micros time, parse_duration(value));
    (key == "start" ? mark.start : mark.end) = time;
  }
  return {};
}

bool is_part(std::string_view key) {
  constexpr std::array<std::string_view, 5> kParts{"corner", "margin", "opacity", "start", "end"};
  return std::find(kParts.begin(), kParts.end(), key) != kParts.end();
}

}  // namespace

Result<ladder::Watermark> parse_watermark(const std::string& text) {
  ladder::Watermark mark;
  std::string_view rest = text;
  while (true) {
    const auto comma = rest.rfind(',');
    if (comma == std::string_view::npos) break;
    const auto part = rest.substr(comma + 1);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos || !is_part(part.substr(0, equals))) break;
    auto done = read_part(part.substr(0, equals), part.substr(equals + 1), mark);
    if (!done) return fail(std::move(done).error().within("--watermark"));
    rest = rest.substr(0, comma);
  }
  mark.file = rest;
  if (mark.start && mark.end && *mark.end <= *mark.start)
    return fail(Code::kUsage, "--watermark: its end is not after its start");
  return mark;
}

void bind_picture(CLI::App& app, PictureChoice& chosen) {
  const std::string group = "Picture, in this order, before the renditions part";
  auto& options = chosen.options;
  app.add_option("--deinterlace", chosen.deinterlace,
                 "auto: pictures that are interlaced, by bwdif; off")
      ->check(CLI::IsMember({"auto", "off"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--fps", chosen.fps,
                 "Exactly so many pictures a second; what is left out and shown again is counted")
      ->type_name("RATE")
      ->group(group);
  app.add_option("--crop", chosen.crop,
                 "Of the upright picture; auto: without the black frame around it")
      ->type_name("auto|W:H:X:Y")
      ->group(group);
  app.add_option("--tone-map", chosen.tone_map,
                 "auto: high dynamic range to BT.709, unless all renditions keep it; off")
      ->check(CLI::IsMember({"auto", "off"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--denoise", options.denoise, "Take noise away, 0 to 1")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  app.add_option("--beauty", options.beauty, "Smooth skin and leave the rest sharp, 0 to 1")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  app.add_option("--filter", options.filter, "Any graph of libavfilter with one input and output")
      ->type_name("GRAPH")
      ->group(group);
  app.add_option("--watermark", chosen.watermark,
                 "A PNG on the picture; ,corner= ,margin= ,opacity= ,start= ,end= may follow")
      ->type_name("FILE.png")
      ->group(group);
  app.add_option("--text", options.text.text,
                 "A line on the picture; {timecode} and {utc} stand for its own")
      ->group(group);
  app.add_option("--text-corner", chosen.text_corner, "Where the line is")
      ->check(CLI::IsMember(std::vector<std::string>(kCorners.begin(), kCorners.end())))
      ->capture_default_str()
      ->group(group);
  app.add_option("--text-size", options.text.size, "Height of its letters, percent of the picture")
      ->check(CLI::Range(1.0, 50.0))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

Result<void> read(PictureChoice& chosen) {
  auto& options = chosen.options;
  options.deinterlace = chosen.deinterlace == "auto";
  options.tone_map = chosen.tone_map == "auto";
  if (!chosen.fps.empty()) {
    WEIR_TRY_ASSIGN(options.fps, parse_rate(chosen.fps));
  }
  if (!chosen.crop.empty() && !chosen.crop_auto()) {
    WEIR_TRY_ASSIGN(options.crop, parse_crop(chosen.crop));
  }
  if (!chosen.watermark.empty()) {
    WEIR_TRY_ASSIGN(options.watermark, parse_watermark(chosen.watermark));
  }
  WEIR_TRY_ASSIGN(options.text.corner, parse_corner(chosen.text_corner));
  return {};
}

}  // namespace weir::cli
