#include "publish/hls_interstitials.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <set>
#include <span>
#include <sstream>

#include <fmt/ranges.h>
#include <boost/json.hpp>

#include "base/os_error.h"
#include "base/toml_table.h"
#include "publish/hls_options.h"

namespace weir::publish {
namespace {

const std::array<std::string, 1> kTopKeys{"interstitial"};
const std::array<std::string, 2> kAssetKeys{"uri", "duration"};
const std::array<std::string, 17> kKeys{"id",
                                        "at",
                                        "asset",
                                        "asset_list",
                                        "assets",
                                        "duration",
                                        "cue",
                                        "resume_offset",
                                        "playout_limit",
                                        "snap",
                                        "restrict",
                                        "skip_offset",
                                        "skip_duration",
                                        "content_may_vary",
                                        "timeline_occupies",
                                        "skip_label",
                                        "timeline_style"};

class Table : public TomlTable {
 public:
  using TomlTable::TomlTable;
  explicit Table(const TomlTable& table) : TomlTable(table) {}

  /// "30s", or a number of seconds.
  Result<void> duration(std::string_view key, std::optional<Micros>& to) const {
    const auto* node = get(key);
    if (node == nullptr) return {};
    Result<Micros> value = fail(Code::kUsage, "");
    if (node->is_string()) value = parse_duration(node->as_string()->get());
    if (node->is_integer() && *node->value<std::int64_t>() >= 0)
      value = parse_duration(std::to_string(*node->value<std::int64_t>()));
    if (!value) return fail(error(key, "'{}' must be a duration like \"30s\"", key));
    to = *value;
    return {};
  }

  /// The draft has whole seconds only.
  Result<void> seconds(std::string_view key, std::optional<Micros>& to) const {
    WEIR_TRY(duration(key, to));
    if (to && to->count() % 1'000'000 != 0)
      return fail(error(key, "'{}' must be whole seconds", key));
    return {};
  }

  /// "10m" after the first picture, or a date.
  Result<void> moment(std::string_view key, Interstitial& to) const {
    const auto* node = get(key);
    if (node == nullptr) return {};
    const std::string text = node->is_string() ? node->as_string()->get() : date_text(*node);
    const auto utc = parse_utc(text);
    const auto length = parse_duration(text);
    if (utc) to.utc_us = *utc;
    if (length) to.at = *length;
    if (utc || length) return {};
    return fail(error(key,
                      "'{}' must be a duration like \"10m\" or a date like "
                      "2026-11-22T18:49:00Z",
                      key));
  }

  /// One of the words, or a list of them, in any case; in the tag's order and case.
  Result<void> words(std::string_view key, std::span<const std::string> known,
                     std::string& to) const {
    const auto* node = get(key);
    if (node == nullptr) return {};
    std::vector<std::string> chosen;
    const auto take = [&](const toml::node& each) {
      chosen.push_back(each.value<std::string>().value_or(""));
      return std::find(known.begin(), known.end(), chosen.back()) != known.end();
    };
    const auto* list = node->as_array();
    bool good = list != nullptr || take(*node);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i)
      good = take(*list->get(i)) && good;
    if (!good || chosen.empty())
      return fail(error(key, "'{}' must be {}", key, fmt::join(quoted(known), " or ")));
    for (const auto& word : known)
      if (std::find(chosen.begin(), chosen.end(), word) != chosen.end())
        to += (to.empty() ? "" : ",") + upper(word);
    return {};
  }
  Result<void> word(std::string_view key, std::span<const std::string> known,
                    std::string& to) const {
    WEIR_TRY(words(key, known, to));
    if (to.find(',') != std::string::npos) return fail(error(key, "'{}' must be one of them", key));
    return {};
  }

  Result<void> yes_or_no(std::string_view key, std::string& to) const {
    const auto* node = get(key);
    if (node == nullptr) return {};
    if (!node->is_boolean()) return fail(error(key, "'{}' must be true or false", key));
    to = node->as_boolean()->get() ? "YES" : "NO";
    return {};
  }

 private:
  static std::string date_text(const toml::node& node) {
    std::ostringstream out;
    if (const auto* date = node.as_date_time()) out << *date;
    if (const auto number = node.value<std::int64_t>(); number && node.is_integer()) out << *number;
    return out.str();
  }
  static std::vector<std::string> quoted(std::span<const std::string> words) {
    std::vector<std::string> out;
    for (const auto& word : words) out.push_back('"' + word + '"');
    return out;
  }
  static std::string upper(std::string word) {
    for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return word;
  }
};

bool is_absolute(std::string_view uri) {
  const std::size_t colon = uri.find("://");
  return colon != std::string_view::npos && colon > 0 && uri.size() > colon + 3;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '"'; });
}

// It becomes part of a file name too.
bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && id[0] != '.' && id[0] != '-' &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

Result<std::string> read_uri(const Table& table, std::string_view key, bool absolute) {
  std::string uri;
  WEIR_TRY(table.text(key, uri));
  if (!uri.empty() && is_plain(uri) && (!absolute || is_absolute(uri))) return uri;
  return fail(table.error(key, "'{}' must be {} URI", key, absolute ? "an absolute" : "a"));
}

Result<std::vector<Interstitial::Asset>> read_assets(const Table& table) {
  std::vector<Interstitial::Asset> assets;
  WEIR_TRY_ASSIGN(const auto entries, table.tables("assets"));
  for (const auto& each : entries) {
    const Table entry(each);
    WEIR_TRY(entry.check_keys(kAssetKeys));
    std::optional<Micros> duration;
    WEIR_TRY(entry.duration("duration", duration));
    if (!duration || !entry.has("uri"))
      return fail(entry.table_error("an asset needs 'uri' and 'duration'"));
    WEIR_TRY_ASSIGN(auto uri, read_uri(entry, "uri", true));
    assets.push_back({std::move(uri), *duration});
  }
  if (assets.empty()) return fail(table.error("assets", "'assets' must name one at least"));
  return assets;
}

Result<void> read_content(const Table& table, Interstitial& out) {
  const int chosen =
      int{table.has("asset")} + int{table.has("asset_list")} + int{table.has("assets")};
  if (chosen != 1)
    return fail(table.table_error("an interstitial needs one of 'asset', 'assets', 'asset_list'"));
  if (table.has("asset")) {
    WEIR_TRY_ASSIGN(out.asset_uri, read_uri(table, "asset", true));
  } else if (table.has("asset_list")) {
    WEIR_TRY_ASSIGN(out.asset_list, read_uri(table, "asset_list", false));
  } else {
    WEIR_TRY_ASSIGN(out.assets, read_assets(table));
  }
  return {};
}

Result<void> read_ways(const Table& table, Interstitial& out) {
  const std::array<std::string, 3> cues{"pre", "post", "once"};
  const std::array<std::string, 2> snaps{"out", "in"}, restricts{"skip", "jump"},
      occupies{"point", "range"}, styles{"highlight", "primary"};
  WEIR_TRY(table.words("cue", cues, out.cue));
  if (out.cue.starts_with("PRE,POST"))
    return fail(table.error("cue", "'cue' cannot be both \"pre\" and \"post\""));
  WEIR_TRY(table.words("snap", snaps, out.snap));
  WEIR_TRY(table.words("restrict", restricts, out.restrict));
  WEIR_TRY(table.yes_or_no("content_may_vary", out.content_may_vary));
  WEIR_TRY(table.word("timeline_occupies", occupies, out.timeline_occupies));
  return table.word("timeline_style", styles, out.timeline_style);
}

Result<void> read_times(const Table& table, Interstitial& out) {
  WEIR_TRY(table.moment("at", out));
  WEIR_TRY(table.duration("duration", out.duration));
  WEIR_TRY(table.duration("resume_offset", out.resume_offset));
  WEIR_TRY(table.duration("playout_limit", out.playout_limit));
  WEIR_TRY(table.seconds("skip_offset", out.skip_offset));
  WEIR_TRY(table.seconds("skip_duration", out.skip_duration));
  WEIR_TRY(table.text("skip_label", out.skip_label));
  if (!is_plain(out.skip_label))
    return fail(table.error("skip_label", "'skip_label' must be a plain word"));
  if (!out.skip_offset && (out.skip_duration || !out.skip_label.empty()))
    return fail(table.table_error("a skip control needs 'skip_offset'"));
  return {};
}

Result<Interstitial> read_interstitial(const Table& table) {
  Interstitial out;
  WEIR_TRY(table.check_keys(kKeys));
  WEIR_TRY(table.text("id", out.id));
  if (!is_id(out.id))
    return fail(
        table.table_error("an interstitial needs an 'id' of letters, digits, '-', "
                          "'_' and '.'"));
  WEIR_TRY(read_times(table, out));
  WEIR_TRY(read_ways(table, out));
  WEIR_TRY(read_content(table, out));
  if (!out.at && !out.utc_us && !out.at_an_end())
    return fail(
        table.table_error("interstitial '{}' lacks 'at', or 'cue' with \"pre\" or "
                          "\"post\"",
                          out.id));
  return out;
}

void add_words(hls::DateRangeWriter& tag, std::string_view name, const std::string& words) {
  if (!words.empty()) tag.quoted(name, words);
}

void add_seconds(hls::DateRangeWriter& tag, std::string_view name,
                 const std::optional<Micros>& length) {
  if (length) tag.seconds(name, *length);
}

void add_whole(hls::DateRangeWriter& tag, std::string_view name,
               const std::optional<Micros>& length) {
  if (length) tag.whole(name, length->count() / 1'000'000);
}

}  // namespace

Result<std::vector<Interstitial>> parse_interstitials(std::string_view text,
                                                      std::string_view file) {
  WEIR_TRY_ASSIGN(const toml::table top, parse_toml(text, file));
  const TomlTable all(top, file);
  WEIR_TRY(all.check_keys(kTopKeys));
  WEIR_TRY_ASSIGN(const auto tables, all.tables("interstitial"));
  if (tables.empty()) return fail(Code::kUsage, "{}: no [[interstitial]] in it", file);
  std::vector<Interstitial> out;
  std::set<std::string> ids;
  for (const auto& table : tables) {
    WEIR_TRY_ASSIGN(auto interstitial, read_interstitial(Table(table)));
    if (!ids.insert(interstitial.id).second)
      return fail(table.table_error("id '{}' is there twice", interstitial.id));
    out.push_back(std::move(interstitial));
  }
  return out;
}

Result<std::vector<Interstitial>> load_interstitials(const std::string& path) {
  if (path.empty()) return std::vector<Interstitial>();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (file && text.good()) return parse_interstitials(text.str(), path);
  return fail(Code::kIo, "cannot read cue sheet '{}': {}", path, os_error_text(errno));
}

hls::DateRangePtr interstitial_tag(const Interstitial& it, std::int64_t start_utc_us) {
  hls::DateRangeWriter tag(it.id, start_utc_us, kInterstitialClass);
  add_words(tag, "CUE", it.cue);
  add_seconds(tag, "DURATION", it.duration);
  add_words(tag, "X-ASSET-URI", it.asset_uri);
  add_words(tag, "X-ASSET-LIST", it.assets.empty() ? it.asset_list : "../" + asset_list_name(it));
  add_seconds(tag, "X-RESUME-OFFSET", it.resume_offset);
  add_seconds(tag, "X-PLAYOUT-LIMIT", it.playout_limit);
  add_words(tag, "X-SNAP", it.snap);
  add_words(tag, "X-RESTRICT", it.restrict);
  add_words(tag, "X-CONTENT-MAY-VARY", it.content_may_vary);
  add_words(tag, "X-TIMELINE-OCCUPIES", it.timeline_occupies);
  add_words(tag, "X-TIMELINE-STYLE", it.timeline_style);
  add_whole(tag, "X-SKIP-CONTROL-OFFSET", it.skip_offset);
  add_whole(tag, "X-SKIP-CONTROL-DURATION", it.skip_duration);
  add_words(tag, "X-SKIP-CONTROL-LABEL-ID", it.skip_label);
  return tag.done();
}

std::string asset_list_name(const Interstitial& interstitial) {
  return "interstitial-" + interstitial.id + ".json";
}

std::string asset_list_json(const Interstitial& interstitial) {
  std::vector<std::string> assets;
  for (const auto& asset : interstitial.assets) {
    const auto ms = hls::nearest_ms(asset.duration).count() / 1000;
    assets.push_back(fmt::format("{{\"URI\":{},\"DURATION\":{}.{:03}}}",
                                 boost::json::serialize(boost::json::value(asset.uri)), ms / 1000,
                                 ms % 1000));
  }
  return fmt::format("{{\"ASSETS\":[{}]}}\n", fmt::join(assets, ","));
}

}  // namespace weir::publish
