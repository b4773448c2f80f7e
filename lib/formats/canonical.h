// Brings the packets of one foreign track into the canonical form of weir-pipe(7).
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "base/result.h"
#include "formats/dts_clock.h"
#include "media/packet.h"
#include "media/repairs.h"
#include "media/track.h"

namespace weir::formats {

/// Bitstream: H.264 and HEVC become Annex B with parameter sets in every IDR access unit; AAC loses
/// its ADTS headers. Time: 33- and 32-bit wraps are undone, dts is set (DtsClock), sound is stamped
/// in samples and runs on its sample count while the container's stamps agree within 5 ms.
/// Parameter sets that change in mid-stream (new extradata beside a packet) go into the key frames
/// from there on.
/// Video before the first key frame, in the stream or on the screen, is dropped: nothing can
/// decode it.
class Canonical {
 public:
  /// `stream` is read for its parameters and borrowed for the lifetime. Fails with kBadInput when
  /// the stream cannot be media of its codec. `repairs` is borrowed and may be null.
  static Result<Canonical> open(const AVStream& stream, media::Track track,
                                media::Repairs* repairs = nullptr);

  /// Takes a packet as libavformat gave it; the results are appended to `out`.
  Result<void> push(media::Packet packet, std::deque<media::Packet>& out);
  Result<void> finish(std::deque<media::Packet>& out);

  /// What is known of the track; complete (extradata) once the first packet came out.
  const media::Track& track() const { return track_; }

 private:
  Canonical(media::Track track, media::Repairs* repairs)
      : track_(std::move(track)), repairs_(repairs) {}
  void join_fields(media::Packet packet, std::deque<media::Packet>& out);
  void accept(media::Packet packet, std::deque<media::Packet>& out);
  Result<void> drain(std::deque<media::Packet>& out);
  static bool rewrite(media::Packet& packet);
  void restamp(media::Packet& packet);
  void unwrap(AVPacket& packet);
  void learn_extradata(const media::Packet& packet);
  void learn_change(ByteView extradata);
  bool wanted(const media::Packet& packet);
  media::Packet with_parameter_sets(media::Packet packet);

  media::Track track_;
  media::Repairs* repairs_;
  media::BsfPtr bsf_;
  Bytes changed_sets_;     // Annex B; in force instead of the extradata of the track
  bool in_place_ = false;  // samples get start codes where they lie; the filter served the header
  bool fields_ = false;    // two fields may come apart
  std::optional<media::Packet> held_;
  int wrap_bits_ = 64;
  std::int64_t wrap_offset_ = 0;
  std::int64_t last_raw_ = media::kNoTime;
  media::WrapCount wraps_;
  std::optional<DtsClock> dts_clock_;
  std::int64_t next_pts_ = media::kNoTime;   // sound: where the sample clock stands
  std::int64_t first_key_ = media::kNoTime;  // video: pts of the first picture handed out
};

}  // namespace weir::formats
