#include "probe/codec_entry.h"

#include <algorithm>
#include <charconv>

#include "probe/words.h"

namespace weir::probe {
namespace {

struct Form {
  std::string_view name;
  Family family;
};
constexpr Form kForms[] = {
    {"avc1", Family::kAvc},          {"avc3", Family::kAvc},         {"hvc1", Family::kHevc},
    {"hev1", Family::kHevc},         {"dvh1", Family::kDolbyVision}, {"dvhe", Family::kDolbyVision},
    {"dav1", Family::kDolbyVision},  {"dva1", Family::kDolbyVision}, {"av01", Family::kAv1},
    {"vp09", Family::kOtherVideo},   {"vp08", Family::kOtherVideo},  {"vvc1", Family::kOtherVideo},
    {"mp4v", Family::kOtherVideo},   {"mjpg", Family::kOtherVideo},  {"mp4a", Family::kAudio},
    {"ac-3", Family::kAudio},        {"ec-3", Family::kAudio},       {"apac", Family::kAudio},
    {"alac", Family::kAudio},        {"fLaC", Family::kAudio},       {"flac", Family::kAudio},
    {"Opus", Family::kOtherAudio},   {"opus", Family::kOtherAudio},  {"ac-4", Family::kOtherAudio},
    {"dtsc", Family::kOtherAudio},   {"dtse", Family::kOtherAudio},  {"iamf", Family::kOtherAudio},
    {"vorbis", Family::kOtherAudio},
};

int number(std::string_view text, int base = 10) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

// "640029": profile, constraints, level, two hexadecimal digits each.
void read_avc(CodecEntry& out, const std::vector<std::string>& parts) {
  if (parts.size() < 2 || parts[1].size() != 6) return;
  out.profile = number(std::string_view(parts[1]).substr(0, 2), 16);
  out.level = number(std::string_view(parts[1]).substr(4), 16);
}

// "2.4.H123.B0": profile behind a letter of its space, compatibility, tier and level.
void read_hevc(CodecEntry& out, const std::vector<std::string>& parts) {
  if (parts.size() < 4 || parts[1].empty() || parts[3].empty()) return;
  const std::string_view profile = parts[1];
  out.profile =
      number(profile.substr(std::isalpha(static_cast<unsigned char>(profile[0])) ? 1 : 0));
  out.high_tier = parts[3][0] == 'H';
  out.level = number(std::string_view(parts[3]).substr(1));
}

// "0.08M.08": profile, level and tier; Dolby Vision has "05.07".
void read_numbers(CodecEntry& out, const std::vector<std::string>& parts) {
  if (parts.size() < 3) return;
  out.profile = number(parts[1]);
  out.level = number(parts[2]);
}

std::vector<CodecEntry> entries(const std::string& declared, const Rendition& rendition) {
  std::vector<CodecEntry> out;
  if (declared.empty())
    for (const auto& codec : rendition.codecs) out.push_back(read_codec(codec));
  else
    for (const auto& part : parts_of(declared)) out.push_back(read_codec(part));
  return out;
}

std::optional<Size> size_of(const Rendition& rendition) {
  const auto* track = rendition.track(media::Kind::kVideo);
  if (track == nullptr) return {};
  return Size{track->par->width, track->par->height};
}

Stream declared(const hls::VariantText& variant, const Rendition& rendition) {
  Stream out;
  out.name = variant.uri;
  out.line = variant.line;
  out.codecs = entries(variant.codecs, rendition);
  out.size = variant.resolution ? variant.resolution : size_of(rendition);
  out.frame_rate = variant.frame_rate_micro ? static_cast<double>(*variant.frame_rate_micro) / 1e6
                                            : rendition.video.frame_rate;
  out.range = variant.video_range.empty() ? "SDR" : variant.video_range;
  out.bandwidth = variant.bandwidth.value_or(0);
  out.audio_group = variant.audio;
  out.rendition = &rendition;
  return out;
}

}  // namespace

CodecEntry read_codec(std::string_view entry) {
  const auto parts = parts_of(entry, '.');
  CodecEntry out;
  out.text = entry;
  if (parts.empty()) return out;
  out.form = parts[0];
  for (const auto& form : kForms)
    if (form.name == out.form) out.family = form.family;
  if (out.family == Family::kAvc) read_avc(out, parts);
  if (out.family == Family::kHevc) read_hevc(out, parts);
  if (out.family == Family::kAv1 || out.family == Family::kDolbyVision) read_numbers(out, parts);
  return out;
}

bool Stream::video() const {
  return size.has_value() ||
         std::any_of(codecs.begin(), codecs.end(), [](const auto& c) { return c.video(); });
}

bool Stream::audio() const {
  return std::any_of(codecs.begin(), codecs.end(), [](const auto& c) { return c.audio(); });
}

bool Stream::has(Family family) const {
  return std::any_of(codecs.begin(), codecs.end(),
                     [&](const auto& c) { return c.family == family; });
}

std::vector<Stream> streams(const Presentation& p) {
  std::vector<Stream> out;
  if (!p.multivariant) {
    hls::VariantText lone;
    lone.uri = p.renditions.front().name;
    if (p.renditions.front().role == Rendition::Role::kMain)
      out.push_back(declared(lone, p.renditions.front()));
    return out;
  }
  for (std::size_t i = 0; i < p.variants.size(); ++i)
    out.push_back(declared(p.multivariant->variants[i], p.of_variant(i)));
  return out;
}

std::vector<Stream> iframe_streams(const Presentation& p) {
  std::vector<Stream> out;
  for (std::size_t i = 0; i < p.iframe_variants.size(); ++i)
    out.push_back(declared(p.multivariant->iframe_variants[i],
                           p.renditions[static_cast<std::size_t>(p.iframe_variants[i])]));
  return out;
}

}  // namespace weir::probe
