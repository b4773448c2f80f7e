// Rules for what pictures and sound carry with them: captions, HDR metadata, loudness, keys.
#include <algorithm>
#include <set>

#include <fmt/ranges.h>

#include "media/aac.h"
#include "probe/check.h"
#include "probe/playlist_view.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

using Names = std::set<std::string>;

Names captions_in(const Rendition& rendition) {
  Names out;
  for (const auto& segment : rendition.segments)
    if (segment.facts)
      for (const auto& channel : segment.facts->captions) out.insert(channel.name());
  return out;
}

Names captions_declared(const Presentation& p, const std::string& group) {
  Names out;
  for (const auto& line : p.lines)
    if (line.tag == "EXT-X-MEDIA" && line.attributes.text("TYPE") == "CLOSED-CAPTIONS" &&
        line.attributes.text("GROUP-ID") == group)
      out.insert(line.attributes.text("INSTREAM-ID").value_or(""));
  return out;
}

Names without(const Names& all, const Names& some) {
  Names out;
  std::ranges::set_difference(all, some, std::inserter(out, out.end()));
  return out;
}

void check_captions(const Presentation& p, Findings& out) {
  if (!p.multivariant) return;
  for (std::size_t i = 0; i < p.multivariant->variants.size(); ++i) {
    const auto& variant = p.multivariant->variants[i];
    const auto& rendition = p.of_variant(i);
    const auto found = captions_in(rendition);
    const auto declared = captions_declared(p, variant.captions);
    const auto add = [&](const char* rule, std::string message) {
      out.add({&find_rule(rule), p.location, variant.line, nullptr, nullptr, std::move(message)});
    };
    if (const auto more = without(found, declared); !more.empty())
      add("general-4.4", fmt::format("the pictures of '{}' carry {}, which its variant does not "
                                     "declare",
                                     rendition.name, fmt::join(more, ", ")));
    const auto lost = without(declared, found);
    if (!lost.empty() && rendition.has_video() && rendition.all_read())
      add("general-4.3", fmt::format("{} is declared, and the pictures of '{}' carry none",
                                     fmt::join(lost, ", "), rendition.name));
  }
}

bool explicit_sbr(const media::Track& sound) {
  const auto& par = *sound.par;
  const auto info = media::parse_audio_specific_config(
      ByteView(par.extradata, static_cast<std::size_t>(std::max(0, par.extradata_size))));
  return !info || info->object_type == 5 || info->object_type == 29;
}

// The sound of a variant is its own, or all of its group.
void check_sbr(const Presentation& p, Findings& out) {
  if (!p.multivariant) return;
  for (std::size_t i = 0; i < p.multivariant->variants.size(); ++i) {
    const auto& variant = p.multivariant->variants[i];
    const auto named = parts_of(variant.codecs);
    if (!is_one_of("mp4a.40.5", named) && !is_one_of("mp4a.40.29", named)) continue;
    auto sounds = p.group("AUDIO", variant.audio);
    if (sounds.empty()) sounds.push_back(&p.of_variant(i));
    for (const auto* rendition : sounds) {
      const auto* sound = rendition->track(media::Kind::kAudio);
      if (sound == nullptr || sound->par->codec_id != AV_CODEC_ID_AAC || rendition->inits.empty() ||
          explicit_sbr(*sound))
        continue;
      out.add({&find_rule("general-2.24"), p.location, variant.line, nullptr, nullptr,
               fmt::format("CODECS is '{}', and the configuration in '{}' does not tell of SBR",
                           variant.codecs, rendition->name)});
    }
  }
}

void check_inits(const Rendition& r, Findings& out) {
  const auto* video = r.track(media::Kind::kVideo);
  const bool hdr10 = video != nullptr && range_words(*video) == "PQ" && !video->dolby_vision &&
                     video->par->codec_id == AV_CODEC_ID_HEVC;
  const auto add = [&](const char* rule, std::string message) {
    out.add({&find_rule(rule), r.location, 0, nullptr, nullptr, std::move(message)});
  };
  for (const auto& init : r.inits)
    for (const auto& track : init.tracks) {
      if (hdr10 && track.handler == "vide" && !track.mastering_light)
        add("general-1.8", fmt::format("'{}' tells neither mastering display nor light level, or "
                                       "only one",
                                       track.entry));
      if (track.handler == "soun" && track.entry != "apac" && !track.loudness)
        add("general-2.19", fmt::format("the track of '{}' has no ludt box", track.entry));
    }
}

void check_keys_of_samples(const Rendition& r, Findings& out) {
  if (r.encrypted && r.encrypted->unkeyed > 0)
    out.add({&find_rule("airplay-senc"), r.location, 0, r.encrypted->unkeyed, 0,
             fmt::format("{} of the first encrypted segment with neither senc nor saiz and saio",
                         count_words(r.encrypted->unkeyed, "track fragment", "track fragments"))});
}

}  // namespace

void check_carriage(const Presentation& p, Findings& out) {
  check_captions(p, out);
  check_sbr(p, out);
  for (const auto& rendition : p.renditions) {
    check_inits(rendition, out);
    check_keys_of_samples(rendition, out);
  }
}

}  // namespace weir::probe
