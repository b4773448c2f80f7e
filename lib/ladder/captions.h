// Closed captions of the source, kept through coding. Decoders hand them out with the pictures,
// libx264 knows nothing of them.
// Source: ATSC A/53 part 4 section 6.2.3 (cc_data); libavutil's AV_FRAME_DATA_A53_CC.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "ladder/engine.h"
#include "media/packet.h"

namespace weir::ladder {

/// Constructs of cc_data, three bytes each, in the order they are shown.
class Captions {
 public:
  /// Behind what is here; of a picture without captions, nothing.
  void add(const AVFrame& picture);
  bool empty() const { return bytes_.empty(); }
  /// At most as many as one picture can carry; padding goes first where there are more.
  Bytes fitting() const;

 private:
  Bytes bytes_;
};

/// Puts the captions of `all` into `packets`, which are the pictures of `kept`: H.264 as Annex B,
/// in any order, with the pts of their pictures. A picture that was left out gives its captions to
/// the one kept before it. Without captions nothing is touched.
void carry_captions(const std::vector<GridFrame>& all, const std::vector<const GridFrame*>& kept,
                    std::vector<media::Packet>& packets);

/// Captions of pictures that are left out, for the next one that is kept.
class CaptionCarrier {
 public:
  void leave_out(const AVFrame& picture) { waiting_.add(picture); }
  /// `picture` gets what waits in front of its own. Its side data are its own, not shared.
  void keep(AVFrame& picture);

 private:
  Captions waiting_;
};

}  // namespace weir::ladder
