// The rules the checks know, and what breaking one looks like.
// Source: "general-N" is rule N of Apple's HLS Authoring Specification, revision 2025-05-08,
// without device amendments; "ios-N", "macos-N", "tvos-N", "visionos-N" and "airplay-N" are the
// amendments; "draft-X" is draft-pantos-hls-rfc8216bis-22; "weir-X" is this project's own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace weir::probe {

enum class Severity { kMust, kShould, kInfo };
std::string_view severity_name(Severity severity);

/// A set of bits: what a presentation is to be played on.
using Platforms = unsigned;
inline constexpr Platforms kWeb = 1, kIos = 2, kMacos = 4, kTvos = 8, kVisionos = 16, kAirplay = 32;
/// Every device the authoring specification speaks of, and all there is.
inline constexpr Platforms kApple = kIos | kMacos | kTvos | kVisionos | kAirplay;
inline constexpr Platforms kAll = kWeb | kApple;

struct Rule {
  std::string_view id;  ///< Its source, then the number or name there; unique.
  Severity severity;
  bool decided;             ///< A check answers it; else `reason` says why none does.
  Platforms platforms;      ///< Where it holds.
  std::string_view title;   ///< What the rule asks for.
  std::string_view reason;  ///< How it is decided, or why it is not.
};
/// All of them, in the order lists use.
const std::vector<Rule>& all_rules();
/// The rule of that id; there must be one.
const Rule& find_rule(std::string_view id);

struct Finding {
  const Rule* rule = nullptr;  ///< Into all_rules(), never null.
  std::string uri;             ///< Of the playlist or segment, as messages call it.
  int line = 0;                ///< In that playlist; 0 when no line is to blame.
  boost::json::value measured =
      nullptr;  ///< Seconds, bits per second or text; null when nothing is measured.
  boost::json::value limit = nullptr;  ///< In the same unit.
  std::string message;                 ///< Lower case, no final period, with both figures.
  std::optional<std::int64_t> time_us =
      {};  ///< Of the segment to blame, from the playlist's start.
};

/// "URI:LINE", or the URI where no line is to blame.
std::string finding_place(const Finding& finding);

/// What was found, with a bound on how often one rule speaks about one playlist.
class Findings {
 public:
  void add(Finding finding);
  /// The gravest first, else in the order found. The last of a rule that was cut short says how
  /// many more there are.
  std::vector<Finding> take();

 private:
  std::vector<Finding> list_;
  std::map<std::pair<std::string_view, std::string>, std::int64_t> counts_;
};
inline constexpr std::int64_t kMaxPerRule = 10;

std::int64_t count(const std::vector<Finding>& findings, Severity severity);

/// One line a finding, aligned, and a last line with the counts.
std::string findings_text(const std::vector<Finding>& findings);
boost::json::array findings_json(const std::vector<Finding>& findings);
boost::json::value findings_summary(const std::vector<Finding>& findings);

}  // namespace weir::probe
