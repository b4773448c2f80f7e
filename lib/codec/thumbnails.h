// Small pictures of a stream, many to a file, for players to show while a viewer looks for a place.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "flow/stage.h"
#include "media/event.h"
#include "media/track.h"

namespace weir::codec {

struct ThumbnailSettings {
  Micros interval{10'000'000};  ///< Stream time from one to the next; above zero.
  int size = 320;               ///< Pixels, the longer side of one.
  int columns = 5;
  int rows = 4;

  int count() const { return columns * rows; }
};

/// Hands on all items untouched, and among them packets of one more track: JPEG pictures, each a
/// tile of thumbnails in rows from the left.
///
/// Pictures   Of each interval the first key picture of the smallest picture track that this build
///            can decode; of another one where that is missing. Only those are decoded. They are
///            turned and stretched to how they are shown; HDR becomes SDR. An interval without one,
///            or with one that is damaged, shows the picture before, or the first of all.
/// Time       Intervals count from the first key picture of the stream. A tile is stamped with the
///            begin of its first interval and lasts to the end of its last one, the last tile to
///            the end of the stream; it comes before the item that is beyond it. What would be
///            nothing but repetition for a whole tile is left out.
/// Memory     One tile.
class Thumbnails : public flow::Stage<media::Item, media::Item> {
 public:
  /// `tracks` are those of the stream. kUnsupported when none of their pictures can be decoded.
  static Result<std::unique_ptr<Thumbnails>> open(const media::Tracks& tracks,
                                                  const ThumbnailSettings& settings,
                                                  flow::Sink<media::Item>& next);
  /// The track open() adds: codec MJPEG, width and height those of one thumbnail, index behind all
  /// others, stamps in microseconds. Fails as open() does.
  static Result<media::Track> track_of(const media::Tracks& tracks,
                                       const ThumbnailSettings& settings);

  Result<flow::Flow> push(media::Item item) override;
  Result<void> finish() override;

 private:
  Thumbnails(const media::Tracks& tracks, const ThumbnailSettings& settings, media::Track track,
             flow::Sink<media::Item>& next);
  Result<void> look_at(const media::Packet& packet);
  bool wanted(const media::Packet& packet, std::int64_t slot) const;
  Result<flow::Flow> fill_to(std::int64_t slot);
  void put(std::int64_t slot);
  Result<flow::Flow> hand_on(Micros end);
  std::int64_t slot_of(media::Time at) const;

  media::Tracks tracks_;
  const ThumbnailSettings settings_;
  const media::Track track_;
  const media::Track* source_;
  std::optional<std::int64_t> origin_us_;
  std::int64_t end_us_ = 0;  // of the pictures so far
  std::int64_t next_ = 0;    // the first slot without a thumbnail
  std::optional<media::Frame> last_;
  std::optional<media::Frame> tile_;
  bool done_ = false;
};

}  // namespace weir::codec
