// The packets of one track that are in no finished segment yet.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "hls/segment.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::hls {

class CutLane {
 public:
  explicit CutLane(media::Track track);

  struct Taken {
    bool dropped = false;         ///< No key frame came before it.
    bool new_parameters = false;  ///< A key frame with other parameter sets than the ones before.
  };
  Taken take(media::Packet packet);

  const media::Track& track() const { return track_; }
  bool started() const { return started_; }
  bool empty() const { return packets_.empty(); }
  std::size_t size() const { return packets_.size(); }
  std::int64_t bytes() const { return bytes_; }
  const media::Packet& packet(std::size_t index) const { return packets_[index]; }
  const media::Packet& back() const { return packets_.back(); }

  /// Length of a picture or of a packet of sound, in the track's base; at least one tick.
  media::Time step() const { return step_; }
  /// A key frame somebody may cut at; not the one the open segment begins with.
  struct Key {
    std::int64_t serial = 0;  ///< Place of its packet among all packets of the track.
    media::Time pts;
  };
  const std::deque<Key>& keys() const { return keys_; }
  std::size_t index_of(const Key& key) const {
    return static_cast<std::size_t>(key.serial - first_);
  }
  /// The key frame that serves a boundary: the first not more than half a picture before it, or,
  /// if that one is more than a picture late, one not more than a picture early. Or nullptr.
  const Key* key_for(media::Time boundary) const;
  /// True when more than a second passes between the packet before `index` and that one.
  bool hole_before(std::size_t index) const;
  /// End of presentation of all packets held; only when not empty.
  media::Time presentation_end() const;

  /// Where decoding goes on after `taken`, the packets just taken out for a segment that ends at
  /// `end`: at the next packet, but not after `end` when a hole follows.
  media::Time decode_end(const std::vector<media::Packet>& taken, media::Time end) const;

  /// Takes the first `count` packets out.
  std::vector<media::Packet> take_out(std::size_t count);
  /// `time` in the track's base.
  media::Time in_base(media::Time time) const {
    return {time.in(track_.time_base), track_.time_base};
  }

  // The segment being collected, kept by the cutter.
  media::Time start;                   ///< Where it begins.
  bool discontinuity = false;          ///< What it will be marked with.
  bool pending_discontinuity = false;  ///< A break was passed without a cut.
  std::int64_t number = 0;             ///< Segments handed on so far.
  std::int64_t next_boundary = 0;      ///< Number of the boundary to look at next.
  bool told_off_grid = false;
  bool told_long = false;
  bool told_no_key = false;

 private:
  bool may_begin_segment(const media::Packet& packet);
  bool changed_parameters(const media::Packet& packet);
  void learn_step(const media::Packet& packet);

  const media::Track track_;
  std::deque<media::Packet> packets_;
  std::deque<Key> keys_;
  std::int64_t first_ = 0;  // serial of packets_.front()
  std::int64_t bytes_ = 0;
  media::Time step_;
  std::optional<media::Time> last_dts_;
  Bytes parameters_;
  bool started_ = false;
  bool seen_idr_ = false;
};

}  // namespace weir::hls
