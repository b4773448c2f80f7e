// Rules that compare what the multivariant playlist declares with the bitstream.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include <boost/json.hpp>

#include "probe/bandwidth.h"
#include "probe/check.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

std::vector<SegmentSize> sizes(const Rendition& rendition) {
  std::vector<SegmentSize> out;
  for (std::size_t i = 0; i < rendition.segments.size(); ++i)
    if (const auto& facts = rendition.segments[i].facts)
      out.push_back({facts->bytes, rendition.text.segments[i].duration_us});
  return out;
}

// One form for entries that mean the same: hexadecimal digits of either case; the parameter sets in
// the sample entry or in the samples.
std::string normalised(std::string_view entry) {
  std::string out;
  for (const char c : entry)
    if (c != ' ') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (out.starts_with("avc3")) out.replace(0, 4, "avc1");
  if (out.starts_with("hev1")) out.replace(0, 4, "hvc1");
  return out;
}

std::set<std::string> declared_codecs(std::string_view list) {
  std::set<std::string> out;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    out.insert(normalised(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return out;
}

// Empty when some track has no entry we could compare.
std::set<std::string> measured_codecs(const Presentation& p, const hls::VariantText& variant,
                                      const Rendition& rendition) {
  std::set<std::string> out;
  auto parts = p.group("AUDIO", variant.audio);
  parts.push_back(&rendition);
  for (const auto* part : parts) {
    if (part->codecs.empty() || part->codecs.size() != part->tracks.size()) return {};
    for (const auto* codecs : {&part->codecs, &part->later_codecs})
      for (const auto& codec : *codecs) out.insert(normalised(codec));
  }
  return out;
}

std::string joined(const std::set<std::string>& codecs) {
  std::string out;
  for (const auto& codec : codecs) out += (out.empty() ? "" : ",") + codec;
  return out;
}

boost::json::value text_value(std::string_view text) {
  return boost::json::value(text);
}

/// One variant under the rules of this file.
class VariantRules {
 public:
  VariantRules(const Presentation& p, std::size_t index, Findings& out)
      : p_(p), variant_(p.multivariant->variants[index]), r_(p.of_variant(index)), out_(out) {}

  void check() {
    check_codecs();
    check_resolution();
    check_frame_rate();
    check_bandwidth();
  }

 private:
  void add(const char* rule, boost::json::value measured, boost::json::value limit,
           std::string message) {
    out_.add({&find_rule(rule), p_.location, variant_.line, std::move(measured), std::move(limit),
              fmt::format("variant '{}': {}", variant_.uri, message)});
  }
  void check_codecs();
  void check_resolution();
  void check_frame_rate();
  void check_bandwidth();
  void check_near(const char* rule, const char* name, std::int64_t declared, std::int64_t measured);

  const Presentation& p_;
  const hls::VariantText& variant_;
  const Rendition& r_;
  Findings& out_;
};

void VariantRules::check_codecs() {
  const auto measured = measured_codecs(p_, variant_, r_);
  if (variant_.codecs.empty() || measured.empty()) return;
  // Subtitles and captions have entries too, but no bitstream that was read.
  auto declared = declared_codecs(variant_.codecs);
  std::erase_if(declared, [](const std::string& c) {
    return c.starts_with("stpp") || c.starts_with("wvtt");
  });
  if (declared == measured) return;
  add("draft-CODECS", text_value(joined(measured)), text_value(variant_.codecs),
      fmt::format("CODECS says '{}', the bitstream is '{}'", variant_.codecs, joined(measured)));
}

void VariantRules::check_resolution() {
  const auto* video = r_.track(media::Kind::kVideo);
  if (video == nullptr || !variant_.resolution || video->par->width <= 0) return;
  const Size size{video->par->width, video->par->height};
  if (size == *variant_.resolution) return;
  const auto text = [](const Size& s) { return fmt::format("{}x{}", s.width, s.height); };
  add("draft-RESOLUTION", text_value(text(size)), text_value(text(*variant_.resolution)),
      fmt::format("RESOLUTION says {}, the picture is {}", text(*variant_.resolution), text(size)));
}

// A rate with pauses in it has no one value to compare with.
void VariantRules::check_frame_rate() {
  if (!variant_.frame_rate_micro || !r_.video.constant_rate || r_.video.frame_rate <= 0) return;
  const double declared = static_cast<double>(*variant_.frame_rate_micro) / 1e6;
  const double span = static_cast<double>(r_.video.duration_us()) / 1e6;
  if (span < 0.5) return;  // too few pictures to have a rate
  const double rounding =
      span > 0 ? r_.video.frame_rate * 0.001 / span : 0;  // stamps in milliseconds
  if (std::abs(declared - r_.video.frame_rate) <= std::max(0.02, rounding)) return;
  add("draft-FRAME-RATE", r_.video.frame_rate, declared,
      fmt::format("FRAME-RATE says {}, the pictures come at {} a second", rate_words(declared),
                  rate_words(r_.video.frame_rate)));
}

void VariantRules::check_near(const char* rule, const char* name, std::int64_t declared,
                              std::int64_t measured) {
  const double off = (static_cast<double>(measured) - static_cast<double>(declared)) /
                     std::max(1.0, static_cast<double>(declared));
  if (std::abs(off) <= 0.1) return;
  add(rule, measured, declared,
      fmt::format("{} says {}, measured {} ({:+.1f} %)", name, bitrate_words(declared),
                  bitrate_words(measured), off * 100));
}

void VariantRules::check_bandwidth() {
  const MeasuredRates rates = measured_rates(p_, variant_, r_);
  if (!rates.whole) return;
  // EXTINF is rounded, so a rate computed from it is only this exact.
  constexpr double kRounding = 1.001;
  if (variant_.bandwidth &&
      static_cast<double>(rates.peak) > static_cast<double>(*variant_.bandwidth) * kRounding)
    add("draft-BANDWIDTH", rates.peak, *variant_.bandwidth,
        fmt::format("BANDWIDTH says {}, a run of segments needs {}",
                    bitrate_words(*variant_.bandwidth), bitrate_words(rates.peak)));
  if (!r_.vod()) return;
  if (variant_.bandwidth) check_near("general-1.27", "BANDWIDTH", *variant_.bandwidth, rates.peak);
  if (variant_.average_bandwidth)
    check_near("general-1.26", "AVERAGE-BANDWIDTH", *variant_.average_bandwidth, rates.average);
}

}  // namespace

MeasuredRates measured_rates(const Rendition& rendition) {
  const auto segments = sizes(rendition);
  const std::int64_t target = rendition.text.target_duration.value_or(0) * 1'000'000;
  return {average_bitrate(segments), peak_bitrate(segments, target), rendition.all_read()};
}

MeasuredRates measured_rates(const Presentation& p, const hls::VariantText& variant,
                             const Rendition& rendition) {
  MeasuredRates out = measured_rates(rendition);
  for (const auto& group :
       {p.group("AUDIO", variant.audio), p.group("SUBTITLES", variant.subtitles)}) {
    MeasuredRates worst{0, 0, true};
    for (const auto* member : group) {
      if (member == &rendition) continue;  // a variant of sound alone
      const MeasuredRates rates = measured_rates(*member);
      worst = {std::max(worst.average, rates.average), std::max(worst.peak, rates.peak),
               worst.whole && rates.whole};
    }
    out = {out.average + worst.average, out.peak + worst.peak, out.whole && worst.whole};
  }
  return out;
}

void check_declared(const Presentation& p, Findings& out) {
  if (!p.multivariant) return;
  for (std::size_t i = 0; i < p.multivariant->variants.size(); ++i) VariantRules(p, i, out).check();
}

}  // namespace weir::probe
