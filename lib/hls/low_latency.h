// What a low-latency playlist says beyond others, and playlists that leave out what a player has.
// Source: draft-pantos-hls-rfc8216bis sections 4.4.3.7, 4.4.3.8, 4.4.4.9, 4.4.5.2 to 4.4.5.4,
// 6.2.5.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace weir::hls {

/// EXT-X-PART.
struct MediaPart {
  std::string uri;
  Micros duration{};
  bool independent = false;
  bool gap = false;
};

/// EXT-X-RENDITION-REPORT: how far another rendition's playlist has come.
struct RenditionReport {
  std::string uri;  ///< Of its playlist, relative to the one that holds the report.
  std::int64_t last_msn = 0;
  std::optional<std::int64_t> last_part;  ///< Empty: that playlist has no parts.
};

/// Durations stay as they are from text to text.
struct LowLatency {
  Micros part_target{};  ///< 0: a rendition without parts beside others that have them.
  Micros part_hold_back{};
  Micros hold_back{};
  std::optional<Micros> can_skip_until;
  std::string preload_hint;  ///< URI of the next part. Not written once the playlist has ended.
  std::vector<RenditionReport> reports;
};

/// Three parts: what a player keeps away from the end.
Micros part_hold_back(Micros part_target);
/// Parts stand in a playlist as long as they end within so many target durations from its end.
inline constexpr int kTargetsWithParts = 3;
/// Six target durations, where so much is listed that something is left to skip; else empty.
/// `listed` is the shortest the playlist will ever be, once it has come to its length.
std::optional<Micros> can_skip_until(std::int64_t target_duration, Micros listed);

/// EXT-X-SERVER-CONTROL and, with parts, EXT-X-PART-INF.
std::string low_latency_header(const LowLatency& chosen);
std::string part_tags(const std::vector<MediaPart>& parts);
/// EXT-X-PRELOAD-HINT and EXT-X-RENDITION-REPORT.
std::string low_latency_trailer(const LowLatency& chosen, bool ended);

/// The playlist delta update a player asks for with _HLS_skip=YES: segments that end farther than
/// CAN-SKIP-UNTIL from the end of the last whole one are replaced by one EXT-X-SKIP, with all tags
/// that are theirs; every other line stays as it is, and EXT-X-VERSION is at least 9. Empty when
/// there is nothing to skip, or `playlist` is not one that allows it or has ended: then it has to
/// be sent whole. Any bytes are safe.
std::optional<std::string> delta_update(std::string_view playlist);

}  // namespace weir::hls
