// Thumbnails on their way out: tiles, their playlist, and WebVTT that names them.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "hls/image_playlist.h"
#include "media/packet.h"
#include "publish/hls_options.h"

namespace weir::publish {

/// Files      thumbnails/seg-00000.jpg and on, thumbnails/index.m3u8; VOD and event also
///            thumbnails/thumbnails.vtt. A tile is written before what names it. Tiles that left
///            a live window are removed as segments are. They stay clear when segments do not.
/// Time       A tile is listed for the time it is stamped with; where there is none, a gap.
/// Failure    What the store says. The object is of no use afterwards.
class HlsImages {
 public:
  static constexpr const char* kFolder = "thumbnails";

  /// kUsage when a rendition has that folder.
  static Result<void> check(const HlsOptions& options, const std::vector<std::string>& folders);
  /// Removes the playlist of an earlier run, where the store can be read.
  static Result<void> remove_stale(Store& store);

  HlsImages(const HlsOptions& options, const HlsServices& services);

  int track() const { return chosen_.track; }
  std::string playlist_name() const { return std::string(kFolder) + "/index.m3u8"; }
  /// Before anything is added. An earlier run's list is gone on from if `is_continued` and its
  /// tiles are like ours; else its tiles are removed, at once if it is not `counted_on`.
  Result<void> begin(bool is_continued, bool counted_on);
  /// Writes the tile. `utc_us` is the program date time of its start.
  Result<void> add(const media::Packet& tile, std::optional<std::int64_t> utc_us);
  Result<void> write_playlist(bool ended);
  void remove_all();

  bool lists_anything() const { return peak_ > 0; }
  hls::ImageStream stream() const;

 private:
  struct Retired {
    std::string name;
    std::chrono::nanoseconds at;  // of the monotonic clock
  };
  std::string file(std::int64_t number) const;
  std::int64_t next() const {
    return playlist_.media_sequence + static_cast<std::int64_t>(playlist_.tiles.size());
  }
  void add_gaps(media::Time till);
  void slide();
  void retire(std::string name, Micros listed);
  Result<void> remove_retired();
  Result<std::optional<hls::ImagePlaylist>> find_earlier();

  const HlsThumbnails chosen_;
  const HlsServices services_;
  const Micros window_;
  hls::ImagePlaylist playlist_;
  std::optional<std::int64_t> end_us_;  // stream time of the last tile's end
  bool resumes_ = false;                // the next tile follows a break
  std::int64_t peak_ = 0;
  std::deque<Retired> retired_;
  std::vector<std::string> written_;  // VOD only
};

}  // namespace weir::publish
