// Tells NAL units of one stream from any other bytes, and in which order its pictures are shown.
// Source: ITU-T H.264 (08/2021) sections 7.3.3, 7.4.1.2, 8.2.1.1; ITU-T H.265 (08/2021) sections
// 7.3.6.1, 7.4.2.4, 8.3.1.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "media/slice_header.h"

namespace weir::probe {

struct UnitHead {
  enum class Kind {
    kLead,     ///< Stands in front of a picture.
    kPicture,  ///< The first slice of a picture.
    kMore,     ///< A further slice.
    kTrail,    ///< Stands behind one.
  };
  Kind kind = Kind::kLead;
  bool idr = false;        ///< Of slices: the order of showing begins anew.
  bool reference = false;  ///< Of slices: later pictures count their order from it.
  std::int64_t order = 0;  ///< Of slices: the low bits of the picture's place in the order.
};

class UnitReader {
 public:
  /// H.264 or HEVC with these parameter sets (Annex B). kUnsupported for others, for interlaced
  /// pictures and for an order of showing that slices do not tell.
  static Result<UnitReader> open(AVCodecID codec, ByteView parameter_sets);

  /// What the unit is that begins with these bytes, 64 of them or as many as it has. Nothing when
  /// no unit of this stream begins so. Any bytes are safe.
  std::optional<UnitHead> head(ByteView unit) const;
  /// How many low bits `order` has.
  int order_bits() const { return order_bits_; }

 private:
  explicit UnitReader(AVCodecID codec) : codec_(codec), headers_(codec) {}
  Result<void> learn_h264(ByteView unit);
  Result<void> learn_hevc(ByteView unit);
  std::optional<UnitHead> h264_head(ByteView unit) const;
  std::optional<UnitHead> hevc_head(ByteView unit) const;

  AVCodecID codec_;
  media::SliceHeaders headers_;
  int frame_number_bits_ = 4;
  int order_bits_ = 4;
  int order_type_ = 0;
  bool separate_planes_ = false;
  struct HevcPicture {
    bool output_flag = false;
    int extra_bits = 0;
  };
  std::map<int, HevcPicture> hevc_pictures_;  // by the id of the parameter set
};

/// Makes whole numbers of the low bits.
class PictureOrder {
 public:
  explicit PictureOrder(int bits) : period_(std::int64_t{1} << bits) {}
  /// Pictures in decoding order.
  std::int64_t next(const UnitHead& head);

 private:
  std::int64_t period_;
  std::int64_t last_ = 0;  // of the last picture others count from
};

}  // namespace weir::probe
