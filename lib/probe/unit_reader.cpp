#include "probe/unit_reader.h"

#include <algorithm>

#include "media/bit_reader.h"
#include "media/h26x.h"
#include "media/sps.h"

namespace weir::probe {
namespace {

constexpr std::size_t kHead = 64;

Bytes payload_of(ByteView unit, std::size_t header) {
  return media::without_emulation_prevention(
      unit.subspan(header, std::min(unit.size() - header, kHead)));
}

}  // namespace

Result<UnitReader> UnitReader::open(AVCodecID codec, ByteView parameter_sets) {
  if (codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC)
    return fail(Code::kUnsupported, "pictures of {} cannot be told from other bytes",
                avcodec_get_name(codec));
  UnitReader out(codec);
  for (const ByteView unit : media::split_annex_b(parameter_sets)) {
    if (unit.size() < 3) continue;
    out.headers_.learn(unit);
    WEIR_TRY(codec == AV_CODEC_ID_H264 ? out.learn_h264(unit) : out.learn_hevc(unit));
  }
  return out;
}

Result<void> UnitReader::learn_h264(ByteView unit) {
  if ((unit[0] & 0x1f) != 7) return {};
  media::H264Sequence sequence;
  if (!media::read_h264_sps(unit, sequence))
    return fail(Code::kBadInput, "the sequence parameter set is damaged");
  if (!sequence.info.progressive || sequence.order_count_type == 1)
    return fail(Code::kUnsupported,
                "interlaced pictures, or ones whose order of showing is not in them");
  frame_number_bits_ = sequence.frame_number_bits;
  order_type_ = sequence.order_count_type;
  order_bits_ = order_type_ == 0 ? sequence.order_count_bits : frame_number_bits_;
  separate_planes_ = sequence.separate_planes;
  return {};
}

Result<void> UnitReader::learn_hevc(ByteView unit) {
  const int type = unit[0] >> 1 & 0x3f;
  if (type == 33) {
    media::HevcSequence sequence;
    if (!media::read_hevc_sps(unit, sequence))
      return fail(Code::kBadInput, "the sequence parameter set is damaged");
    order_bits_ = sequence.order_count_bits;
    separate_planes_ = sequence.separate_planes;
  }
  if (type != 34) return {};
  const Bytes payload = payload_of(unit, 2);
  media::BitReader in(payload);
  const int id = in.ue_max(63);
  in.ue();     // the sequence
  in.skip(1);  // dependent_slice_segments_enabled_flag
  HevcPicture picture;
  picture.output_flag = in.flag();
  picture.extra_bits = in.number(3);
  if (in.ok()) hevc_pictures_[id] = picture;
  return {};
}

std::optional<UnitHead> UnitReader::head(ByteView unit) const {
  if (unit.size() < 2 || (unit[0] & 0x80) != 0) return {};
  return codec_ == AV_CODEC_ID_H264 ? h264_head(unit) : hevc_head(unit);
}

std::optional<UnitHead> UnitReader::h264_head(ByteView unit) const {
  const int type = unit[0] & 0x1f;
  const bool reference = (unit[0] & 0x60) != 0;
  using Kind = UnitHead::Kind;
  if (type == 6 || type == 9)
    return reference ? std::nullopt : std::optional(UnitHead{Kind::kLead});
  if (type == 7 || type == 8)
    return reference ? std::optional(UnitHead{Kind::kLead}) : std::nullopt;
  if (type >= 10 && type <= 12)
    return reference ? std::nullopt : std::optional(UnitHead{Kind::kTrail});
  if ((type != 1 && type != 5) || (type == 5 && !reference) || !headers_.size(unit)) return {};
  const Bytes payload = payload_of(unit, 1);
  media::BitReader in(payload);
  UnitHead out{in.ue() == 0 ? Kind::kPicture : Kind::kMore, type == 5, reference};
  in.ue();  // slice_type
  in.ue();  // pic_parameter_set_id
  if (separate_planes_) in.skip(2);
  const std::int64_t number = in.number(frame_number_bits_);
  if (type == 5) in.ue();  // idr_pic_id
  out.order = order_type_ == 0 ? in.number(order_bits_) : number;
  return in.ok() ? std::optional(out) : std::nullopt;
}

std::optional<UnitHead> UnitReader::hevc_head(ByteView unit) const {
  const int type = unit[0] >> 1 & 0x3f;
  const int layer = (unit[0] & 1) << 5 | unit[1] >> 3, temporal = unit[1] & 7;
  using Kind = UnitHead::Kind;
  if (layer != 0 || temporal == 0) return {};
  if ((type >= 32 && type <= 35) || type == 39) return UnitHead{Kind::kLead};
  if ((type >= 36 && type <= 38) || type == 40) return UnitHead{Kind::kTrail};
  const bool irap = type >= 16 && type <= 21;
  if ((type > 9 && !irap) || !headers_.size(unit)) return {};
  const Bytes payload = payload_of(unit, 2);
  media::BitReader in(payload);
  const bool idr = type == 19 || type == 20;
  const bool leading = type >= 6 && type <= 9;
  const bool first = in.flag();
  // A clean point of random access begins anew only where the stream does.
  UnitHead out{first ? Kind::kPicture : Kind::kMore, idr,
               temporal == 1 && !leading && (irap || type % 2 == 1)};
  if (!first) return out;
  if (irap) in.skip(1);
  const auto picture = hevc_pictures_.find(in.ue_max(63));
  if (picture == hevc_pictures_.end()) return {};
  in.skip(static_cast<std::size_t>(picture->second.extra_bits));
  in.ue();  // slice_type
  if (picture->second.output_flag) in.skip(1);
  if (separate_planes_) in.skip(2);
  out.order = idr ? 0 : in.number(order_bits_);
  return in.ok() ? std::optional(out) : std::nullopt;
}

std::int64_t PictureOrder::next(const UnitHead& head) {
  if (head.idr) last_ = 0;
  const std::int64_t turn = last_ - (last_ % period_ + period_) % period_;
  std::int64_t order = turn + head.order;
  if (order - last_ >= period_ / 2) order -= period_;
  if (last_ - order > period_ / 2) order += period_;
  if (head.reference) last_ = order;
  return order;
}

}  // namespace weir::probe
