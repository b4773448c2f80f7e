// Rules over what the variants are, one by one.
#include <algorithm>
#include <cmath>

#include "probe/check.h"
#include "probe/codec_entry.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

/// What every check here is given.
struct Look {
  const Presentation& p;
  const Stream& stream;
  Findings& out;

  void add(std::string_view rule, boost::json::value measured, boost::json::value limit,
           std::string_view what) const {
    out.add({&find_rule(rule), p.location, stream.line, std::move(measured), std::move(limit),
             fmt::format("'{}' {}", stream.name, what)});
  }
  void add(std::string_view rule, std::string_view what) const {
    add(rule, nullptr, nullptr, what);
  }
};

/// The most a codec may ask of a device.
struct Cap {
  std::string_view rule;
  Family family;
  std::vector<int> profiles;  // all that may be; empty when any may
  int level;
};

bool above(const Cap& cap, const CodecEntry& codec) {
  if (codec.family != cap.family || codec.level == 0) return false;
  const auto& all = cap.profiles;
  const bool known = all.empty() || std::find(all.begin(), all.end(), codec.profile) != all.end();
  return !known || codec.level > cap.level;
}

// AVC counts levels in tenths, HEVC in thirtieths; 18 is AV1's 6.2.
const std::vector<Cap>& caps() {
  static const std::vector<int> high{66, 77, 88, 100};
  static const std::vector<Cap> all{
      {"general-1.3b", Family::kAvc, high, 52}, {"macos-1.3b", Family::kAvc, high, 50},
      {"tvos-1.3b", Family::kAvc, high, 51},    {"general-1.6b", Family::kHevc, {1, 2}, 153},
      {"general-1.37", Family::kAv1, {}, 18},
  };
  return all;
}

void check_caps(const Look& look) {
  for (const auto& codec : look.stream.codecs) {
    for (const auto& cap : caps())
      if (above(cap, codec))
        look.add(cap.rule, fmt::format("is {}, of too high a profile or level", codec.text));
    if (codec.form == "dvh1" && codec.profile == 5 && codec.level > 7)
      look.add("general-1.9", fmt::format("is {}, above level 7", codec.text));
  }
}

void check_forms(const Look& look) {
  constexpr int kHigh = 100;
  for (const auto& codec : look.stream.codecs) {
    if (codec.family == Family::kOtherVideo)
      look.add("general-1.1", fmt::format("has pictures of {}", codec.text));
    if (codec.family == Family::kOtherAudio)
      look.add("general-2.2", fmt::format("has sound of {}", codec.text));
    if (codec.form == "avc3" || codec.form == "hev1" || codec.form == "dvhe")
      look.add("general-1.10",
               fmt::format("is {}, with parameter sets in the samples", codec.text));
    if (codec.family == Family::kAvc && codec.profile > 0 && codec.profile < kHigh)
      look.add("general-1.4", fmt::format("is {}, not High profile", codec.text));
  }
}

bool mapped(const Rendition& rendition) {
  return rendition.text.segments.empty() || !rendition.text.maps.empty();
}

// Sound of a group is in playlists of its own.
void check_containers(const Look& look) {
  const auto group = look.p.group("AUDIO", look.stream.audio_group);
  const bool sound_mapped = group.empty() ? mapped(*look.stream.rendition)
                                          : std::all_of(group.begin(), group.end(),
                                                        [](const auto* r) { return mapped(*r); });
  for (const auto& codec : look.stream.codecs) {
    if (codec.family == Family::kHevc && !mapped(*look.stream.rendition))
      look.add("general-1.5", "has HEVC, but no EXT-X-MAP");
    const bool needs = codec.text == "mp4a.40.42" || codec.form == "alac" || codec.form == "fLaC" ||
                       codec.form == "apac";
    if (needs && !sound_mapped)
      look.add("general-2.25", fmt::format("has {}, but no EXT-X-MAP", codec.text));
  }
}

void check_rate(const Look& look) {
  constexpr double kRates[] = {24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 50, 60000 / 1001.0, 60};
  constexpr double kNear = 0.02;
  const double rate = look.stream.frame_rate;
  if (rate <= 0) return;
  if (rate > 60 + kNear)
    return look.add("general-1.19", rate, 60,
                    fmt::format("has {} pictures a second", rate_words(rate)));
  const bool usual = std::any_of(std::begin(kRates), std::end(kRates),
                                 [&](double each) { return std::abs(rate - each) <= kNear; });
  if (!usual && look.stream.rendition->vod())
    look.add("general-1.18", rate, nullptr,
             fmt::format("has {} pictures a second", rate_words(rate)));
}

// Sound within the segments of a picture; what comes in a group of its own is separate.
void check_sound(const Look& look) {
  constexpr std::int64_t kMost = 64'000 * 110 / 100;  // with its container
  const auto& s = look.stream;
  if (s.line > 0 && s.video() && s.audio() && s.audio_group.empty())
    look.add("general-9.5", "has sound and picture in one");
  if (s.line > 0 && !s.video() && s.audio()) look.add("tvos-9.20", "is sound alone");
  const bool he =
      s.codecs.size() == 1 && (s.codecs[0].text == "mp4a.40.5" || s.codecs[0].text == "mp4a.40.29");
  if (he && s.bandwidth > kMost)
    look.add("general-2.4", s.bandwidth, kMost,
             fmt::format("is HE-AAC of {}", bitrate_words(s.bandwidth)));
}

void check_aspect(const Look& look, const Stream& first) {
  if (!look.stream.size || !first.size || look.stream.size->height <= 0) return;
  const auto ratio = [](const Size& size) {
    return static_cast<double>(size.width) / std::max(1, size.height);
  };
  const double mine = ratio(*look.stream.size), other = ratio(*first.size);
  if (std::abs(mine - other) > other * 0.02)
    look.add("general-1.33", mine, other,
             fmt::format("has the aspect ratio {:.3f}, '{}' {:.3f}", mine, first.name, other));
}

}  // namespace

void check_codecs(const Presentation& p, Findings& out) {
  constexpr void (*kChecks[])(const Look&) = {check_caps, check_forms, check_containers, check_rate,
                                              check_sound};
  const auto all = streams(p);
  const auto first =
      std::find_if(all.begin(), all.end(), [](const Stream& s) { return s.size.has_value(); });
  for (const auto& stream : all) {
    for (const auto check : kChecks) check({p, stream, out});
    if (first != all.end()) check_aspect({p, stream, out}, *first);
  }
}

}  // namespace weir::probe
