// The AudioSpecificConfig of an AAC track.
// Source: ISO/IEC 14496-3:2019 section 1.6.2 (syntax) and 1.6.5 (signalling of SBR and PS).
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace weir::media {

struct AacInfo {
  int object_type = 2;     ///< As a CODECS entry has it: 2 AAC-LC, 5 HE-AAC, 29 HE-AAC v2.
  int sample_rate = 0;     ///< Of the core; 0 when the index is reserved.
  int channel_config = 0;  ///< channelConfiguration; 0 when a program config element tells.
};

/// kBadInput when it is cut short.
Result<AacInfo> parse_audio_specific_config(ByteView config);

}  // namespace weir::media
