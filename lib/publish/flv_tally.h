// What is counted while an FLV is written, and what onMetaData says of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "flv/file_scan.h"
#include "flv/metadata.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::publish {

/// The tracks are those of flv::Muxer, in its order; borrowed.
class FlvTally {
 public:
  FlvTally(std::vector<const media::Track*> tracks, std::string encoder, bool four_ccs);

  /// Where stream time begins for the FLV.
  void set_origin(std::int64_t origin_ms) { origin_ms_ = origin_ms; }
  /// The FLV goes on with what was found in a file; stream time begins at set_origin() for it.
  void begin_behind(const flv::FileScan& file);
  void add_packet(const media::Packet& packet);
  void add_tag(const flv::Tag& tag);
  /// Of the ordinary picture track; its first tag comes next.
  void add_key_frame(std::int64_t timestamp_ms);

  bool is_main_video(const media::Packet& packet) const;
  ProgressReport progress() const;
  /// What can be said before the first packet.
  flv::Metadata declared() const;
  /// What can be said behind the last one. Key frames are offsets from the first tag added.
  flv::Metadata learnt() const;

 private:
  struct Count {
    const media::Track* track = nullptr;
    int id = 0;  // among those of its kind
    std::int64_t packets = 0;
    std::int64_t bytes = 0;
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;

    std::int64_t rate() const;
    double frame_rate() const;
  };
  const Count* main(bool video) const;
  std::int64_t end_ms() const;
  flv::Metadata describe(bool learnt) const;

  std::vector<Count> counts_;
  std::string encoder_;
  bool four_ccs_;
  std::int64_t origin_ms_ = 0;
  std::int64_t written_bytes_ = 0;
  std::int64_t last_timestamp_ms_ = 0;
  std::vector<flv::KeyFrame> key_frames_;
};

}  // namespace weir::publish
