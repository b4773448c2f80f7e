// Runs the rules over what was read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/units.h"
#include "probe/presentation.h"
#include "probe/report.h"
#include "probe/rules.h"

namespace weir::probe {

/// A line of the table: a variant with its worst sound, or a sound rendition alone.
struct VariantSummary {
  std::string name;  ///< URI as the playlist writes it.
  std::string kind;  ///< "variant", "audio", "media" (a lone media playlist).
  std::optional<Size> size;
  std::string codecs;  ///< From the bitstream, comma between.
  double frame_rate = 0;
  std::int64_t average = 0;  ///< Measured, bits per second.
  std::int64_t peak = 0;
  std::optional<std::int64_t> declared_average;
  std::optional<std::int64_t> declared_peak;
  std::int64_t segments = 0;
  std::int64_t duration_us = 0;  ///< Sum of EXTINF.
  Spread gop_us;
  std::optional<bool>
      aligned;  ///< Cuts and IDRs as in the first video variant; empty for that one.
};

struct PlaylistReport {
  std::string name;
  std::vector<VariantSummary> variants;
  std::vector<Finding> findings;
};

/// Every rule, over a presentation that was read.
PlaylistReport check_presentation(const Presentation& presentation);
/// The rules for a stream that is no playlist.
std::vector<Finding> check_media(const Report& report);

std::string playlist_text(const PlaylistReport& report);
boost::json::object playlist_json(const PlaylistReport& report);

/// Measured bit rates of a variant: its own segments and the worst sound rendition of its group.
struct MeasuredRates {
  std::int64_t average = 0;
  std::int64_t peak = 0;
  bool whole = false;  ///< Every segment of every part could be read.
};
MeasuredRates measured_rates(const Presentation& presentation, const hls::VariantText& variant,
                             const Rendition& rendition);
MeasuredRates measured_rates(const Rendition& rendition);

/// The first variant with a picture, to which the others are compared; or nullptr.
const Rendition* reference_rendition(const Presentation& presentation);

// The rules by what they look at; check_presentation() runs them in this order.
void check_tags(const Presentation& presentation, Findings& findings);
void check_version(const Presentation& presentation, Findings& findings);
void check_keys(const Presentation& presentation, Findings& findings);
void check_media_playlists(const Presentation& presentation, Findings& findings);
void check_low_latency(const Presentation& presentation, Findings& findings);
void check_interstitials(const Presentation& presentation, Findings& findings);
void check_multivariant(const Presentation& presentation, Findings& findings);
void check_between(const Presentation& presentation, Findings& findings);
void check_codecs(const Presentation& presentation, Findings& findings);
void check_offer(const Presentation& presentation, Findings& findings);
void check_measured(const Presentation& presentation, Findings& findings);
void check_text(const Presentation& presentation, Findings& findings);
void check_subtitles(const Presentation& presentation, Findings& findings);
void check_containers(const Presentation& presentation, Findings& findings);
void check_segments(const Presentation& presentation, Findings& findings);
void check_declared(const Presentation& presentation, Findings& findings);
void check_alignment(const Presentation& presentation, Findings& findings);
void check_carriage(const Presentation& presentation, Findings& findings);
void check_inserts(const Presentation& presentation, Findings& findings);
void check_delivery(const Presentation& presentation, Findings& findings);

}  // namespace weir::probe
