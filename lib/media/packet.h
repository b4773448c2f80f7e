// A coded packet and a raw frame: move-only handles on FFmpeg's reference-counted buffers.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "media/av_ptr.h"
#include "media/time.h"

namespace weir::media {

/// A coded packet of one track. Inside Weir every packet has dts, pts and a time base.
class Packet {
 public:
  /// Empty packet. Running out of memory ends the program, as everywhere in Weir.
  Packet();
  /// Takes the content of `from`, leaving it blank.
  static Packet take(AVPacket* from);
  /// Copies `bytes`.
  static Packet of(ByteView bytes);
  /// Another handle on the same bytes; copies only the small fields.
  Packet share() const;

  int track() const { return packet_->stream_index; }
  bool key() const { return (packet_->flags & AV_PKT_FLAG_KEY) != 0; }
  AVRational base() const { return packet_->time_base; }
  Time pts() const { return {packet_->pts, packet_->time_base}; }
  Time dts() const { return {packet_->dts, packet_->time_base}; }
  /// 0 ticks when not known.
  Time duration() const { return {packet_->duration, packet_->time_base}; }
  ByteView bytes() const { return {packet_->data, static_cast<std::size_t>(packet_->size)}; }

  /// Restates all stamps in another base, to the nearest tick.
  void rebase(AVRational base);
  /// Moves all stamps by so much, to the nearest tick.
  void shift(Time by);

  AVPacket* raw() noexcept { return packet_.get(); }  ///< Borrowed; never free or keep it.
  const AVPacket* raw() const noexcept { return packet_.get(); }

 private:
  PacketPtr packet_;
};

/// A raw picture or a run of sound samples.
class Frame {
 public:
  Frame();
  /// Takes the content of `from`, leaving it blank.
  static Frame take(AVFrame* from);
  /// Another handle on the same samples; who writes must make it writable first.
  Frame share() const;

  AVRational base() const { return frame_->time_base; }
  Time pts() const { return {frame_->pts, frame_->time_base}; }
  /// Of the samples themselves, in bytes; what budgets count.
  std::int64_t cost() const;

  AVFrame* raw() noexcept { return frame_.get(); }  ///< Borrowed; never free or keep it.
  const AVFrame* raw() const noexcept { return frame_.get(); }

 private:
  FramePtr frame_;
};

}  // namespace weir::media
