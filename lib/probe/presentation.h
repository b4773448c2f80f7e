// An HLS presentation as a player finds it: its playlists, and the media of every segment measured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "hls/playlist_text.h"
#include "probe/delivery.h"
#include "probe/fetch.h"
#include "probe/init_facts.h"
#include "probe/inserts.h"
#include "probe/segment_reader.h"
#include "probe/track_meter.h"

namespace weir::probe {

/// A segment of a media playlist. Neither facts nor failure: not looked into (encrypted, or a gap).
struct SegmentRead {
  std::optional<SegmentFacts> facts;
  std::optional<Error> failure;
};

/// One media playlist with its media.
struct Rendition {
  enum class Role { kMain, kSubtitles, kIFrames };
  Role role = Role::kMain;
  std::string location;          ///< Where it was read from.
  std::string name;              ///< As the multivariant playlist writes it, or the location.
  std::optional<Error> failure;  ///< The playlist itself could not be read; nothing below is set.
  hls::MediaPlaylistText text;
  std::vector<hls::Line> lines;  ///< Its tags and URIs as written.
  std::vector<hls::Problem> problems;
  std::vector<SegmentRead> segments;  ///< One for each of text.segments.
  bool needs_map = false;             ///< A segment is ISO base media and no EXT-X-MAP applies.
  std::vector<InitFacts> inits;       ///< Of the initialization sections, as they are used.
  std::optional<FragmentFacts> encrypted;  ///< Of the first encrypted segment with one.
  media::Tracks tracks;  ///< At most one video and one sound track, of the first segment.
  std::vector<std::string> codecs;        ///< CODECS entries of `tracks`, where there are any.
  std::vector<std::string> later_codecs;  ///< The same of segments behind a discontinuity.
  TrackStats video;
  TrackStats audio;
  std::vector<std::int64_t> idrs;  ///< Presentation times of all IDR pictures, microseconds.

  bool has_video() const { return video.packets > 0; }
  bool has_audio() const { return audio.packets > 0; }
  bool all_read() const;  ///< Every segment gave facts, and there is one.
  const media::Track* track(media::Kind kind) const;
  std::int64_t frame_us() const;  ///< Of the picture, else of the sound; 0 when not known.
  std::int64_t bytes() const;     ///< Of all segments.
  bool vod() const { return text.endlist || text.type == "VOD"; }
};

/// Every media playlist is read once, however often it is named.
struct Presentation {
  std::string location;
  std::optional<hls::MultivariantText> multivariant;  ///< Empty for a lone media playlist.
  std::vector<hls::Line> lines;                       ///< Of the playlist at `location`.
  std::vector<hls::Problem> problems;                 ///< Of the multivariant playlist.
  std::vector<Rendition> renditions;
  std::vector<int> variants;         ///< Rendition of each variant.
  std::vector<int> media;            ///< Rendition of each EXT-X-MEDIA; -1 when it has no URI.
  std::vector<int> iframe_variants;  ///< Rendition of each I-frame variant.
  std::vector<Insert> inserts;       ///< Of interstitials, where they were followed.
  Delivery delivery;                 ///< Of what came over HTTP, where it was asked about.

  const Rendition& of_variant(std::size_t index) const {
    return renditions[static_cast<std::size_t>(variants[index])];
  }
  /// The renditions of a group of "AUDIO" or "SUBTITLES" that have playlists of their own.
  std::vector<const Rendition*> group(std::string_view type, const std::string& group) const;
};

enum class LoadScope {
  kEverything,
  kPlaylists,  ///< No segments, keys or initialization sections.
};

/// Reads it all, several renditions at a time; blocks as long as that takes. `progress` is told by
/// one thread at a time. What cannot be read below `location` is noted in the
/// result; the failure of this function is that `location` itself is not there or no playlist, or
/// kStopped.
Result<Presentation> load_presentation(const std::string& location, const Fetcher& fetcher,
                                       Progress& progress,
                                       LoadScope scope = LoadScope::kEverything);

}  // namespace weir::probe
