// The DASH manifest beside the playlists: the same segments, told to players of another kind.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "hls/mpd.h"
#include "hls/segment.h"
#include "publish/dash_timeline.h"
#include "publish/hls_keys.h"
#include "publish/hls_options.h"
#include "publish/hls_rendition.h"

namespace weir::publish {

inline constexpr const char* kDashManifest = "manifest.mpd";

/// Lists       What the media playlists of pictures and sound list, in whole segments, as far as
///             all renditions have come.
/// Time line   VOD begins at 0. Live and event: availabilityStartTime is chosen so that the newest
///             segment of the first manifest became available when it was written, by the clock and
///             not by the dates of the stream, for that is what players reckon with.
/// Restart     A run that goes on from another one reads its manifest: availabilityStartTime and
///             the periods stay.
/// End         The manifest becomes static, on the same time line.
/// Failure     What the store says.
class DashManifest {
 public:
  using Renditions = std::vector<std::unique_ptr<HlsRendition>>;

  /// kUsage for what a DASH manifest cannot describe.
  static Result<void> check(const HlsOptions& options);
  /// Takes away what a run with a manifest left for one without, where the store tells that there
  /// is one.
  static Result<void> remove_stale(Store& store);
  DashManifest(const Renditions& renditions, const HlsOptions& options,
               const HlsServices& services);

  /// Goes on from the manifest of an earlier run, as far as the playlists do; before anything is
  /// noted. What was not listed there, or cannot be read, is left out, and that is said.
  Result<void> take_up();
  /// What `rendition` was given last: the form and the bytes of its first packet, empty when it has
  /// none; `key` is the one in force, null for none.
  Result<void> note_begin(const HlsRendition& rendition, const hls::FormPtr& form, ByteView first,
                          const KeyPeriod* key);
  /// The rendition got this segment; note_begin() goes before.
  void note(const HlsRendition& rendition, const hls::Segment& segment, bool breaks);

  /// Writes it when there is something new to tell. `target` is the wanted length of a segment.
  Result<void> update(Micros target);
  /// Writes it for the last time.
  Result<void> complete(Micros target, bool ended);

 private:
  Result<void> write(Micros target, std::int64_t till, bool ended);
  hls::Mpd describe(Micros target, std::int64_t till, bool ended) const;
  std::size_t index_of(const HlsRendition& rendition) const;
  bool vod() const { return options_.type == hls::MediaPlaylist::Type::kVod; }

  const Renditions& renditions_;
  const HlsOptions options_;
  const HlsServices services_;
  DashTimeline timeline_;
  std::vector<DashContentPtr> contents_;  // of each rendition the one in force
  std::optional<std::int64_t> availability_start_us_;
  std::int64_t told_till_ = 0;  // segments below this number are in the last manifest
};

}  // namespace weir::publish
