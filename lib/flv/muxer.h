// Turns packets of picture and sound tracks into FLV tags.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.4; Enhanced RTMP v2 (Veovera
// 2024), "Multitrack", "Metadata Frame".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "flv/body.h"
#include "flv/colour_info.h"
#include "flv/tag.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::flv {

/// Stream time in milliseconds, to the nearest. Each stamp is rounded by itself, so nothing drifts.
inline std::int64_t to_ms(const media::Time& time) {
  return time.in({1, 1000});
}

struct MuxerOptions {
  /// Stamps are exact to the nanosecond (TimestampOffsetNano): that of showing for pictures. Every
  /// track is then written with its FourCC. Readers of Enhanced RTMP v1 and older cannot take it.
  bool nanoseconds = false;
};

/// Packets in canonical form in, tags out.
///
/// Tracks     The first track of each kind is the ordinary one, which every player reads. Others
///            have the track ids 1, 2, ... of their kind and travel in messages of one track each
///            (OneTrack): nothing waits for packets of the same stamp, and it is the one layout all
///            receivers of multitrack streams know.
/// Order      Tags come in the order of the packets; headers() is called first, and again wherever
///            a reader begins anew.
/// Time       Stamps count from `origin_ms`, one for all tracks; earlier ones become 0. A picture
///            is shown round(pts) - round(dts) after its stamp.
/// Change     Parameter sets in a key picture that differ from those in force give a new
///            configuration in front of it.
/// Colour     Pictures with a FourCC that are is_hdr() have their colorInfo in front of them, and a
///            new one where what the bitstream says of mastering display, light level or colours
///            changes.
class Muxer {
 public:
  /// Either track may be null; they are borrowed. kUnsupported for a codec FLV cannot carry.
  static Result<Muxer> open(const media::Track* video, const media::Track* audio);
  /// At most 256 of a kind.
  static Result<Muxer> open(std::span<const media::Track* const> tracks, MuxerOptions options = {});

  void set_origin(std::int64_t origin_ms) { origin_ms_ = origin_ms; }
  /// The borrowed track of this index has become another; from `at` on its packets are of that.
  /// The configurations that say so. As open() and headers() fail.
  Result<std::vector<Tag>> change(int track, media::Time at);
  /// How the tags of the track with this index begin.
  BodyForm form(int track) const;
  /// Configurations known by now, sound first.
  Result<std::vector<Tag>> headers(std::int64_t at_ms = 0);
  /// One packet of a track; packets of others give nothing, and so do pictures before the first
  /// parameter sets. kBadInput when parameter sets in it are damaged.
  Result<std::vector<Tag>> push(const media::Packet& packet);
  /// What stands behind the last picture of each track; nothing where there was none.
  std::vector<Tag> finish() const;

 private:
  struct Lane {
    const media::Track* track = nullptr;
    BodyForm form;
    Bytes configuration;                    // of pictures, in force; empty: none yet
    std::optional<ColourInfo> colour;       // was written
    media::Hdr hdr;                         // the bitstream said
    std::optional<std::int64_t> last_ms{};  // of the last picture
  };
  struct Stamp {
    std::int64_t ms = 0;
    std::int32_t composition_ms = 0;
    std::uint32_t nanoseconds = 0;
  };
  Muxer() = default;
  Result<void> add(const media::Track& track);
  Result<std::uint32_t> code_of(const media::Track& track, int number) const;
  Lane* find(int track);
  static Result<void> add_headers(Lane& lane, std::int64_t at_ms, std::vector<Tag>& tags);
  Result<std::vector<Tag>> push_picture(Lane& lane, const media::Packet& packet);
  std::vector<Tag> push_sound(const Lane& lane, const media::Packet& packet) const;
  Result<void> look_for_changes(Lane& lane, const media::Packet& packet, std::int64_t at_ms,
                                std::vector<Tag>& tags);
  static void add_colour(Lane& lane, std::int64_t at_ms, std::vector<Tag>& tags);
  Stamp stamp(const media::Packet& packet) const;

  MuxerOptions options_;
  std::vector<Lane> lanes_;
  std::int64_t origin_ms_ = 0;
};

}  // namespace weir::flv
