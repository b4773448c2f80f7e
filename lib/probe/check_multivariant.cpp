// Rules over the tags of the multivariant playlist.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "hls/uri.h"
#include "probe/check.h"
#include "probe/playlist_view.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

constexpr const char* kVariant = "EXT-X-STREAM-INF";
constexpr const char* kIframes = "EXT-X-I-FRAME-STREAM-INF";
constexpr const char* kMedia = "EXT-X-MEDIA";

std::string text(const hls::Line& line, std::string_view name) {
  return line.attributes.text(name).value_or("");
}

std::string group_key(const hls::Line& line) {
  return text(line, "TYPE") + " " + text(line, "GROUP-ID");
}

bool in_range(std::string_view number, int most) {
  const auto value = hls::parse_integer(number);
  return value && *value >= 1 && *value <= most && number.front() != '0';
}

bool good_instream_id(std::string_view id) {
  if (id.starts_with("CC")) return in_range(id.substr(2), 4);
  return id.starts_with("SERVICE") && in_range(id.substr(7), 63);
}

void check_names(const PlaylistView& v) {
  std::set<std::string> names, defaults;
  for (const auto* line : v.all(kMedia)) {
    const std::string group = group_key(*line);
    if (!names.insert(group + " " + text(*line, "NAME")).second)
      v.add("draft-MEDIA-NAME", line->number,
            fmt::format("NAME '{}' is there twice in its group", text(*line, "NAME")));
    if (!line->attributes.yes("DEFAULT")) continue;
    if (!defaults.insert(group).second)
      v.add("draft-MEDIA-DEFAULT", line->number,
            "a second rendition with DEFAULT=YES in its group");
    if (text(*line, "AUTOSELECT") == "NO")
      v.add("draft-MEDIA-AUTOSELECT", line->number, "DEFAULT=YES and AUTOSELECT=NO");
  }
}

void check_media_uri(const PlaylistView& v, const hls::Line& line) {
  const bool uri = line.attributes.find("URI") != nullptr;
  const std::string type = text(line, "TYPE");
  if (type == "SUBTITLES" && !uri) v.add("draft-MEDIA-URI", line.number, "subtitles without URI");
  if (type == "CLOSED-CAPTIONS" && uri)
    v.add("draft-MEDIA-URI", line.number, "closed captions with a URI");
}

void check_media(const PlaylistView& v) {
  for (const auto* line : v.all(kMedia)) {
    const std::string type = text(*line, "TYPE");
    check_media_uri(v, *line);
    if (type == "CLOSED-CAPTIONS" && !good_instream_id(text(*line, "INSTREAM-ID")))
      v.add("draft-INSTREAM-ID", line->number,
            fmt::format("closed captions with INSTREAM-ID '{}'", text(*line, "INSTREAM-ID")));
    if (type != "SUBTITLES" && line->attributes.find("FORCED"))
      v.add("draft-FORCED", line->number, "FORCED on what is no subtitles");
    if (type == "AUDIO" && !line->attributes.find("CHANNELS"))
      v.add("draft-CHANNELS", line->number,
            fmt::format("sound rendition '{}' has no CHANNELS", text(*line, "NAME")));
  }
}

using Members = std::set<std::string>;

void check_groups(const PlaylistView& v) {
  std::map<std::string, std::map<std::string, Members>> types;
  for (const auto* line : v.all(kMedia))
    types[text(*line, "TYPE")][text(*line, "GROUP-ID")].insert(text(*line, "NAME") + " " +
                                                               text(*line, "LANGUAGE"));
  for (const auto& [type, groups] : types)
    for (const auto& [id, members] : groups)
      if (members != groups.begin()->second)
        v.add("draft-MEDIA-GROUPS", 0,
              fmt::format("the {} groups '{}' and '{}' have different members", type,
                          groups.begin()->first, id));
}

void check_video_group(const PlaylistView& v) {
  const auto media = v.all(kMedia);
  for (const auto* line : v.all(kVariant)) {
    const std::string group = text(*line, "VIDEO");
    const bool there = std::any_of(media.begin(), media.end(), [&](const hls::Line* entry) {
      return group_key(*entry) == "VIDEO " + group;
    });
    if (!group.empty() && !there)
      v.add("draft-VIDEO", line->number,
            fmt::format("a variant names the VIDEO group '{}', which does not exist", group));
  }
}

void check_session_data(const PlaylistView& v) {
  std::set<std::string> seen;
  for (const auto* line : v.all("EXT-X-SESSION-DATA")) {
    const auto& a = line->attributes;
    if ((a.find("VALUE") != nullptr) == (a.find("URI") != nullptr))
      v.add("draft-SESSION-DATA", line->number, "EXT-X-SESSION-DATA is to have VALUE or URI");
    if (!seen.insert(text(*line, "DATA-ID") + " " + text(*line, "LANGUAGE")).second)
      v.add("draft-SESSION-DATA-TWICE", line->number,
            fmt::format("DATA-ID '{}' twice for a language", text(*line, "DATA-ID")));
  }
}

void check_rates(const PlaylistView& v) {
  for (const char* tag : {kVariant, kIframes})
    for (const auto* line : v.all(tag)) {
      const auto average = line->attributes.integer("AVERAGE-BANDWIDTH");
      const auto peak = line->attributes.integer("BANDWIDTH");
      if (average && peak && *average > *peak)
        v.add("draft-AVERAGE-BANDWIDTH", line->number, *average, *peak,
              fmt::format("AVERAGE-BANDWIDTH {} is above BANDWIDTH {}", *average, *peak));
    }
}

void check_iframe_attributes(const PlaylistView& v) {
  for (const auto* line : v.all(kIframes))
    for (const char* name : {"FRAME-RATE", "AUDIO", "SUBTITLES", "CLOSED-CAPTIONS"})
      if (line->attributes.find(name))
        v.add("draft-IFRAME-ATTRIBUTES", line->number,
              fmt::format("an I-frame variant has {}", name));
}

/// An attribute that is to be on all tags of a kind or on none.
struct AllOrNone {
  std::string_view tag;
  std::string_view attribute;
  std::string_view rule;
};
constexpr AllOrNone kAllOrNone[] = {
    {kVariant, "SCORE", "general-9.19"},
    {kVariant, "STABLE-VARIANT-ID", "draft-STABLE-VARIANT-ID"},
    {kMedia, "STABLE-RENDITION-ID", "draft-STABLE-RENDITION-ID"},
};

void check_all_or_none(const PlaylistView& v) {
  for (const auto& each : kAllOrNone) {
    const auto tags = v.all(each.tag);
    const auto has = [&](const hls::Line* line) {
      return line->attributes.find(each.attribute) != nullptr;
    };
    if (std::none_of(tags.begin(), tags.end(), has)) continue;
    const auto without = std::find_if_not(tags.begin(), tags.end(), has);
    if (without != tags.end())
      v.add(each.rule, (*without)->number,
            fmt::format("{} has no {}, but another one has", each.tag, each.attribute));
  }
}

void check_range(const PlaylistView& v) {
  const auto tags = v.all(kVariant);
  const bool hdr = std::any_of(tags.begin(), tags.end(), [](const hls::Line* line) {
    const std::string range = text(*line, "VIDEO-RANGE");
    return range == "PQ" || range == "HLG";
  });
  for (const auto* line : tags)
    if (hdr && line->attributes.find("RESOLUTION") && !line->attributes.find("VIDEO-RANGE"))
      v.add("general-9.16", line->number, "a variant without VIDEO-RANGE beside HDR");
}

void check_pathways(const PlaylistView& v) {
  if (v.first("EXT-X-CONTENT-STEERING") == nullptr) return;
  for (const auto* line : v.all(kVariant))
    if (!line->attributes.find("PATHWAY-ID"))
      v.add("general-9.18", line->number, "a variant without PATHWAY-ID, with content steering");
}

// One member of a group may be carried in the variants.
void check_carried(const PlaylistView& v) {
  std::set<std::string> carried;
  for (const auto* line : v.all(kMedia)) {
    const std::string type = text(*line, "TYPE");
    if (line->attributes.find("URI") || (type != "AUDIO" && type != "VIDEO")) continue;
    int channels = 0;
    const std::string count = text(*line, "CHANNELS");
    std::from_chars(count.data(), count.data() + count.size(), channels);
    if (channels > 2)
      v.add("general-9.6", line->number, "multichannel sound is carried in the variants");
    if (!carried.insert(group_key(*line)).second)
      v.add(type == "AUDIO" ? "general-9.7" : "general-9.8", line->number,
            fmt::format("a second rendition of the group '{}' is carried in the variants",
                        text(*line, "GROUP-ID")));
  }
}

void check_accessible(const PlaylistView& v) {
  constexpr std::string_view kDescribes = "public.accessibility.describes-video";
  constexpr std::string_view kSpoken = "public.accessibility.transcribes-spoken-dialog";
  constexpr std::string_view kSounds = "public.accessibility.describes-music-and-sound";
  for (const auto* line : v.all(kMedia)) {
    const auto marks = parts_of(text(*line, "CHARACTERISTICS"));
    const bool spoken = is_one_of(kSpoken, marks), sounds = is_one_of(kSounds, marks);
    const bool autoselect = line->attributes.yes("AUTOSELECT");
    const bool deaf = text(*line, "TYPE") == "SUBTITLES" && (spoken || sounds);
    if (is_one_of(kDescribes, marks) && !autoselect)
      v.add("general-2.13", line->number, "a description of the picture without AUTOSELECT=YES");
    if (deaf && spoken != sounds)
      v.add("general-4.5", line->number,
            fmt::format("subtitles for the deaf without {}", spoken ? kSounds : kSpoken));
    if (deaf && !autoselect)
      v.add("general-4.6", line->number, "subtitles for the deaf without AUTOSELECT=YES");
    if (line->attributes.yes("FORCED") && !autoselect && !deaf)
      v.add("general-5.11", line->number, "forced subtitles without AUTOSELECT=YES");
  }
}

void check_secure(const PlaylistView& v) {
  if (v.uri.starts_with("http://"))
    v.add("general-11.1", 0, fmt::format("'{}' does not come over TLS", v.uri));
  else
    for (const auto& rendition : v.p.renditions)
      if (rendition.location.starts_with("http://"))
        v.add("general-11.2", 0, fmt::format("'{}' does not come over TLS", rendition.location));
}

}  // namespace

void check_multivariant(const Presentation& p, Findings& out) {
  constexpr PlaylistCheck kChecks[] = {check_names,
                                       check_media,
                                       check_groups,
                                       check_video_group,
                                       check_session_data,
                                       check_rates,
                                       check_iframe_attributes,
                                       check_all_or_none,
                                       check_range,
                                       check_pathways,
                                       check_carried,
                                       check_accessible,
                                       check_secure};
  for (const auto& view : views(p, out))
    if (view.rendition == nullptr)
      for (const auto check : kChecks) check(view);
}

}  // namespace weir::probe
