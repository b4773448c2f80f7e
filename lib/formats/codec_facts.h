// What the first packets of a track tell of it that its container does not.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::formats {

struct CodecFacts {
  media::Parameters par;        ///< Completed: size, colours, delay; rate, channels, frame size.
  AVRational frame_rate{0, 1};  ///< As the bitstream declares it; 0 when it does not.
};
/// Decodes as few of `first` as it takes to complete `par`: one frame of sound; pictures until the
/// reordering is known, at most twenty. Packets are in the form `par` says (avcC: lengths). What
/// cannot be decoded tells nothing, and `par` comes back as it was.
CodecFacts learn_codec_facts(const AVCodecParameters& par, std::span<const media::Packet> first);

/// A rate told as a decimal number: the standard rate it stands for, or itself.
AVRational rate_of(double pictures_per_second);

/// The rate of pictures shown at these moments, in decoding order, stamps rounded to `base`.
///
/// Constant   `declared` and `average` (either may be 0) when the moments keep step with them, else
///            the standard rate that fits best.
/// Else       `average`, then what was counted; 0 with fewer than three moments.
AVRational guess_frame_rate(std::vector<std::int64_t> moments, AVRational base, AVRational declared,
                            AVRational average);

}  // namespace weir::formats
