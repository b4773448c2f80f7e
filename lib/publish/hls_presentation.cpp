#include "publish/hls_presentation.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text_file.h"
#include "base/toml_table.h"

namespace weir::publish {
namespace {

const std::array<std::string, 7> kTopKeys{"stable_ids", "start",   "define",   "session_data",
                                          "steering",   "pathway", "rendition"};
const std::array<std::string, 2> kStartKeys{"offset", "precise"};
const std::array<std::string, 3> kDefineKeys{"name", "value", "query"};
const std::array<std::string, 5> kDataKeys{"id", "value", "uri", "format", "language"};
const std::array<std::string, 3> kSteeringKeys{"server", "ttl", "pathway"};
const std::array<std::string, 2> kPathwayKeys{"id", "base"};
const std::array<std::string, 8> kRenditionKeys{
    "name", "label", "language", "characteristics", "default", "autoselect", "score", "stable_id"};

constexpr int kTtl = 300;
constexpr int kLongestTtl = 86'400;
constexpr double kHighestScore = 1e6;

// A quoted-string knows no escape.
bool quotable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return c == '"' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

Result<void> read_text(const TomlTable& table, const char* key, std::string& to) {
  WEIR_TRY(table.text(key, to));
  if (!quotable(to))
    return fail(table.error(key, "'{}' cannot have a quote or a line break in it", key));
  return {};
}

Result<void> need(const TomlTable& table, const char* key) {
  if (table.has(key)) return {};
  return fail(table.table_error("'{}' is missing", key));
}

Result<hls::StartPoint> read_start(const TomlTable& table) {
  hls::StartPoint start;
  std::string offset;
  WEIR_TRY(table.check_keys(kStartKeys));
  WEIR_TRY(need(table, "offset"));
  WEIR_TRY(table.text("offset", offset));
  WEIR_TRY(table.boolean("precise", start.precise));
  const auto read = parse_offset(offset);
  if (!read) return fail(table.error("offset", "{}", read.error().what));
  start.offset = *read;
  return start;
}

Result<hls::Variable> read_define(const TomlTable& table) {
  hls::Variable variable;
  std::string value;
  WEIR_TRY(table.check_keys(kDefineKeys));
  WEIR_TRY(read_text(table, "value", value));
  const bool query = table.has("query");
  if (query ? table.has("name") || table.has("value") : !table.has("name") || !table.has("value"))
    return fail(table.table_error("a [[define]] has 'name' and 'value', or 'query' alone"));
  const char* key = query ? "query" : "name";
  WEIR_TRY(table.text(key, variable.name));
  if (!hls::is_variable_name(variable.name))
    return fail(
        table.error(key, "variable '{}' must be of letters, digits, '-' and '_'", variable.name));
  if (!query) variable.value = value;
  return variable;
}

Result<hls::SessionData> read_data(const TomlTable& table) {
  hls::SessionData data;
  std::string format = "json";
  WEIR_TRY(table.check_keys(kDataKeys));
  WEIR_TRY(need(table, "id"));
  WEIR_TRY(read_text(table, "id", data.id));
  WEIR_TRY(read_text(table, "value", data.value));
  WEIR_TRY(read_text(table, "uri", data.uri));
  WEIR_TRY(read_text(table, "language", data.language));
  WEIR_TRY(table.text("format", format));
  if (table.has("value") == table.has("uri"))
    return fail(table.table_error("session data has either 'value' or 'uri'"));
  if (table.has("uri") && data.uri.empty()) return fail(table.error("uri", "'uri' is empty"));
  if (table.has("format") && !table.has("uri"))
    return fail(table.error("format", "'format' is for a 'uri'"));
  if (format != "json" && format != "raw")
    return fail(table.error("format", "'format' must be \"json\" or \"raw\""));
  data.raw = format == "raw";
  return data;
}

Result<Pathway> read_pathway(const TomlTable& table) {
  Pathway pathway;
  WEIR_TRY(table.check_keys(kPathwayKeys));
  WEIR_TRY(need(table, "id"));
  WEIR_TRY(need(table, "base"));
  WEIR_TRY(table.text("id", pathway.id));
  WEIR_TRY(read_text(table, "base", pathway.base));
  if (!hls::is_pathway_id(pathway.id))
    return fail(
        table.error("id", "pathway '{}' must be of letters, digits, '-', '_' and '.'", pathway.id));
  if (!pathway.base.empty() && !pathway.base.ends_with('/')) pathway.base += '/';
  return pathway;
}

Result<void> read_steering(const TomlTable& table, HlsPresentation& out) {
  hls::Steering steering;
  WEIR_TRY(table.check_keys(kSteeringKeys));
  WEIR_TRY(read_text(table, "server", steering.server_uri));
  if (table.has("server") && table.has("ttl"))
    return fail(table.error("ttl", "'ttl' is for the server to say when there is a 'server'"));
  if (!table.has("server")) {
    steering.server_uri = kSteeringManifest;
    out.steering_ttl = kTtl;
    WEIR_TRY(table.integer("ttl", out.steering_ttl, 1, kLongestTtl));
  }
  if (out.pathways.empty()) return fail(table.table_error("steering needs a [[pathway]]"));
  steering.pathway = out.pathways.front().id;
  WEIR_TRY(table.text("pathway", steering.pathway));
  if (std::none_of(out.pathways.begin(), out.pathways.end(),
                   [&](const Pathway& p) { return p.id == steering.pathway; }))
    return fail(table.error("pathway", "no [[pathway]] is called '{}'", steering.pathway));
  out.tags.steering = steering;
  return {};
}

Result<void> read_flag(const TomlTable& table, const char* key, std::optional<bool>& to) {
  bool value = false;
  WEIR_TRY(table.boolean(key, value));
  if (table.has(key)) to = value;
  return {};
}

Result<void> read_score(const TomlTable& table, std::optional<double>& to) {
  if (!table.has("score")) return {};
  const auto value = table.get("score")->value<double>();
  if (!value || !(*value >= 0) || *value > kHighestScore)
    return fail(table.error("score", "'score' must be a number from 0 to {}", kHighestScore));
  to = *value;
  return {};
}

Result<void> read_characteristics(const TomlTable& table, std::vector<std::string>& to) {
  constexpr const char* kKey = "characteristics";
  WEIR_TRY(table.texts(kKey, to));
  for (const auto& one : to)
    if (one.empty() || !quotable(one) || one.find(',') != one.npos)
      return fail(table.error(kKey, "'{}' is no characteristic like public.easy-to-read", one));
  return {};
}

Result<RenditionChoice> read_rendition(const TomlTable& table) {
  RenditionChoice choice;
  choice.place = table.place();
  WEIR_TRY(table.check_keys(kRenditionKeys));
  WEIR_TRY(need(table, "name"));
  WEIR_TRY(table.text("name", choice.name));
  WEIR_TRY(read_text(table, "label", choice.label));
  WEIR_TRY(read_text(table, "language", choice.language));
  WEIR_TRY(read_characteristics(table, choice.characteristics));
  WEIR_TRY(read_flag(table, "default", choice.is_default));
  WEIR_TRY(read_flag(table, "autoselect", choice.autoselect));
  WEIR_TRY(read_score(table, choice.score));
  WEIR_TRY(table.text("stable_id", choice.stable_id));
  if (table.has("stable_id") && !hls::is_stable_id(choice.stable_id))
    return fail(
        table.error("stable_id", "'{}' must be of letters, digits and +/=.-_", choice.stable_id));
  if (choice.is_default == true && choice.autoselect == false)
    return fail(
        table.error("autoselect", "the default is always chosen from: 'autoselect' is true"));
  return choice;
}

// Reads all [[name]]; `key` tells which of them would be the same thing twice.
template <typename Entry, typename Key>
Result<void> read_all(const TomlTable& top, const char* name,
                      Result<Entry> (*read)(const TomlTable&), Key key, std::vector<Entry>& to) {
  std::set<std::string> seen;
  WEIR_TRY_ASSIGN(const auto tables, top.tables(name));
  for (const auto& table : tables) {
    WEIR_TRY_ASSIGN(auto entry, read(table));
    if (!seen.insert(key(entry)).second)
      return fail(table.table_error("[[{}]] '{}' is there twice", name, key(entry)));
    to.push_back(std::move(entry));
  }
  return {};
}

Result<void> read_lists(const TomlTable& top, HlsPresentation& out) {
  WEIR_TRY(read_all<hls::Variable>(
      top, "define", &read_define, [](const auto& v) { return v.name; }, out.tags.variables));
  WEIR_TRY(read_all<hls::SessionData>(
      top, "session_data", &read_data,
      [](const auto& d) { return d.language.empty() ? d.id : d.id + " " + d.language; },
      out.tags.session_data));
  WEIR_TRY(read_all<Pathway>(
      top, "pathway", &read_pathway, [](const auto& p) { return p.id; }, out.pathways));
  return read_all<RenditionChoice>(
      top, "rendition", &read_rendition, [](const auto& r) { return r.name; }, out.renditions);
}

}  // namespace

Result<Micros> parse_offset(std::string_view text) {
  const bool from_end = text.starts_with('-');
  const auto size = parse_duration(text.substr(from_end ? 1 : 0));
  if (!size || text.starts_with("--"))
    return fail(Code::kUsage, "'{}' is no offset: use 90s from the begin, -18s from the end", text);
  return from_end ? -*size : *size;
}

Result<HlsPresentation> parse_presentation(std::string_view text, std::string_view file) {
  WEIR_TRY_ASSIGN(const toml::table parsed, parse_toml(text, file));
  const TomlTable top(parsed, file);
  HlsPresentation out;
  WEIR_TRY(top.check_keys(kTopKeys));
  WEIR_TRY(top.boolean("stable_ids", out.stable_ids));
  WEIR_TRY(read_lists(top, out));
  WEIR_TRY_ASSIGN(const auto start, top.table("start"));
  if (start) {
    WEIR_TRY_ASSIGN(out.start, read_start(*start));
  }
  WEIR_TRY_ASSIGN(const auto steering, top.table("steering"));
  if (steering) WEIR_TRY(read_steering(*steering, out));
  // All or none; without them steering cannot tell what is the same on another pathway.
  const auto named = [](const RenditionChoice& r) { return !r.stable_id.empty(); };
  out.stable_ids = out.stable_ids || !out.pathways.empty() ||
                   std::any_of(out.renditions.begin(), out.renditions.end(), named);
  return out;
}

Result<HlsPresentation> load_presentation(const std::string& file) {
  WEIR_TRY_ASSIGN(const std::string text, read_text_file(file));
  return parse_presentation(text, file);
}

}  // namespace weir::publish
