// Rules over the tags of either kind of playlist, mostly tables.
#include <algorithm>
#include <array>
#include <set>

#include "probe/check.h"
#include "probe/playlist_view.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

using Names = std::initializer_list<std::string_view>;

constexpr std::array<std::string_view, 8> kOnce = {
    "EXT-X-START",    "EXT-X-ENDLIST",        "EXT-X-I-FRAMES-ONLY", "EXT-X-INDEPENDENT-SEGMENTS",
    "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL", "EXT-X-SKIP",          "EXT-X-CONTENT-STEERING"};

// Section 4.4.4 to 4.4.6; what read_playlist() tells itself is left out.
constexpr std::array<std::string_view, 4> kMultivariantOnly = {
    "EXT-X-I-FRAME-STREAM-INF", "EXT-X-SESSION-DATA", "EXT-X-SESSION-KEY",
    "EXT-X-CONTENT-STEERING"};
constexpr std::array<std::string_view, 19> kMediaOnly = {"EXT-X-MEDIA-SEQUENCE",
                                                         "EXT-X-DISCONTINUITY-SEQUENCE",
                                                         "EXT-X-ENDLIST",
                                                         "EXT-X-PLAYLIST-TYPE",
                                                         "EXT-X-I-FRAMES-ONLY",
                                                         "EXT-X-PART-INF",
                                                         "EXT-X-SERVER-CONTROL",
                                                         "EXT-X-BYTERANGE",
                                                         "EXT-X-DISCONTINUITY",
                                                         "EXT-X-KEY",
                                                         "EXT-X-MAP",
                                                         "EXT-X-PROGRAM-DATE-TIME",
                                                         "EXT-X-GAP",
                                                         "EXT-X-BITRATE",
                                                         "EXT-X-PART",
                                                         "EXT-X-DATERANGE",
                                                         "EXT-X-SKIP",
                                                         "EXT-X-PRELOAD-HINT",
                                                         "EXT-X-RENDITION-REPORT"};
constexpr std::array<std::string_view, 11> kEither = {
    "EXTM3U",           "EXT-X-VERSION",         "EXT-X-INDEPENDENT-SEGMENTS",
    "EXT-X-START",      "EXT-X-DEFINE",          "EXT-X-ALLOW-CACHE",
    "EXTINF",           "EXT-X-TARGETDURATION",  "EXT-X-MEDIA",
    "EXT-X-STREAM-INF", "EXT-X-IMAGE-STREAM-INF"};

bool in(const auto& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

void check_once(const PlaylistView& v) {
  std::set<std::string> seen;
  for (const auto& line : v.lines)
    if (in(kOnce, line.tag) && !seen.insert(line.tag).second)
      v.add("draft-ONCE", line.number, fmt::format("{} twice", line.tag));
}

void check_kind(const PlaylistView& v) {
  for (const auto& line : v.lines) {
    if (v.rendition == nullptr && in(kMediaOnly, line.tag))
      v.add("draft-KIND", line.number, fmt::format("{} in a multivariant playlist", line.tag));
    if (v.rendition != nullptr && in(kMultivariantOnly, line.tag))
      v.add("draft-KIND", line.number, fmt::format("{} in a media playlist", line.tag));
  }
}

void check_known(const PlaylistView& v) {
  for (const auto& line : v.lines)
    if (!line.is_uri() && !in(kMediaOnly, line.tag) && !in(kMultivariantOnly, line.tag) &&
        !in(kEither, line.tag))
      v.add("weir-UNKNOWN-TAG", line.number, fmt::format("{} is no tag of the draft", line.tag));
}

void check_old(const PlaylistView& v) {
  for (const auto& line : v.lines) {
    if (line.tag == "EXT-X-ALLOW-CACHE")
      v.add("draft-ALLOW-CACHE", line.number, "EXT-X-ALLOW-CACHE went with version 7");
    if (line.attributes.find("PROGRAM-ID") != nullptr)
      v.add("draft-PROGRAM-ID", line.number, "PROGRAM-ID went with version 6");
  }
}

// RFC 3986 section 2; braces are those of variables.
bool uri_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("-._~:/?#[]@!$&'()*+,;=%{}").find(c) != std::string_view::npos;
}

void check_uri(const PlaylistView& v) {
  for (const auto& line : v.lines) {
    const std::string uri = line.is_uri() ? line.value : line.attributes.text("URI").value_or("");
    const auto bad = std::find_if_not(uri.begin(), uri.end(), uri_character);
    if (bad != uri.end())
      v.add("draft-URI", line.number,
            fmt::format("the URI '{}' has a character that is to be percent-encoded", uri));
  }
}

enum class Form { kQuoted, kInteger, kNumber, kYes, kName };
struct AttributeForm {
  std::string_view name;
  Form form;
};
constexpr AttributeForm kForms[] = {
    {"URI", Form::kQuoted},
    {"CODECS", Form::kQuoted},
    {"SUPPLEMENTAL-CODECS", Form::kQuoted},
    {"AUDIO", Form::kQuoted},
    {"VIDEO", Form::kQuoted},
    {"SUBTITLES", Form::kQuoted},
    {"GROUP-ID", Form::kQuoted},
    {"LANGUAGE", Form::kQuoted},
    {"ASSOC-LANGUAGE", Form::kQuoted},
    {"INSTREAM-ID", Form::kQuoted},
    {"CHARACTERISTICS", Form::kQuoted},
    {"CHANNELS", Form::kQuoted},
    {"KEYFORMAT", Form::kQuoted},
    {"KEYFORMATVERSIONS", Form::kQuoted},
    {"DATA-ID", Form::kQuoted},
    {"ID", Form::kQuoted},
    {"CLASS", Form::kQuoted},
    {"START-DATE", Form::kQuoted},
    {"END-DATE", Form::kQuoted},
    {"BYTERANGE", Form::kQuoted},
    {"PATHWAY-ID", Form::kQuoted},
    {"SERVER-URI", Form::kQuoted},
    {"BANDWIDTH", Form::kInteger},
    {"AVERAGE-BANDWIDTH", Form::kInteger},
    {"SKIPPED-SEGMENTS", Form::kInteger},
    {"LAST-MSN", Form::kInteger},
    {"LAST-PART", Form::kInteger},
    {"BYTERANGE-START", Form::kInteger},
    {"BYTERANGE-LENGTH", Form::kInteger},
    {"FRAME-RATE", Form::kNumber},
    {"SCORE", Form::kNumber},
    {"DURATION", Form::kNumber},
    {"PART-TARGET", Form::kNumber},
    {"CAN-SKIP-UNTIL", Form::kNumber},
    {"HOLD-BACK", Form::kNumber},
    {"PART-HOLD-BACK", Form::kNumber},
    {"DEFAULT", Form::kYes},
    {"AUTOSELECT", Form::kYes},
    {"FORCED", Form::kYes},
    {"PRECISE", Form::kYes},
    {"INDEPENDENT", Form::kYes},
    {"GAP", Form::kYes},
    {"CAN-BLOCK-RELOAD", Form::kYes},
    {"CAN-SKIP-DATERANGES", Form::kYes},
    {"TYPE", Form::kName},
    {"METHOD", Form::kName},
    {"IV", Form::kName},
    {"RESOLUTION", Form::kName},
    {"HDCP-LEVEL", Form::kName},
    {"VIDEO-RANGE", Form::kName},
    {"TIME-OFFSET", Form::kName},
};

bool good_value(Form form, const std::string& value) {
  if (form == Form::kInteger) return hls::parse_integer(value).has_value();
  if (form == Form::kNumber) return hls::parse_micros(value).has_value();
  return form != Form::kYes || value == "YES" || value == "NO";
}

// A date range tells its numbers itself: see draft-SYNTAX. A missing BANDWIDTH too.
bool told_elsewhere(const hls::Line& line, std::string_view name) {
  return line.tag == "EXT-X-DATERANGE" || name == "BANDWIDTH";
}

void check_form(const PlaylistView& v, const hls::Line& line, const hls::Attribute& attribute) {
  for (const auto& [name, form] : kForms) {
    if (attribute.name != name) continue;
    if (attribute.quoted != (form == Form::kQuoted))
      v.add("draft-QUOTES", line.number,
            fmt::format("{} of {} is {}", name, line.tag,
                        attribute.quoted ? "quoted, and is no quoted string" : "not quoted"));
    else if (!told_elsewhere(line, name) && !good_value(form, attribute.value))
      v.add("draft-VALUE", line.number,
            fmt::format("{} of {} cannot be '{}'", name, line.tag, attribute.value));
  }
}

void check_forms(const PlaylistView& v) {
  for (const auto& line : v.lines)
    for (const auto& attribute : line.attributes.list) check_form(v, line, attribute);
}

struct Need {
  std::string_view tag;
  std::string_view attribute;
  std::string_view rule;
};
constexpr Need kNeeds[] = {
    {"EXT-X-START", "TIME-OFFSET", "draft-START"},
    {"EXT-X-KEY", "METHOD", "draft-KEY-METHOD"},
    {"EXT-X-SESSION-KEY", "METHOD", "draft-KEY-METHOD"},
    {"EXT-X-SESSION-KEY", "URI", "draft-SESSION-KEY"},
    {"EXT-X-SESSION-DATA", "DATA-ID", "draft-SESSION-DATA"},
    {"EXT-X-CONTENT-STEERING", "SERVER-URI", "draft-CONTENT-STEERING"},
    {"EXT-X-PART", "URI", "draft-PART"},
    {"EXT-X-PART", "DURATION", "draft-PART"},
    {"EXT-X-PART-INF", "PART-TARGET", "draft-PART-INF"},
    {"EXT-X-PRELOAD-HINT", "URI", "draft-PRELOAD-HINT"},
    {"EXT-X-PRELOAD-HINT", "TYPE", "draft-PRELOAD-HINT"},
    {"EXT-X-RENDITION-REPORT", "URI", "draft-RENDITION-REPORT"},
    {"EXT-X-RENDITION-REPORT", "LAST-MSN", "draft-RENDITION-REPORT"},
};

void check_needs(const PlaylistView& v) {
  for (const auto& need : kNeeds)
    for (const auto* line : v.all(need.tag))
      if (line->attributes.find(need.attribute) == nullptr)
        v.add(need.rule, line->number, fmt::format("{} has no {}", need.tag, need.attribute));
}

struct Choice {
  std::string_view tag;
  std::string_view attribute;
  std::string_view values;
  bool list;  // several, with commas between
  std::string_view rule;
};
constexpr Choice kChoices[] = {
    {"EXT-X-KEY", "METHOD", "NONE,AES-128,SAMPLE-AES,SAMPLE-AES-CTR,AES-256-GCM", false,
     "draft-KEY-METHOD"},
    {"EXT-X-SESSION-KEY", "METHOD", "NONE,AES-128,SAMPLE-AES,SAMPLE-AES-CTR,AES-256-GCM", false,
     "draft-KEY-METHOD"},
    {"EXT-X-MEDIA", "TYPE", "AUDIO,VIDEO,SUBTITLES,CLOSED-CAPTIONS", false, "draft-MEDIA-TYPE"},
    {"EXT-X-STREAM-INF", "HDCP-LEVEL", "TYPE-0,TYPE-1,NONE", false, "draft-HDCP-LEVEL"},
    {"EXT-X-I-FRAME-STREAM-INF", "HDCP-LEVEL", "TYPE-0,TYPE-1,NONE", false, "draft-HDCP-LEVEL"},
    {"EXT-X-STREAM-INF", "VIDEO-RANGE", "SDR,HLG,PQ", false, "draft-VIDEO-RANGE"},
    {"EXT-X-I-FRAME-STREAM-INF", "VIDEO-RANGE", "SDR,HLG,PQ", false, "draft-VIDEO-RANGE"},
    {"EXT-X-PRELOAD-HINT", "TYPE", "PART,MAP", false, "draft-PRELOAD-HINT"},
    {"EXT-X-DATERANGE", "X-SNAP", "OUT,IN", true, "draft-INTERSTITIAL-SNAP"},
    {"EXT-X-DATERANGE", "X-RESTRICT", "SKIP,JUMP", true, "draft-INTERSTITIAL-RESTRICT"},
    {"EXT-X-DATERANGE", "CUE", "PRE,POST,ONCE", true, "draft-INTERSTITIAL-CUE"},
};

bool chosen(const Choice& choice, const std::string& value) {
  const auto allowed = parts_of(choice.values);
  if (!choice.list) return is_one_of(value, allowed);
  const auto parts = parts_of(value);
  return std::all_of(parts.begin(), parts.end(),
                     [&](const std::string& part) { return is_one_of(part, allowed); });
}

void check_choices(const PlaylistView& v) {
  for (const auto& choice : kChoices)
    for (const auto* line : v.all(choice.tag)) {
      const auto value = line->attributes.text(choice.attribute);
      if (value && !chosen(choice, *value))
        v.add(choice.rule, line->number,
              fmt::format("{} of {} is '{}', not of {}", choice.attribute, choice.tag, *value,
                          choice.values));
    }
}

void check_define(const PlaylistView& v) {
  std::set<std::string> names;
  for (const auto* line : v.all("EXT-X-DEFINE")) {
    const auto& a = line->attributes;
    const int kinds = (a.find("NAME") != nullptr) + (a.find("IMPORT") != nullptr) +
                      (a.find("QUERYPARAM") != nullptr);
    const bool stray = v.rendition == nullptr && a.find("IMPORT") != nullptr;
    if (kinds != 1 || stray || (a.find("NAME") != nullptr) != (a.find("VALUE") != nullptr))
      v.add("draft-DEFINE", line->number,
            "EXT-X-DEFINE is to have NAME and VALUE, or QUERYPARAM, or in a media playlist IMPORT");
    for (const char* kind : {"NAME", "IMPORT", "QUERYPARAM"})
      if (const auto name = a.text(kind); name && !names.insert(*name).second)
        v.add("draft-DEFINE-TWICE", line->number,
              fmt::format("the variable '{}' is defined twice", *name));
  }
}

}  // namespace

void check_tags(const Presentation& p, Findings& out) {
  constexpr PlaylistCheck kChecks[] = {check_once,  check_kind,    check_known,
                                       check_old,   check_uri,     check_forms,
                                       check_needs, check_choices, check_define};
  for (const auto& view : views(p, out))
    for (const auto check : kChecks) check(view);
}

}  // namespace weir::probe
