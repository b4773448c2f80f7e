#include "publish/hls_sound_groups.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "hls/language.h"

namespace weir::publish {
namespace {

constexpr std::string_view kDescribesVideo = "public.accessibility.describes-video";

/// What makes a track the same thing to hear as another one.
using Identity = std::tuple<std::string, std::string, std::vector<std::string>>;

Identity identity_of(const RenditionEntry& entry) {
  return {hls::language_tag(entry.track.language), entry.choice.label,
          entry.choice.characteristics};
}

bool same_form(const RenditionEntry& a, const RenditionEntry& b) {
  return a.track.codec() == b.track.codec() && a.facts.channels == b.facts.channels;
}

bool both_named(const RenditionEntry& a, const RenditionEntry& b) {
  return !a.track.rendition.empty() && !b.track.rendition.empty();
}

/// Something to hear, in one or more encodings.
struct Sound {
  std::vector<const RenditionEntry*> encodings;
  std::string name;
  bool is_default = false;
  bool autoselect = true;

  const RenditionEntry& first() const { return *encodings.front(); }
  bool takes(const RenditionEntry& entry) const {
    return identity_of(first()) == identity_of(entry) &&
           std::all_of(encodings.begin(), encodings.end(), [&](const auto* other) {
             return !same_form(*other, entry) || both_named(*other, entry);
           });
  }
};

std::string wanted_name(const Sound& sound) {
  const auto& entry = sound.first();
  const std::string language = hls::language_tag(entry.track.language);
  const std::string plain = language == "und" ? "audio" : language;
  if (!entry.choice.label.empty()) return entry.choice.label;
  return sound.encodings.size() > 1 || entry.track.rendition.empty() ? plain
                                                                     : entry.track.rendition;
}

bool has(const Sound& sound, bool (*what)(const RenditionChoice&)) {
  return std::any_of(sound.encodings.begin(), sound.encodings.end(),
                     [&](const auto* entry) { return what(entry->choice); });
}

bool describes(const RenditionChoice& choice) {
  return std::find(choice.characteristics.begin(), choice.characteristics.end(), kDescribesVideo) !=
         choice.characteristics.end();
}

void choose_default(std::vector<Sound>& sounds) {
  const auto chosen = [](const Sound& s) {
    return has(s, [](const RenditionChoice& c) { return c.is_default == true; });
  };
  const auto fit = [](const Sound& s) {
    return !has(s, [](const RenditionChoice& c) { return c.is_default == false || describes(c); });
  };
  auto found = std::find_if(sounds.begin(), sounds.end(), chosen);
  if (found == sounds.end()) found = std::find_if(sounds.begin(), sounds.end(), fit);
  if (found != sounds.end()) found->is_default = true;
}

void choose_autoselect(std::vector<Sound>& sounds) {
  using Listener = std::pair<std::string, std::vector<std::string>>;
  std::set<Listener> taken;
  const auto listener = [](const Sound& s) {
    return Listener(hls::language_tag(s.first().track.language), s.first().choice.characteristics);
  };
  const auto barred = [](const RenditionChoice& c) { return c.autoselect == false; };
  const auto asked = [](const RenditionChoice& c) { return c.autoselect == true; };
  for (const auto& sound : sounds)
    if (sound.is_default) taken.insert(listener(sound));
  for (auto& sound : sounds) {
    if (sound.is_default) continue;
    sound.autoselect = !has(sound, barred) && taken.insert(listener(sound)).second;
    sound.autoselect = sound.autoselect || has(sound, asked);
  }
}

std::vector<Sound> find_sounds(const std::vector<RenditionEntry>& renditions) {
  std::vector<Sound> sounds;
  for (const auto& entry : renditions) {
    if (!entry.track.audio()) continue;
    const auto same = [&](const Sound& sound) { return sound.takes(entry); };
    auto sound = std::find_if(sounds.begin(), sounds.end(), same);
    if (sound == sounds.end()) sound = sounds.insert(sound, Sound());
    sound->encodings.push_back(&entry);
  }
  std::set<std::string> taken;
  for (auto& sound : sounds) sound.name = unique_name(wanted_name(sound), taken);
  choose_default(sounds);
  choose_autoselect(sounds);
  return sounds;
}

/// One way to encode: what a group is made for.
struct Form {
  const RenditionEntry* like = nullptr;
  std::size_t rank = 0;  ///< Among encodings of the same form: at another rate.
};

std::size_t rank_of(const Sound& sound, std::size_t index) {
  const auto& entry = *sound.encodings[index];
  return static_cast<std::size_t>(
      std::count_if(sound.encodings.begin(), sound.encodings.begin() + static_cast<long>(index),
                    [&](const auto* earlier) { return same_form(*earlier, entry); }));
}

std::vector<Form> find_forms(const std::vector<Sound>& sounds) {
  std::vector<Form> forms;
  for (const auto& sound : sounds)
    for (std::size_t i = 0; i < sound.encodings.size(); ++i) {
      const Form form{sound.encodings[i], rank_of(sound, i)};
      const bool known = std::any_of(forms.begin(), forms.end(), [&](const Form& f) {
        return same_form(*f.like, *form.like) && f.rank == form.rank;
      });
      if (!known) forms.push_back(form);
    }
  return forms;
}

// How few players have it.
std::size_t rarity(AVCodecID codec) {
  constexpr std::array kCommon{AV_CODEC_ID_AAC, AV_CODEC_ID_MP3, AV_CODEC_ID_AC3, AV_CODEC_ID_EAC3};
  return static_cast<std::size_t>(std::find(kCommon.begin(), kCommon.end(), codec) -
                                  kCommon.begin());
}

// The encoding a group of this form offers; nullptr when none would be safe.
const RenditionEntry* encoding_for(const Sound& sound, const Form& form) {
  const RenditionEntry* best = nullptr;
  for (std::size_t i = 0; i < sound.encodings.size(); ++i) {
    const auto* entry = sound.encodings[i];
    if (same_form(*entry, *form.like) && rank_of(sound, i) == form.rank) return entry;
    if (rarity(entry->track.codec()) > rarity(form.like->track.codec())) continue;
    const bool closer = best == nullptr || (entry->track.codec() == form.like->track.codec() &&
                                            best->track.codec() != form.like->track.codec());
    if (closer) best = entry;
  }
  return best;
}

SoundGroup group_of(const std::vector<Sound>& sounds, const Form& form) {
  SoundGroup group{std::string(form.like->track.codec_name()), {}};
  for (const auto& sound : sounds)
    if (const auto* entry = encoding_for(sound, form))
      group.members.push_back({entry, sound.name, sound.is_default, sound.autoselect});
  return group;
}

bool same_members(const SoundGroup& a, const SoundGroup& b) {
  return std::equal(a.members.begin(), a.members.end(), b.members.begin(), b.members.end(),
                    [](const auto& x, const auto& y) { return x.entry == y.entry; });
}

}  // namespace

std::vector<std::string> SoundGroup::codecs() const {
  std::vector<std::string> out;
  for (const auto& member : members)
    if (std::find(out.begin(), out.end(), member.entry->facts.codecs) == out.end())
      out.push_back(member.entry->facts.codecs);
  return out;
}

Rates SoundGroup::worst() const {
  Rates out;
  for (const auto& member : members) {
    out.peak = std::max(out.peak, member.entry->rates.peak);
    out.average = std::max(out.average, member.entry->rates.average);
  }
  return out;
}

std::vector<SoundGroup> sound_groups(const std::vector<RenditionEntry>& renditions) {
  const auto sounds = find_sounds(renditions);
  std::vector<SoundGroup> groups;
  for (const auto& form : find_forms(sounds)) {
    auto group = group_of(sounds, form);
    const auto same = [&](const SoundGroup& g) { return same_members(g, group); };
    if (std::none_of(groups.begin(), groups.end(), same)) groups.push_back(std::move(group));
  }
  std::set<std::string> taken;
  for (auto& group : groups) group.id = unique_name(group.id, taken, "-");
  if (groups.size() == 1) groups.front().id = "audio";
  return groups;
}

bool is_one_sound(const std::vector<SoundGroup>& groups) {
  return std::all_of(groups.begin(), groups.end(),
                     [](const SoundGroup& group) { return group.members.size() == 1; });
}

std::string unique_name(const std::string& base, std::set<std::string>& taken,
                        std::string_view between) {
  std::string name = base;
  for (int i = 2; !taken.insert(name).second; ++i) name = fmt::format("{}{}{}", base, between, i);
  return name;
}

}  // namespace weir::publish
