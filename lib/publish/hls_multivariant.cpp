#include "publish/hls_multivariant.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "hls/language.h"

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

struct Group {
  std::string id;
  std::vector<const RenditionEntry*> members;

  std::vector<std::string> codecs() const {
    std::vector<std::string> out;
    for (const auto* member : members)
      if (std::find(out.begin(), out.end(), member->facts.codecs) == out.end())
        out.push_back(member->facts.codecs);
    return out;
  }
  Rates worst() const { return worst_of(members); }
  bool one_language() const {
    return std::all_of(members.begin(), members.end(), [&](const auto* m) {
      return hls::language_tag(m->track.language) ==
             hls::language_tag(members.front()->track.language);
    });
  }
};

std::vector<Group> make_groups(const std::vector<RenditionEntry>& renditions) {
  std::vector<Group> groups;
  for (const auto& rendition : renditions) {
    if (!rendition.track.audio()) continue;
    const auto same = [&](const Group& g) {
      return g.members.front()->track.codec() == rendition.track.codec();
    };
    auto group = std::find_if(groups.begin(), groups.end(), same);
    if (group == groups.end()) group = groups.insert(group, Group{"audio", {}});
    group->members.push_back(&rendition);
  }
  if (groups.size() > 1)
    for (auto& group : groups) group.id = group.members.front()->track.codec_name();
  return groups;
}

std::string unique(const std::string& base, std::set<std::string>& taken) {
  std::string name = base;
  for (int i = 2; !taken.insert(name).second; ++i) name = fmt::format("{} {}", base, i);
  return name;
}

std::string name_of(const RenditionEntry& rendition, std::set<std::string>& taken) {
  const std::string language = hls::language_tag(rendition.track.language);
  std::string base = rendition.track.rendition;
  if (base.empty()) base = language == "und" ? "audio" : language;
  return unique(base, taken);
}

void list_members(const Group& group, hls::MultivariantPlaylist& out) {
  std::set<std::string> taken;
  for (const auto* member : group.members) {
    hls::AudioRendition audio;
    audio.group = group.id;
    audio.name = name_of(*member, taken);
    audio.language = hls::language_tag(member->track.language);
    audio.is_default = member == group.members.front();
    audio.channels = member->facts.channels;
    audio.uri = member->uri;
    out.audio.push_back(std::move(audio));
  }
}

hls::Variant variant_of(const RenditionEntry& rendition) {
  hls::Variant variant;
  variant.uri = rendition.uri;
  variant.bandwidth = rendition.rates.peak;
  variant.average_bandwidth = rendition.rates.average;
  variant.codecs = rendition.facts.codecs;
  variant.resolution = rendition.facts.resolution;
  variant.video_range = rendition.facts.video_range;
  if (rendition.track.video()) variant.frame_rate = rendition.frame_rate;
  return variant;
}

hls::Variant iframes_of(const RenditionEntry& rendition) {
  hls::Variant variant = variant_of(rendition);
  variant.uri = rendition.iframes_uri;
  variant.bandwidth = rendition.iframe_rates.peak;
  variant.average_bandwidth = rendition.iframe_rates.average;
  variant.frame_rate = {0, 1};
  return variant;
}

hls::Variant with_group(const RenditionEntry& rendition, const Group& group) {
  hls::Variant variant = variant_of(rendition);
  const Rates sound = group.worst();
  variant.bandwidth += sound.peak;
  variant.average_bandwidth += sound.average;
  for (const auto& codec : group.codecs()) variant.codecs += "," + codec;
  variant.audio = group.id;
  return variant;
}

void list_sound_alone(const Group& group, hls::MultivariantPlaylist& out) {
  if (group.one_language()) {
    for (const auto* member : group.members) out.variants.push_back(variant_of(*member));
    return;
  }
  list_members(group, out);
  hls::Variant variant = variant_of(*group.members.front());
  variant.bandwidth = group.worst().peak;
  variant.average_bandwidth = group.worst().average;
  variant.codecs = fmt::format("{}", fmt::join(group.codecs(), ","));
  variant.audio = group.id;
  out.variants.push_back(std::move(variant));
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
    text.name = unique(text.name, taken);
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
  const std::vector<Group> groups = make_groups(renditions);
  for (const auto& group : groups)
    pictures ? list_members(group, out) : list_sound_alone(group, out);
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
