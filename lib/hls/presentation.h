// What a multivariant playlist says of the presentation as a whole, and variables in playlists.
// Source: draft-pantos-hls-rfc8216bis sections 4.3 (variable substitution), 4.4.2.2 (EXT-X-START),
// 4.4.2.3 (EXT-X-DEFINE), 4.4.6.4 (EXT-X-SESSION-DATA), 4.4.6.6 (EXT-X-CONTENT-STEERING) and 7.2
// (steering manifest).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace weir::hls {

struct StartPoint {
  Micros offset{};  ///< From the begin; below zero: from the end.
  bool precise = false;
};

struct Variable {
  std::string name;
  std::optional<std::string> value;  ///< Empty: from the query of the playlist's own URI.
};

struct SessionData {
  std::string id;
  std::string value;  ///< Either this,
  std::string uri;    ///< or this.
  bool raw = false;   ///< What stands there is not JSON.
  std::string language;
};

struct Steering {
  std::string server_uri;
  std::string pathway;  ///< The one to begin with.
};

/// Texts hold no quotes and no control characters: there is no way to write them.
struct PresentationTags {
  std::vector<Variable> variables;
  std::optional<Steering> steering;
  std::vector<SessionData> session_data;

  /// EXT-X-VERSION they need at least.
  int version() const;
};

/// The EXT-X-START line.
std::string start_tag(const StartPoint& start);
/// The EXT-X-DEFINE lines, which have to stand before whatever uses a variable.
std::string define_tags(const PresentationTags& tags);
/// The other lines.
std::string presentation_tags(const PresentationTags& tags);

/// Names in "{$name}", each once, in order.
std::vector<std::string> variables_in(std::string_view text);
/// Letters, digits, '-' and '_'.
bool is_variable_name(std::string_view name);
/// Letters, digits, '-', '_' and '.'.
bool is_pathway_id(std::string_view id);
/// Letters, digits and "+/=.-_".
bool is_stable_id(std::string_view id);

/// The JSON a steering server answers with: these pathways, the best first, for `ttl` seconds.
std::string steering_manifest(int ttl, const std::vector<std::string>& pathways);

}  // namespace weir::hls
