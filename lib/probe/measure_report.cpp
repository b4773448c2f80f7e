#include <boost/json.hpp>

#include "probe/json_text.h"
#include "probe/measure.h"
#include "probe/words.h"

namespace weir::probe {
namespace json = boost::json;
namespace {

// More than these are only counted: the rest is in the JSON.
constexpr std::size_t kShown = 5;

std::string words(const std::vector<Stretch>& stretches) {
  std::string out;
  for (std::size_t i = 0; i < std::min(kShown, stretches.size()); ++i)
    out += fmt::format("{}{} to {}", i == 0 ? "" : ", ", seconds_words(stretches[i].start_us),
                       seconds_words(stretches[i].end_us));
  if (stretches.size() > kShown) out += fmt::format(", … ({} in all)", stretches.size());
  return out;
}

json::array list(const std::vector<Stretch>& stretches) {
  json::array out;
  for (const auto& stretch : stretches)
    out.push_back(
        {{"start", json_seconds(stretch.start_us)}, {"end", json_seconds(stretch.end_us)}});
  return out;
}

}  // namespace

std::string measures_text(const Measures& measures) {
  std::vector<std::vector<std::string>> rows;
  if (const auto& loud = measures.loudness)
    rows.push_back({"loudness",
                    fmt::format("{:.1f} LUFS, range {:.1f} LU, {:.1f} LUFS at most over 3 s, "
                                "true peak {:.1f} dBTP",
                                loud->integrated, loud->range, loud->short_term, loud->true_peak)});
  const auto add = [&](const char* name, const std::vector<Stretch>& stretches) {
    if (!stretches.empty()) rows.push_back({name, words(stretches)});
  };
  add("black", measures.black);
  add("frozen", measures.frozen);
  add("silent", measures.silent);
  if (measures.undecodable > 0)
    rows.push_back({"decoding",
                    count_words(measures.undecodable, "packet", "packets") + " cannot be decoded"});
  return rows.empty() ? "" : table(rows);
}

json::object measures_json(const Measures& measures) {
  json::object out{{"loudness", nullptr}};
  if (const auto& loud = measures.loudness)
    out["loudness"] = {
        {"integrated", loud->integrated},
        {"range", loud->range},
        {"true_peak", loud->true_peak},
        {"short_term_max", loud->short_term},
        {"per_second", json::array(loud->per_second.begin(), loud->per_second.end())}};
  out["black"] = list(measures.black);
  out["frozen"] = list(measures.frozen);
  out["silent"] = list(measures.silent);
  out["undecodable"] = measures.undecodable;
  return out;
}

}  // namespace weir::probe
