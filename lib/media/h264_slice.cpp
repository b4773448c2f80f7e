#include <map>

#include "media/bit_reader.h"
#include "media/slice_header.h"
#include "media/sps.h"

namespace weir::media {
namespace {

constexpr int kMaxReferences = 32;

struct PictureParameters {
  int id = 0;
  int sequence = 0;
  bool arithmetic = false;            // entropy_coding_mode_flag
  bool bottom_order_present = false;  // bottom_field_pic_order_in_frame_present_flag
  int references[2] = {1, 1};
  bool weighted = false;
  int weighted_both_ways = 0;
  bool deblocking_present = false;
  bool redundant_present = false;
};

std::optional<PictureParameters> read_pps(ByteView nal) {
  const Bytes payload = without_emulation_prevention(nal.subspan(1));
  BitReader in(payload);
  PictureParameters out;
  out.id = in.ue_max(255);
  out.sequence = in.ue_max(31);
  out.arithmetic = in.flag();
  out.bottom_order_present = in.flag();
  if (in.ue() != 0) return {};  // slice groups
  for (int& count : out.references) count = in.ue_max(kMaxReferences - 1) + 1;
  out.weighted = in.flag();
  out.weighted_both_ways = in.number(2);
  for (int i = 0; i < 3; ++i) in.se();  // quantisers
  out.deblocking_present = in.flag();
  in.skip(1);  // constrained_intra_pred_flag
  out.redundant_present = in.flag();
  if (!in.ok()) return {};
  return out;
}

enum class SliceType { kP, kB, kI, kSp, kSi };

/// Goes through one slice header; what it reads is kept only where later fields depend on it.
class Walk {
 public:
  Walk(BitReader& in, ByteView nal, const H264Sequence& sequence, const PictureParameters& picture,
       SliceType type)
      : in_(in),
        sequence_(sequence),
        picture_(picture),
        type_(type),
        idr_((nal[0] & 0x1f) == 5),
        reference_((nal[0] >> 5 & 3) != 0) {}

  void run() {
    if (sequence_.separate_planes) in_.skip(2);
    in_.skip(static_cast<std::size_t>(sequence_.frame_number_bits));
    if (!sequence_.info.progressive) field();
    if (idr_) in_.ue();
    order_count();
    if (picture_.redundant_present) in_.ue();
    if (type_ == SliceType::kB) in_.skip(1);  // direct_spatial_mv_pred_flag
    reference_counts();
    for (int list = 0; list < lists(); ++list) modification();
    if (explicit_weights()) weights();
    if (reference_) marking();
    if (picture_.arithmetic && lists() > 0) in_.ue();  // cabac_init_idc
    in_.se();                                          // slice_qp_delta
    if (type_ == SliceType::kSp) in_.skip(1);
    if (type_ == SliceType::kSp || type_ == SliceType::kSi) in_.se();
    if (picture_.deblocking_present) deblocking();
  }

 private:
  int lists() const {
    if (type_ == SliceType::kB) return 2;
    return type_ == SliceType::kP || type_ == SliceType::kSp ? 1 : 0;
  }
  bool explicit_weights() const {
    return (picture_.weighted && lists() == 1) ||
           (picture_.weighted_both_ways == 1 && type_ == SliceType::kB);
  }
  void field() {
    field_ = in_.flag();
    if (field_) in_.skip(1);  // bottom_field_flag
  }
  void order_count() {
    const bool with_bottom = picture_.bottom_order_present && !field_;
    if (sequence_.order_count_type == 0) {
      in_.skip(static_cast<std::size_t>(sequence_.order_count_bits));
      if (with_bottom) in_.se();
    }
    if (sequence_.order_count_type != 1 || sequence_.delta_order_always_zero) return;
    in_.se();
    if (with_bottom) in_.se();
  }
  void reference_counts() {
    for (int list = 0; list < 2; ++list) references_[list] = picture_.references[list];
    if (lists() == 0 || !in_.flag()) return;
    for (int list = 0; list < lists(); ++list)
      references_[list] = in_.ue_max(kMaxReferences - 1) + 1;
  }
  void modification() {
    constexpr std::uint64_t kEnd = 3;
    if (!in_.flag()) return;
    while (in_.ok() && in_.ue() != kEnd) in_.ue();
  }
  void weights() {
    const bool chroma = sequence_.chroma_array_type() != 0;
    in_.ue();
    if (chroma) in_.ue();
    for (int list = 0; list < lists(); ++list)
      for (int i = 0; i < references_[list] && in_.ok(); ++i) {
        if (in_.flag()) skip_signed(2);
        if (chroma && in_.flag()) skip_signed(4);
      }
  }
  void marking() {
    if (idr_) return in_.skip(2);
    if (!in_.flag()) return;
    while (in_.ok()) {
      const std::uint64_t operation = in_.ue();
      if (operation == 0) return;
      if (operation != 5) in_.ue();
      if (operation == 3) in_.ue();
    }
  }
  void deblocking() {
    if (in_.ue() != 1) skip_signed(2);
  }
  void skip_signed(int count) {
    for (int i = 0; i < count; ++i) in_.se();
  }

  BitReader& in_;
  const H264Sequence& sequence_;
  const PictureParameters& picture_;
  const SliceType type_;
  const bool idr_;
  const bool reference_;
  bool field_ = false;
  int references_[2] = {1, 1};
};

class H264SliceReader : public SliceHeaders::Reader {
 public:
  void learn(ByteView nal) override {
    const int type = nal[0] & 0x1f;
    if (type == 7) {
      H264Sequence sequence;
      if (read_h264_sps(nal, sequence)) sequences_[sequence.id] = sequence;
    }
    if (type == 8)
      if (const auto picture = read_pps(nal)) pictures_[picture->id] = *picture;
  }

  std::optional<std::size_t> bits(ByteView nal, ByteView payload) const override {
    const int unit = nal[0] & 0x1f;
    if (unit != 1 && unit != 5) return {};  // data partitions
    BitReader in(payload);
    in.ue();  // first_mb_in_slice
    const auto type = static_cast<SliceType>(in.ue_max(9) % 5);
    const auto picture = pictures_.find(in.ue_max(255));
    if (picture == pictures_.end()) return {};
    const auto sequence = sequences_.find(picture->second.sequence);
    if (sequence == sequences_.end()) return {};
    Walk(in, nal, sequence->second, picture->second, type).run();
    if (!in.ok()) return {};
    return payload.size() * 8 - in.left();
  }

 private:
  std::map<int, H264Sequence> sequences_;
  std::map<int, PictureParameters> pictures_;
};

}  // namespace

std::unique_ptr<SliceHeaders::Reader> make_h264_slice_reader() {
  return std::make_unique<H264SliceReader>();
}

}  // namespace weir::media
