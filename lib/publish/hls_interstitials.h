// What players insert into a presentation by themselves: HLS interstitials, and the file they are
// planned in.
// Source: draft-pantos-hls-rfc8216bis sections 4.4.5.1 and appendix D.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "hls/date_range.h"

namespace weir::publish {

struct Interstitial {
  struct Asset {
    std::string uri;
    Micros duration{};
  };
  std::string id;
  std::optional<Micros> at;            ///< After the first picture; or
  std::optional<std::int64_t> utc_us;  ///< on this date. Neither: with the first picture.
  std::string asset_uri;               ///< Exactly one of the three is there.
  std::string asset_list;
  std::vector<Asset> assets;
  std::optional<Micros> duration, resume_offset, playout_limit;
  std::optional<Micros> skip_offset, skip_duration;
  std::string skip_label;
  std::string cue, snap, restrict;  ///< As the tag lists them: "PRE,ONCE".
  std::string content_may_vary, timeline_occupies, timeline_style;  ///< "": not said.

  /// Before or after all else, wherever the playlist begins and ends by then.
  bool at_an_end() const { return cue.starts_with("PRE") || cue.starts_with("POST"); }
};

/// A cue sheet: [[interstitial]] tables. kUsage names the file and the line of what is wrong in it,
/// unknown keys with the nearest known one.
Result<std::vector<Interstitial>> parse_interstitials(std::string_view text, std::string_view file);
/// kIo when the file cannot be read; none when there is no path.
Result<std::vector<Interstitial>> load_interstitials(const std::string& path);

/// Its tag when it begins on this date.
hls::DateRangePtr interstitial_tag(const Interstitial& interstitial, std::int64_t start_utc_us);
inline constexpr std::string_view kInterstitialClass = "com.apple.hls.interstitial";

/// What X-ASSET-LIST of one with `assets` names, beside the multivariant playlist, and its content.
std::string asset_list_name(const Interstitial& interstitial);
std::string asset_list_json(const Interstitial& interstitial);

}  // namespace weir::publish
