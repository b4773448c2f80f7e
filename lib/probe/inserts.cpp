#include "probe/inserts.h"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "hls/uri.h"
#include "probe/presentation.h"

namespace weir::probe {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMostList = 1 << 20;
constexpr std::size_t kMostAssets = 100;

const json::value* member(const json::value& of, std::string_view name) {
  const auto* object = of.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

std::string problem_of(const json::value& asset) {
  const auto* uri = member(asset, "URI");
  const auto* duration = member(asset, "DURATION");
  if (uri == nullptr || !uri->is_string()) return "an asset of the list has no URI";
  if (hls::uri_scheme(std::string_view(uri->get_string())).empty())
    return "an asset of the list has a URI that is not absolute";
  const bool timed =
      duration != nullptr && duration->is_number() && duration->to_number<double>() >= 0;
  return timed ? "" : "an asset of the list has no DURATION in seconds";
}

/// The locations of a list; its problem is left in `out`.
std::vector<std::string> read_list(const std::string& location, const Fetcher& fetcher,
                                   Insert& out) {
  std::vector<std::string> found;
  const auto bytes = fetcher.whole(location, {}, kMostList);
  if (!bytes) {
    out.problem = bytes.error().what;
    return found;
  }
  json::error_code ec;
  const auto list = json::parse(json::string_view(as_text(*bytes)), ec);
  const auto* assets = ec ? nullptr : member(list, "ASSETS");
  if (ec || assets == nullptr || !assets->is_array()) {
    out.problem = ec ? "the list is no JSON" : "the list has no array ASSETS";
    return found;
  }
  for (const auto& asset : assets->get_array()) {
    out.problem = problem_of(asset);
    if (!out.problem.empty()) return found;
    found.emplace_back(member(asset, "URI")->get_string());
  }
  return found;
}

void read_asset(const std::string& location, const Fetcher& fetcher, Insert& out) {
  Insert::Asset asset{location, {}};
  const auto bytes = fetcher.whole(location, {}, kMostList);
  const auto text = bytes ? hls::read_playlist(as_text(*bytes)) : Result<hls::PlaylistText>();
  if (bytes && text && text->multivariant() != nullptr) asset.text = *text->multivariant();
  out.assets.push_back(std::move(asset));
}

Insert read_insert(const Rendition& rendition, const hls::Line& line, const Fetcher& fetcher) {
  Insert out{rendition.location, line.number, "", {}};
  const auto list = line.attributes.text("X-ASSET-LIST");
  const auto alone = line.attributes.text("X-ASSET-URI");
  const auto location = locate(rendition.location, list ? *list : alone.value_or(""));
  if (!location) {
    out.problem = location.error().what;
    return out;
  }
  const auto assets = list ? read_list(*location, fetcher, out) : std::vector{*location};
  for (const auto& asset : assets) {
    if (out.assets.size() >= kMostAssets) break;
    // What a list from the network names is of the network.
    if (const auto place = locate(*location, asset)) read_asset(*place, fetcher, out);
  }
  return out;
}

bool is_insert(const hls::Line& line) {
  return line.tag == "EXT-X-DATERANGE" &&
         line.attributes.text("CLASS") == "com.apple.hls.interstitial" &&
         (line.attributes.find("X-ASSET-LIST") != nullptr ||
          line.attributes.find("X-ASSET-URI") != nullptr);
}

}  // namespace

std::vector<Insert> read_inserts(const Presentation& presentation, const Fetcher& fetcher) {
  std::vector<Insert> out;
  std::size_t assets = 0;
  for (const auto& rendition : presentation.renditions) {
    for (const auto& line : rendition.lines) {
      if (!is_insert(line) || assets >= kMostAssets) continue;
      out.push_back(read_insert(rendition, line, fetcher));
      assets += 1 + out.back().assets.size();
    }
    if (!out.empty()) break;
  }
  return out;
}

}  // namespace weir::probe
