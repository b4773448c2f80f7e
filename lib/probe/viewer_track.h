// Decodes one kind of track as a viewer does, whatever rendition it comes from.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"
#include "codec/decoder.h"
#include "media/packet.h"
#include "media/track.h"
#include "probe/viewer.h"

namespace weir::probe {

/// Sound by its samples against its stamps. A break of more than kBreak begins anew.
class SoundClock {
 public:
  static constexpr std::int64_t kBreak = 100'000;
  void add(std::int64_t pts_us, std::int64_t samples, int rate);
  void reset() { begin_us_.reset(); }
  std::int64_t max_us() const { return max_us_; }  ///< The largest, with its sign.
  std::int64_t last_us() const { return last_us_; }

 private:
  std::optional<std::int64_t> begin_us_;
  std::int64_t samples_ = 0;
  std::int64_t max_us_ = 0;
  std::int64_t last_us_ = 0;
};

/// Threads    One call at a time.
class ViewerTrack {
 public:
  /// Told the time of each decoded frame, in order of presentation, microseconds.
  using Shown = std::function<void(std::int64_t pts_us)>;

  explicit ViewerTrack(media::Kind kind, Shown shown = {});
  ~ViewerTrack();

  /// What follows is of this track: another rendition, or another codec. What is held is decoded
  /// before. kUnsupported without a decoder.
  Result<void> open(const media::Track& track);
  bool is_open() const { return decoder_ != nullptr; }
  /// A packet of the track that was opened.
  void add(const media::Packet& packet, bool idr);
  /// Stamps begin anew, and that was announced.
  void discontinuity();
  /// At the end; everything that was held is decoded.
  ViewerTrackFigures finish();
  const SoundClock& clock() const { return clock_; }

 private:
  class Sink;
  void close();
  void take_meter();

  const media::Kind kind_;
  ViewerTrackFigures figures_;
  SoundClock clock_;
  std::unique_ptr<Sink> sink_;
  std::unique_ptr<codec::Decoder> decoder_;
  std::optional<TrackMeter> meter_;
};

}  // namespace weir::probe
