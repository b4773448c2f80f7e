// What a caller chooses about an HLS output, and what he lends to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/store.h"
#include "base/units.h"
#include "hls/playlist.h"
#include "publish/hls_captions.h"
#include "publish/hls_encryption.h"
#include "publish/hls_interstitials.h"
#include "publish/hls_presentation.h"

namespace weir::publish {

/// A track of tiles that comes with the others (codec::Thumbnails).
struct HlsThumbnails {
  int track = 0;
  Size size;  ///< Of one thumbnail.
  int columns = 1;
  int rows = 1;
  Micros interval{};  ///< From one to the next.
};

struct HlsOptions {
  enum class Container {
    kFmp4,
    kTs,
    kPacked,  ///< Sound as packed audio, pictures as kTs.
  };

  hls::MediaPlaylist::Type type = hls::MediaPlaylist::Type::kVod;
  Container container = Container::kFmp4;
  std::optional<Micros> segment;  ///< Length; empty: the cut grid's, else 6 s.
  Micros window{60'000'000};      ///< Live: what the playlist lists, at least three segments.
  std::optional<Micros> part;     ///< Target of parts, for low latency; empty: none.
  bool iframes = false;           ///< I-frame playlists beside those of pictures.
  bool single_file = false;       ///< One file for all segments of a rendition. VOD only.
  bool dash = false;              ///< A DASH manifest of the same segments, too.
  bool strict = false;            ///< Renditions off the grid and overlong segments are kRefused.
  /// UTC of the first picture, microseconds since 1970; overrides what the stream or the clock say.
  std::optional<std::int64_t> program_date_time_us;
  HlsEncryption encryption;
  std::vector<CaptionChoice> captions;  ///< Listed also before, and if, they are found.
  HlsPresentation presentation;
  std::optional<HlsThumbnails> thumbnails;
  std::vector<Interstitial> interstitials;
  bool start_anew = false;  ///< Live, event: what an earlier run left is removed, not gone on from.
  bool expect_end = false;  ///< The stream marks its end; without the mark it was cut off.
};

/// All borrowed, for the lifetime of what they are lent to.
struct HlsServices {
  Store& store;
  const Clock& clock;
  Log& log;
  Progress& progress;
  const StopSource* stop = nullptr;         ///< A requested stop is a proper end.
  std::int64_t total_us = 0;                ///< Length of the input for progress; 0 when not known.
  const Random& random = Random::system();  ///< Where generated keys come from.
};

/// "2026-11-22T18:49:00Z", with a fraction of a second and an offset like "+01:00" if wanted; in
/// microseconds since 1970. kUsage otherwise.
Result<std::int64_t> parse_utc(std::string_view text);

}  // namespace weir::publish
