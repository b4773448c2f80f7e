// One track of an FLV on its way to canonical packets.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "flv/channels.h"
#include "flv/colour_info.h"
#include "formats/canonical.h"
#include "formats/flv_codec.h"
#include "formats/flv_hints.h"
#include "media/repairs.h"
#include "media/track.h"

namespace weir::formats {

/// Takes the parts of tags that belong to one track, in order.
///
/// Before open()   frames are turned into packets of libavcodec's kind, to be kept by the caller.
/// After it        they can be pushed, which gives canonical packets.
class FlvLane {
 public:
  /// `part` is the first of the track. `repairs` is borrowed and may be null.
  FlvLane(flv::TagType type, const flv::BodyPart& part, media::Repairs* repairs = nullptr);

  flv::TagType type() const { return type_; }
  int id() const { return id_; }
  std::uint32_t codec() const { return code_; }
  /// True for parts of the codec of this lane, be it named by number or by FourCC.
  bool takes(const flv::BodyPart& part) const;
  bool readable() const { return codec_.id != AV_CODEC_ID_NONE; }
  /// Nothing more is needed to make use of its frames.
  bool complete() const { return readable() && (!codec_.configured || !extradata_.empty()); }
  bool opened() const { return canonical_ != nullptr; }
  /// True once a frame was turned into a packet.
  bool seen() const { return seen_; }
  /// The sound has changed its form; no packets come until it is back, or turn() was called.
  bool foreign() const { return foreign_; }
  /// A frame of the new form has come: turn() may be called.
  bool turns() const { return foreign_ && foreign_frame_; }

  /// A new configuration. kBadInput when it is damaged; that in force stays. An empty one says that
  /// the frames tell all there is.
  Result<void> configure(ByteView configuration);
  /// True, once, when frames were lost because the configuration in force was not there yet.
  bool came_late() { return complete() && std::exchange(starved_, false); }
  /// Video metadata and the places of channels: they complete the track if they come before open(),
  /// where the bitstream leaves something open. Damaged ones say nothing.
  void learn_colour(ByteView metadata);
  void learn_channels(ByteView body);
  /// A frame as a packet with stamps in milliseconds, or nothing when it is empty, damaged, or of
  /// no use without a configuration of the track.
  std::optional<media::Packet> packet(const flv::BodyPart& part, std::int64_t dts_ms);

  /// Learns from the first packets what the track is. From now on packets can be pushed.
  Result<void> open(int index, std::span<const media::Packet> first, const FlvHints& hints);
  Result<void> push(media::Packet packet, std::deque<media::Packet>& out);
  Result<void> finish(std::deque<media::Packet>& out);
  /// Sound that turns(): what was pushed is finished, and the track is from now on what the
  /// configuration in force says. As open() fails; then it stays foreign.
  Result<void> turn(std::deque<media::Packet>& out);
  /// Begins anew, somewhere else in the same stream.
  Result<void> restart();
  const media::Track& track() const { return canonical_->track(); }

 private:
  bool video() const { return type_ == flv::TagType::kVideo; }
  bool same_sound(ByteView configuration) const;
  void complete_colours(media::Track& track) const;
  void complete_channels(media::Track& track) const;
  void accept_in_band(const flv::BodyPart& part);
  void make_opus_head(ByteView frame);
  media::Track describe(const AVStream& stream, const FlvHints& hints, AVRational rate) const;
  media::OutputPtr describe_stream(const AVCodecParameters& par) const;
  Result<void> open_parser();
  void mark_key(media::Packet& packet);
  Result<void> split(const media::Packet& packet, std::deque<media::Packet>& out);

  flv::TagType type_;
  int id_;
  std::uint32_t code_;
  FlvCodec codec_;
  media::Repairs* repairs_;
  flv::BodyPart first_;            // without its bytes: how classic sound describes itself
  Bytes initial_;                  // the configuration the track has, as extradata
  Bytes extradata_;                // the one in force
  flv::ColourInfo record_colour_;  // of the configuration
  flv::ColourInfo colour_;
  std::unique_ptr<flv::ChannelLayout> channels_;
  std::size_t length_size_ = 4;                 // of samples as they come
  bool changed_ = false;                        // the next packet brings the one in force along
  bool foreign_ = false;                        // sound of another form than the track's
  std::optional<media::Packet> foreign_frame_;  // the last of that
  bool headless_ = false;                       // an empty configuration came
  bool seen_ = false;
  bool starved_ = false;  // a frame was of no use without a configuration
  bool fine_ = false;     // nanoseconds came: stamps are not whole milliseconds

  FlvHints hints_;
  media::OutputPtr context_;  // holds the stream Canonical reads
  media::Track described_;
  media::ParserPtr parser_;
  media::CodecPtr parsing_;
  std::unique_ptr<Canonical> canonical_;
};

}  // namespace weir::formats
