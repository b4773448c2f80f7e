#include "flv/colour_info.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

extern "C" {
#include <libavutil/pixdesc.h>
}

#include "flv/amf0.h"
#include "flv/amf_reader.h"

namespace weir::flv {
namespace {

constexpr int kPq = 16;
constexpr int kHlg = 18;
constexpr int kUnspecified = 2;
constexpr double kChromaticityUnits = 50'000;
constexpr double kLuminanceUnits = 10'000;

// In the order of MasteringDisplay::chromaticity.
constexpr std::array<const char*, 8> kCoordinates{"greenX", "greenY", "blueX",       "blueY",
                                                  "redX",   "redY",   "whitePointX", "whitePointY"};

void write_config(const ColourInfo& info, AmfWriter& out) {
  if (info.bit_depth > 0) out.name("bitDepth").number(info.bit_depth);
  if (info.primaries != kUnspecified) out.name("colorPrimaries").number(info.primaries);
  if (info.transfer != kUnspecified) out.name("transferCharacteristics").number(info.transfer);
  if (info.matrix != kUnspecified) out.name("matrixCoefficients").number(info.matrix);
}

void write_light(const media::ContentLight& light, AmfWriter& out) {
  out.name("maxFall").number(light.max_average);
  out.name("maxCLL").number(light.max_level);
}

void write_mastering(const media::MasteringDisplay& display, AmfWriter& out) {
  for (std::size_t i = 0; i < kCoordinates.size(); ++i)
    out.name(kCoordinates[i]).number(display.chromaticity[i] / kChromaticityUnits);
  out.name("maxLuminance").number(display.max_luminance / kLuminanceUnits);
  out.name("minLuminance").number(display.min_luminance / kLuminanceUnits);
}

void write_object(const ColourInfo& info, AmfWriter& out) {
  out.name("colorConfig").object([&] { write_config(info, out); });
  if (info.hdr.light) out.name("hdrCll").object([&] { write_light(*info.hdr.light, out); });
  if (info.hdr.mastering)
    out.name("hdrMdcv").object([&] { write_mastering(*info.hdr.mastering, out); });
}

// Outside values become the nearest the type can hold.
template <typename Number>
Number whole(const AmfValue* value, double units, Number otherwise) {
  const double number = value == nullptr ? NAN : value->number().value_or(NAN) * units;
  if (std::isnan(number)) return otherwise;
  constexpr double kMost = std::numeric_limits<Number>::max();
  return static_cast<Number>(std::llround(std::clamp(number, 0.0, kMost)));
}

void read_config(const AmfValue& config, ColourInfo& info) {
  const auto code = [&](const char* key, int otherwise) {
    return int{whole<std::uint8_t>(config.get(key), 1, static_cast<std::uint8_t>(otherwise))};
  };
  info.bit_depth = code("bitDepth", 0);
  info.primaries = code("colorPrimaries", kUnspecified);
  info.transfer = code("transferCharacteristics", kUnspecified);
  info.matrix = code("matrixCoefficients", kUnspecified);
}

media::ContentLight read_light(const AmfValue& from) {
  return {whole<std::uint16_t>(from.get("maxCLL"), 1, 0),
          whole<std::uint16_t>(from.get("maxFall"), 1, 0)};
}

media::MasteringDisplay read_mastering(const AmfValue& from) {
  media::MasteringDisplay display;
  for (std::size_t i = 0; i < kCoordinates.size(); ++i)
    display.chromaticity[i] =
        whole<std::uint16_t>(from.get(kCoordinates[i]), kChromaticityUnits, 0);
  display.max_luminance = whole<std::uint32_t>(from.get("maxLuminance"), kLuminanceUnits, 0);
  display.min_luminance = whole<std::uint32_t>(from.get("minLuminance"), kLuminanceUnits, 0);
  return display;
}

ColourInfo read_object(const AmfValue& object) {
  ColourInfo info;
  if (const auto* config = object.get("colorConfig")) read_config(*config, info);
  if (const auto* light = object.get("hdrCll")) info.hdr.light = read_light(*light);
  if (const auto* display = object.get("hdrMdcv")) info.hdr.mastering = read_mastering(*display);
  return info;
}

}  // namespace

ColourInfo colour_info(const media::Track& track) {
  const auto& par = *track.par;
  ColourInfo info;
  const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(par.format));
  if (format != nullptr) info.bit_depth = format->comp[0].depth;
  info.primaries = par.color_primaries;
  info.transfer = par.color_trc;
  info.matrix = par.color_space;
  info.hdr = track.hdr;
  return info;
}

bool is_hdr(const ColourInfo& info) {
  return info.transfer == kPq || info.transfer == kHlg || !info.hdr.empty();
}

Bytes write_colour_info(const std::optional<ColourInfo>& info) {
  Bytes body;
  AmfWriter out(body);
  out.text("colorInfo");
  if (info)
    out.object([&] { write_object(*info, out); });
  else
    out.undefined();
  return body;
}

std::optional<ColourInfo> read_colour_info(ByteView metadata) {
  AmfReader amf(metadata);
  while (!amf.done()) {
    const auto name = amf.next();
    if (!name) return {};
    const auto value = amf.next();
    if (!value) return {};
    if (name->text() != nullptr && *name->text() == "colorInfo") return read_object(*value);
  }
  return {};
}

}  // namespace weir::flv
