#include "publish/hls_multivariant.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/ranges.h>

#include "hls/language.h"
#include "publish/hls_sound_groups.h"

namespace weir::publish {
namespace {

Rates worst_of(const std::vector<const RenditionEntry*>& members) {
  Rates out;
  for (const auto* member : members) {
    out.peak = std::max(out.peak, member->rates.peak);
    out.average = std::max(out.average, member->rates.average);
  }
  return out;
}

void list_members(const SoundGroup& group, hls::MultivariantPlaylist& out) {
  for (const auto& member : group.members) {
    const RenditionEntry& entry = *member.entry;
    hls::AudioRendition audio;
    audio.group = group.id;
    audio.name = member.name;
    audio.language = hls::language_tag(entry.track.language);
    audio.is_default = member.is_default;
    audio.autoselect = member.autoselect;
    audio.characteristics = entry.choice.characteristics;
    audio.channels = entry.facts.channels;
    audio.uri = entry.uri;
    audio.stable_id = entry.stable_id;
    out.audio.push_back(std::move(audio));
  }
}

hls::Variant variant_of(const RenditionEntry& rendition) {
  hls::Variant variant;
  variant.uri = rendition.uri;
  variant.bandwidth = rendition.rates.peak;
  variant.average_bandwidth = rendition.rates.average;
  variant.codecs = rendition.facts.codecs;
  variant.supplemental = rendition.facts.supplemental;
  variant.resolution = rendition.facts.resolution;
  variant.video_range = rendition.facts.video_range;
  if (rendition.track.video()) variant.frame_rate = rendition.frame_rate;
  variant.score = rendition.choice.score;
  variant.stable_id = rendition.stable_id;
  return variant;
}

hls::Variant iframes_of(const RenditionEntry& rendition) {
  hls::Variant variant = variant_of(rendition);
  variant.uri = rendition.iframes_uri;
  variant.bandwidth = rendition.iframe_rates.peak;
  variant.average_bandwidth = rendition.iframe_rates.average;
  variant.frame_rate = {0, 1};
  variant.score.reset();
  if (!variant.stable_id.empty()) variant.stable_id += "-iframes";
  return variant;
}

hls::Variant with_group(const RenditionEntry& rendition, const SoundGroup& group) {
  hls::Variant variant = variant_of(rendition);
  const Rates sound = group.worst();
  variant.bandwidth += sound.peak;
  variant.average_bandwidth += sound.average;
  for (const auto& codec : group.codecs()) variant.codecs += "," + codec;
  variant.audio = group.id;
  return variant;
}

void list_sound_alone(const std::vector<SoundGroup>& groups, hls::MultivariantPlaylist& out) {
  const bool one = is_one_sound(groups);
  for (const auto& group : groups) {
    hls::Variant variant = variant_of(*group.members.front().entry);
    if (!one) {
      list_members(group, out);
      variant.bandwidth = group.worst().peak;
      variant.average_bandwidth = group.worst().average;
      variant.codecs = fmt::format("{}", fmt::join(group.codecs(), ","));
      variant.audio = group.id;
    }
    out.variants.push_back(std::move(variant));
  }
}

constexpr const char* kTexts = "subs";

// Of those a player may choose from by itself no two are for the same listener.
void settle_autoselect(std::vector<hls::SubtitleRendition>& texts) {
  std::set<std::tuple<std::string, bool, bool>> taken;
  const auto key = [](const auto& t) { return std::tuple(t.language, t.forced, t.sdh); };
  for (const auto& text : texts)
    if (text.is_default) taken.insert(key(text));
  for (auto& text : texts)
    if (!text.is_default) text.autoselect = taken.insert(key(text)).second;
}

void list_texts(const std::vector<RenditionEntry>& renditions, hls::MultivariantPlaylist& out) {
  std::vector<const RenditionEntry*> members;
  std::set<std::string> taken;
  for (const auto& rendition : renditions) {
    if (!rendition.track.text()) continue;
    members.push_back(&rendition);
    hls::SubtitleRendition text = subtitle_rendition(rendition.text, rendition.uri);
    text.group = kTexts;
    text.stable_id = rendition.stable_id;
    text.name = unique_name(text.name, taken);
    out.subtitles.push_back(std::move(text));
  }
  settle_autoselect(out.subtitles);
  if (members.empty()) return;
  const Rates worst = worst_of(members);
  for (auto& variant : out.variants) {
    variant.subtitles = kTexts;
    variant.bandwidth += worst.peak;
    variant.average_bandwidth += worst.average;
  }
}

}  // namespace

hls::MultivariantPlaylist multivariant(const std::vector<RenditionEntry>& renditions, int version) {
  hls::MultivariantPlaylist out;
  out.version = version;
  const bool pictures = std::any_of(renditions.begin(), renditions.end(),
                                    [](const auto& r) { return r.track.video(); });
  const std::vector<SoundGroup> groups = sound_groups(renditions);
  if (!pictures) list_sound_alone(groups, out);
  if (pictures)
    for (const auto& group : groups) list_members(group, out);
  for (const auto& rendition : renditions) {
    if (!rendition.track.video()) continue;
    if (!rendition.iframes_uri.empty()) out.iframes.push_back(iframes_of(rendition));
    if (groups.empty()) out.variants.push_back(variant_of(rendition));
    for (const auto& group : groups) out.variants.push_back(with_group(rendition, group));
  }
  list_texts(renditions, out);
  return out;
}

}  // namespace weir::publish
