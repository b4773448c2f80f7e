#include <algorithm>

#include <fmt/ranges.h>

#include "publish/hls_presentation.h"

namespace weir::publish {
namespace {

Result<void> check_variables(const std::vector<hls::Variable>& defined, std::string_view text) {
  for (const auto& name : hls::variables_in(text))
    if (std::none_of(defined.begin(), defined.end(), [&](const auto& v) { return v.name == name; }))
      return fail(Code::kUsage,
                  "'{}' uses the variable {}, which no [[define]] of --presentation defines", text,
                  name);
  return {};
}

Result<void> check_all_variables(const HlsPresentation& given, const std::string& key_uri) {
  const auto& variables = given.tags.variables;
  WEIR_TRY(check_variables(variables, key_uri));
  for (const auto& pathway : given.pathways) WEIR_TRY(check_variables(variables, pathway.base));
  if (const auto& steering = given.tags.steering)
    WEIR_TRY(check_variables(variables, steering->server_uri));
  for (const auto& data : given.tags.session_data) {
    WEIR_TRY(check_variables(variables, data.value));
    WEIR_TRY(check_variables(variables, data.uri));
  }
  return {};
}

Result<void> check_choice(const RenditionChoice& choice, const media::Track& track,
                          bool has_pictures) {
  const bool of_sound = !choice.label.empty() || !choice.characteristics.empty() ||
                        choice.is_default || choice.autoselect || !choice.language.empty();
  if (of_sound && !track.audio())
    return fail(Code::kUsage,
                "{}: '{}' is no sound: label, language, characteristics, default and autoselect "
                "are for sound",
                choice.place, choice.name);
  if (choice.score && !(has_pictures ? track.video() : track.audio()))
    return fail(Code::kUsage, "{}: '{}' is no variant: score is for pictures", choice.place,
                choice.name);
  return {};
}

// HLS authoring specification, rule 9.19.
Result<void> check_scores(const HlsPresentation& given, const media::Tracks& tracks,
                          const std::vector<std::string>& folders, bool has_pictures) {
  const auto scored = std::find_if(given.renditions.begin(), given.renditions.end(),
                                   [](const auto& r) { return r.score.has_value(); });
  if (scored == given.renditions.end()) return {};
  for (std::size_t i = 0; i < tracks.size(); ++i)
    if ((has_pictures ? tracks[i].video() : tracks[i].audio()) && !given.of(folders[i]).score)
      return fail(Code::kUsage, "{}: '{}' has a score and '{}' has none: give it to all or none",
                  scored->place, scored->name, folders[i]);
  return {};
}

Result<void> check_defaults(const std::vector<RenditionChoice>& renditions) {
  const RenditionChoice* first = nullptr;
  for (const auto& each : renditions) {
    if (each.is_default != true) continue;
    if (first != nullptr && first->language == each.language && first->label == each.label)
      continue;  // another encoding of the same
    if (first != nullptr)
      return fail(Code::kUsage, "{}: '{}' is the default already", each.place, first->name);
    first = &each;
  }
  return {};
}

std::string on(const std::string& group, const Pathway& pathway) {
  return group.empty() ? group : group + "-" + pathway.id;
}

template <typename Member>
void spread_members(std::vector<Member>& members, const std::vector<Pathway>& pathways) {
  std::vector<Member> out;
  for (const auto& pathway : pathways)
    for (Member member : members) {
      member.group = on(member.group, pathway);
      member.uri = pathway.base + member.uri;
      out.push_back(std::move(member));
    }
  members = std::move(out);
}

void spread_variants(std::vector<hls::Variant>& variants, const std::vector<Pathway>& pathways) {
  std::vector<hls::Variant> out;
  for (const auto& pathway : pathways)
    for (hls::Variant variant : variants) {
      variant.pathway = pathway.id;
      variant.uri = pathway.base + variant.uri;
      variant.audio = on(variant.audio, pathway);
      variant.subtitles = on(variant.subtitles, pathway);
      out.push_back(std::move(variant));
    }
  variants = std::move(out);
}

}  // namespace

RenditionChoice HlsPresentation::of(std::string_view folder) const {
  const auto found = std::find_if(renditions.begin(), renditions.end(),
                                  [&](const auto& r) { return r.name == folder; });
  return found == renditions.end() ? RenditionChoice() : *found;
}

std::string HlsPresentation::stable_id(std::string_view folder) const {
  if (!stable_ids) return {};
  const std::string chosen = of(folder).stable_id;
  return chosen.empty() ? std::string(folder) : chosen;
}

std::string steering_text(const HlsPresentation& given) {
  if (given.steering_ttl == 0) return {};
  std::vector<std::string> order{given.tags.steering->pathway};
  for (const auto& pathway : given.pathways)
    if (pathway.id != order.front()) order.push_back(pathway.id);
  return hls::steering_manifest(given.steering_ttl, order);
}

Result<void> check_presentation(const HlsPresentation& given, const media::Tracks& tracks,
                                const std::vector<std::string>& folders,
                                const std::string& key_uri) {
  const bool has_pictures =
      std::any_of(tracks.begin(), tracks.end(), [](const auto& t) { return t.video(); });
  WEIR_TRY(check_all_variables(given, key_uri));
  for (const auto& choice : given.renditions) {
    const auto found = std::find(folders.begin(), folders.end(), choice.name);
    if (found == folders.end())
      return fail(Code::kUsage, "{}: no rendition '{}': there are {}", choice.place, choice.name,
                  fmt::join(folders, ", "));
    const auto& track = tracks[static_cast<std::size_t>(found - folders.begin())];
    WEIR_TRY(check_choice(choice, track, has_pictures));
  }
  WEIR_TRY(check_defaults(given.renditions));
  return check_scores(given, tracks, folders, has_pictures);
}

void apply(const HlsPresentation& given, hls::MultivariantPlaylist& playlist) {
  playlist.tags = given.tags;
  if (given.pathways.empty()) return;
  spread_members(playlist.audio, given.pathways);
  spread_members(playlist.subtitles, given.pathways);
  spread_variants(playlist.variants, given.pathways);
  spread_variants(playlist.iframes, given.pathways);
}

}  // namespace weir::publish
