// What a person says of a presentation that no stream tells: where to begin, data for the
// application, pathways, names and scores of renditions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "hls/playlist.h"
#include "hls/presentation.h"
#include "media/track.h"

namespace weir::publish {

inline constexpr const char* kSteeringManifest = "steering.json";

/// What is said of one rendition, instead of what would be said without.
struct RenditionChoice {
  std::string name;   ///< The folder of the rendition.
  std::string place;  ///< "FILE:LINE", for words about it.
  std::string label;  ///< Sound: NAME.
  std::string language;
  std::vector<std::string> characteristics;  ///< Sound.
  std::optional<bool> is_default;            ///< Sound.
  std::optional<bool> autoselect;            ///< Sound.
  std::optional<double> score;               ///< Pictures, and sound that is alone.
  std::string stable_id;
};

struct Pathway {
  std::string id;
  std::string base;  ///< Put in front of the URIs of its playlists.
};

struct HlsPresentation {
  hls::PresentationTags tags;
  std::optional<hls::StartPoint> start;  ///< In all media playlists but those of I-frames.
  std::vector<Pathway> pathways;
  int steering_ttl = 0;     ///< Seconds; above zero kSteeringManifest is written.
  bool stable_ids = false;  ///< STABLE-VARIANT-ID and STABLE-RENDITION-ID, on all.
  std::vector<RenditionChoice> renditions;

  /// What was said of that rendition, or nothing in particular.
  RenditionChoice of(std::string_view folder) const;
  /// The id that was chosen for it, else its name; "" when there are none.
  std::string stable_id(std::string_view folder) const;
};

/// Reads the file, or its text; every error is kUsage and names file and line, but for kIo when it
/// cannot be read.
Result<HlsPresentation> load_presentation(const std::string& file);
Result<HlsPresentation> parse_presentation(std::string_view text, std::string_view file);
/// "-18s", "90s". kUsage otherwise.
Result<Micros> parse_offset(std::string_view text);

/// kUsage when it speaks of renditions that are not there, scores some pictures and not others, or
/// uses a variable that is not defined; `key_uri` may use them too.
Result<void> check_presentation(const HlsPresentation& presentation, const media::Tracks& tracks,
                                const std::vector<std::string>& folders,
                                const std::string& key_uri);

/// The content of kSteeringManifest; "" for none.
std::string steering_text(const HlsPresentation& presentation);

/// Puts the tags into the playlist, and lists every variant and rendition once for each pathway, in
/// groups of its own.
void apply(const HlsPresentation& presentation, hls::MultivariantPlaylist& playlist);

}  // namespace weir::publish
