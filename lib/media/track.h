// What is known of one track of a stream before its packets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "media/av_ptr.h"
#include "media/dolby_vision.h"
#include "media/hdr.h"
#include "media/time.h"

namespace weir::media {

enum class Kind { kVideo, kAudio, kText, kOther };  ///< kText: packets are cues (cue.h).

/// Codec parameters, shared and never changed after they are made.
using Parameters = std::shared_ptr<const AVCodecParameters>;
Parameters copy_parameters(const AVCodecParameters& from);
/// In place of what is there; padded as libavcodec wants it.
void set_extradata(AVCodecParameters& par, ByteView bytes);

struct Track {
  int index = 0;  ///< Packet::track() of its packets.
  Kind kind = Kind::kOther;
  Parameters par;               ///< Codec, size, colour, extradata (canonical form).
  AVRational time_base{1, 1};   ///< Of every packet of the track.
  AVRational frame_rate{0, 1};  ///< Pictures a second; 0 when not known or not constant.
  std::string language;         ///< BCP 47 or ISO 639, "" when not known.
  std::string rendition;        ///< Name in the ladder; "" for a source.
  int rotation = 0;       ///< Clockwise degrees to turn the picture for display: 0, 90, 180, 270.
  bool mirrored = false;  ///< Flip left and right after turning.
  std::int64_t bitrate = 0;      ///< Declared average, bits per second; 0 when not known.
  std::int64_t max_bitrate = 0;  ///< Declared peak, bits per second; 0 when not known.
  std::optional<DolbyVision> dolby_vision;  ///< Of the bitstream; empty: it has none.
  Hdr hdr;                                  ///< What the container says beside the bitstream.
  Time shift;  ///< Was added to all stamps of the original, the same for all tracks.

  AVCodecID codec() const { return par->codec_id; }
  std::string_view codec_name() const { return avcodec_get_name(par->codec_id); }
  bool video() const { return kind == Kind::kVideo; }
  bool audio() const { return kind == Kind::kAudio; }
  bool text() const { return kind == Kind::kText; }
};

using Tracks = std::vector<Track>;

/// Whether packets of the one could stand in the other: kind and codec are the same, of sound the
/// rate and the number of channels too.
bool same_form(const Track& a, const Track& b);
/// The track whose index is `index`, or nullptr.
const Track* find_track(const Tracks& tracks, int index);
/// The video track to work on when one is wanted: the largest picture, the first of equals; or
/// nullptr.
const Track* main_video(const Tracks& tracks);

}  // namespace weir::media
