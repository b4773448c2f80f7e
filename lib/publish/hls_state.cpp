#include "publish/hls_state.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string_view>

#include <boost/json.hpp>

#include "publish/hls_names.h"

namespace weir::publish {
namespace {

namespace json = boost::json;
using Type = hls::MediaPlaylist::Type;

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMostRenditions = 1000;

json::object rendition_json(const HlsState::Rendition& rendition) {
  return {{"folder", rendition.folder},
          {"suffix", rendition.suffix},
          {"oldest", rendition.oldest},
          {"oldest_map", rendition.oldest_map},
          {"maps", rendition.maps}};
}

/// Reads members one after the other; once one is not what it should be, ok() stays false.
class Members {
 public:
  explicit Members(const json::value& from) : object_(from.if_object()) {
    ok_ = object_ != nullptr;
  }
  std::int64_t number(std::string_view key, std::int64_t most) {
    const auto* value = find(key);
    const auto* number = value != nullptr ? value->if_int64() : nullptr;
    ok_ = ok_ && number != nullptr && *number >= 0 && *number <= most;
    return ok_ ? *number : 0;
  }
  std::string text(std::string_view key) {
    const auto* value = find(key);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    ok_ = ok_ && text != nullptr;
    return ok_ ? std::string(*text) : std::string();
  }
  /// True when the text is `one`, false when it is `other`.
  bool either(std::string_view key, std::string_view one, std::string_view other) {
    const std::string found = text(key);
    ok_ = ok_ && (found == one || found == other);
    return found == one;
  }
  json::array array(std::string_view key) {
    const auto* value = find(key);
    const auto* array = value != nullptr ? value->if_array() : nullptr;
    ok_ = ok_ && array != nullptr;
    return ok_ ? *array : json::array();
  }
  void need(bool condition) { ok_ = ok_ && condition; }
  bool ok() const { return ok_; }

 private:
  const json::value* find(std::string_view key) const {
    return object_ != nullptr ? object_->if_contains(key) : nullptr;
  }
  const json::object* object_;
  bool ok_;
};

std::optional<HlsState::Rendition> read_rendition(const json::value& from) {
  constexpr std::int64_t kMostMaps = std::numeric_limits<int>::max() / 2;
  Members in(from);
  HlsState::Rendition out;
  out.folder = in.text("folder");
  out.suffix = in.text("suffix");
  out.oldest = in.number("oldest", kLastNumber);
  out.maps = static_cast<int>(in.number("maps", kMostMaps));
  out.oldest_map = static_cast<int>(in.number("oldest_map", kMostMaps));
  in.need(is_folder_name(out.folder) && is_segment_suffix(out.suffix));
  in.need(out.oldest_map <= out.maps);
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<HlsState> read_state(const json::value& from) {
  Members in(from);
  HlsState out;
  in.need(in.number("version", kVersion) == kVersion);
  out.type = in.either("playlist", "live", "event") ? Type::kLive : Type::kEvent;
  out.part = Micros(in.number("part_us", std::int64_t{1} << 40));
  const json::array renditions = in.array("renditions"), keys = in.array("keys");
  in.need(!renditions.empty() && renditions.size() <= kMostRenditions);
  std::set<std::string> folders;
  for (const auto& each : renditions) {
    auto rendition = in.ok() ? read_rendition(each) : std::nullopt;
    in.need(rendition && folders.insert(rendition->folder).second);
    if (in.ok()) out.renditions.push_back(std::move(*rendition));
  }
  for (const auto& each : keys) {
    const auto* number = each.if_int64();
    in.need(number != nullptr && *number <= kLastNumber &&
            *number > (out.keys.empty() ? -1 : out.keys.back()));
    if (in.ok()) out.keys.push_back(*number);
  }
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

std::string to_json(const HlsState& state) {
  json::array renditions;
  for (const auto& rendition : state.renditions) renditions.push_back(rendition_json(rendition));
  const json::object out{{"version", kVersion},
                         {"playlist", state.type == Type::kLive ? "live" : "event"},
                         {"part_us", state.part.count()},
                         {"renditions", std::move(renditions)},
                         {"keys", json::array(state.keys.begin(), state.keys.end())}};
  return json::serialize(out) + "\n";
}

Result<HlsState> parse_hls_state(ByteView bytes) {
  boost::system::error_code error;
  const json::value value = json::parse(as_text(bytes), error);
  std::optional<HlsState> state;
  if (!error) state = read_state(value);
  if (!state)
    return fail(Code::kBadInput, "'{}' is damaged, or not of this version", kHlsStateFile);
  return std::move(*state);
}

}  // namespace weir::publish
