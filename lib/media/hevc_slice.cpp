#include <bit>
#include <map>

#include "media/bit_reader.h"
#include "media/slice_header.h"
#include "media/sps.h"

namespace weir::media {
namespace {

constexpr int kMaxReferences = 16;

struct PictureParameters {
  int id = 0;
  int sequence = 0;
  bool dependent_slices = false;
  bool output_flag_present = false;
  int extra_bits = 0;
  bool cabac_init_present = false;
  int references[2] = {1, 1};
  bool chroma_offsets_present = false;
  bool weighted = false;
  bool weighted_both_ways = false;
  bool entry_points = false;  // tiles or wavefronts
  bool filter_across_slices = false;
  bool deblocking_override = false;
  bool deblocking_disabled = false;
  bool modification_present = false;
  bool extension_present = false;
  bool chroma_offset_lists = false;
};

void skip_tiles(BitReader& in) {
  const int columns = in.ue_max(255);
  const int rows = in.ue_max(255);
  if (!in.flag())
    for (int i = 0; i < columns + rows && in.ok(); ++i) in.ue();
  in.skip(1);  // loop_filter_across_tiles_enabled_flag
}

void read_deblocking(BitReader& in, PictureParameters& out) {
  if (!in.flag()) return;
  out.deblocking_override = in.flag();
  out.deblocking_disabled = in.flag();
  if (out.deblocking_disabled) return;
  in.se();
  in.se();
}

// False for extensions whose slice headers are different ones.
bool read_extensions(BitReader& in, bool transform_skip, PictureParameters& out) {
  if (!in.flag()) return true;
  const bool range = in.flag();
  if (in.bits(7) != 0) return false;
  if (!range) return true;
  if (transform_skip) in.ue();
  in.skip(1);  // cross_component_prediction_enabled_flag
  out.chroma_offset_lists = in.flag();
  return true;  // what follows has no bearing on slice headers
}

std::optional<PictureParameters> read_pps(ByteView nal) {
  const Bytes payload = without_emulation_prevention(nal.subspan(2));
  BitReader in(payload);
  PictureParameters out;
  out.id = in.ue_max(63);
  out.sequence = in.ue_max(15);
  out.dependent_slices = in.flag();
  out.output_flag_present = in.flag();
  out.extra_bits = in.number(3);
  in.skip(1);  // sign_data_hiding_enabled_flag
  out.cabac_init_present = in.flag();
  for (int& count : out.references) count = in.ue_max(kMaxReferences - 2) + 1;
  in.se();     // init_qp_minus26
  in.skip(1);  // constrained_intra_pred_flag
  const bool transform_skip = in.flag();
  if (in.flag()) in.ue();  // diff_cu_qp_delta_depth
  in.se();
  in.se();
  out.chroma_offsets_present = in.flag();
  out.weighted = in.flag();
  out.weighted_both_ways = in.flag();
  in.skip(1);  // transquant_bypass_enabled_flag
  const bool tiles = in.flag(), wavefronts = in.flag();
  out.entry_points = tiles || wavefronts;
  if (tiles) skip_tiles(in);
  out.filter_across_slices = in.flag();
  read_deblocking(in, out);
  if (in.flag()) skip_hevc_scaling_matrix(in);
  out.modification_present = in.flag();
  in.ue();  // log2_parallel_merge_level_minus2
  out.extension_present = in.flag();
  if (!read_extensions(in, transform_skip, out) || !in.ok()) return {};
  return out;
}

// Ceil(Log2(count)): how many bits tell one of `count` apart.
std::size_t bits_for(int count) {
  return count <= 1 ? 0
                    : static_cast<std::size_t>(std::bit_width(static_cast<unsigned>(count - 1)));
}

int blocks_in(const HevcSequence& sequence) {
  const int side = 1 << sequence.log2_block;
  return ((sequence.coded_width + side - 1) / side) * ((sequence.coded_height + side - 1) / side);
}

bool is_irap(int unit) {
  return unit >= 16 && unit <= 23;
}
bool is_idr(int unit) {
  return unit == 19 || unit == 20;
}

enum class SliceType { kB, kP, kI };

/// Goes through one slice segment header behind its picture parameter set's number; what it reads
/// is kept only where later fields depend on it.
class Walk {
 public:
  Walk(BitReader& in, int unit, bool first, const HevcSequence& sequence,
       const PictureParameters& picture)
      : in_(in), unit_(unit), first_(first), sequence_(sequence), picture_(picture) {}

  void run() {
    bool dependent = false;
    if (!first_) {
      dependent = picture_.dependent_slices && in_.flag();
      in_.skip(bits_for(blocks_in(sequence_)));
    }
    if (!dependent) independent();
    if (picture_.entry_points) entry_points();
    if (picture_.extension_present) in_.skip(8 * static_cast<std::size_t>(in_.ue_max(256)));
    if (!in_.flag()) in_.skip(in_.left() + 1);  // alignment_bit_equal_to_one
  }

 private:
  int lists() const { return type_ == SliceType::kB ? 2 : type_ == SliceType::kP ? 1 : 0; }

  void independent() {
    in_.skip(static_cast<std::size_t>(picture_.extra_bits));
    type_ = static_cast<SliceType>(in_.ue_max(2));
    if (picture_.output_flag_present) in_.skip(1);
    if (sequence_.separate_planes) in_.skip(2);
    if (!is_idr(unit_)) references();
    adaptive_offset();
    if (lists() > 0) prediction();
    in_.se();  // slice_qp_delta
    if (picture_.chroma_offsets_present) skip_signed(2);
    if (picture_.chroma_offset_lists) in_.skip(1);
    loop_filter();
  }
  void references() {
    in_.skip(static_cast<std::size_t>(sequence_.order_count_bits));
    const auto& sets = sequence_.short_term;
    if (!in_.flag()) {
      current_ += read_reference_set(in_, sets, true).used();
    } else {
      const std::size_t set = in_.bits(static_cast<int>(bits_for(static_cast<int>(sets.size()))));
      if (set < sets.size()) current_ += sets[set].used();
    }
    if (sequence_.long_term_present) long_term();
    temporal_vectors_ = sequence_.temporal_vectors && in_.flag();
  }
  void long_term() {
    const auto& known = sequence_.long_term_used;
    const int listed = known.empty() ? 0 : in_.ue_max(32);
    const int told = in_.ue_max(32);
    for (int i = 0; i < listed + told && in_.ok(); ++i) {
      if (i < listed) {
        const std::size_t at = in_.bits(static_cast<int>(bits_for(static_cast<int>(known.size()))));
        current_ += at < known.size() && known[at] ? 1 : 0;
      } else {
        in_.skip(static_cast<std::size_t>(sequence_.order_count_bits));
        current_ += in_.flag() ? 1 : 0;
      }
      if (in_.flag()) in_.ue();  // delta_poc_msb_cycle_lt
    }
  }
  void adaptive_offset() {
    if (!sequence_.adaptive_offset) return;
    offsets_ = in_.flag();
    if (sequence_.chroma_array_type() != 0) offsets_ = in_.flag() || offsets_;
  }
  void prediction() {
    const bool other_counts = in_.flag();
    for (int list = 0; list < 2; ++list)
      references_[list] = other_counts && list < lists() ? in_.ue_max(kMaxReferences - 2) + 1
                                                         : picture_.references[list];
    if (picture_.modification_present && current_ > 1)
      for (int list = 0; list < lists(); ++list) modification(references_[list]);
    if (type_ == SliceType::kB) in_.skip(1);  // mvd_l1_zero_flag
    if (picture_.cabac_init_present) in_.skip(1);
    if (temporal_vectors_) collocated();
    if (type_ == SliceType::kP ? picture_.weighted : picture_.weighted_both_ways) weights();
    in_.ue();  // five_minus_max_num_merge_cand
  }
  void modification(int count) {
    if (in_.flag()) in_.skip(static_cast<std::size_t>(count) * bits_for(current_));
  }
  void collocated() {
    const bool from_first = type_ != SliceType::kB || in_.flag();
    if (references_[from_first ? 0 : 1] > 1) in_.ue();
  }
  void weights() {
    const bool chroma = sequence_.chroma_array_type() != 0;
    in_.ue();
    if (chroma) in_.se();
    for (int list = 0; list < lists(); ++list) {
      const auto count = static_cast<std::size_t>(references_[list]);
      const std::uint64_t luma = in_.bits(static_cast<int>(count));
      const std::uint64_t colour = chroma ? in_.bits(static_cast<int>(count)) : 0;
      for (std::size_t i = count; i-- > 0 && in_.ok();) {
        if ((luma >> i & 1) != 0) skip_signed(2);
        if ((colour >> i & 1) != 0) skip_signed(4);
      }
    }
  }
  void loop_filter() {
    bool disabled = picture_.deblocking_disabled;
    if (picture_.deblocking_override && in_.flag()) {
      disabled = in_.flag();
      if (!disabled) skip_signed(2);
    }
    if (picture_.filter_across_slices && (offsets_ || !disabled)) in_.skip(1);
  }
  void entry_points() {
    const std::uint64_t count = in_.ue();
    if (count == 0) return;
    const std::size_t each = static_cast<std::size_t>(in_.ue_max(31)) + 1;
    in_.skip(count > in_.left() ? in_.left() + 1 : count * each);
  }
  void skip_signed(int count) {
    for (int i = 0; i < count; ++i) in_.se();
  }

  BitReader& in_;
  const int unit_;
  const bool first_;
  const HevcSequence& sequence_;
  const PictureParameters& picture_;
  SliceType type_ = SliceType::kI;
  int current_ = 0;  // pictures referred to by this one
  bool temporal_vectors_ = false;
  bool offsets_ = false;
  int references_[2] = {1, 1};
};

class HevcSliceReader : public SliceHeaders::Reader {
 public:
  void learn(ByteView nal) override {
    const int unit = nal[0] >> 1 & 0x3f;
    if (unit == 33) {
      HevcSequence sequence;
      if (read_hevc_sps(nal, sequence)) sequences_[sequence.id] = sequence;
    }
    if (unit == 34)
      if (const auto picture = read_pps(nal)) pictures_[picture->id] = *picture;
  }

  std::optional<std::size_t> bits(ByteView nal, ByteView payload) const override {
    const int unit = nal[0] >> 1 & 0x3f;
    const bool other_layer = (nal[0] & 1) != 0 || nal[1] >> 3 != 0;
    if (unit >= 32 || other_layer) return {};
    BitReader in(payload);
    const bool first = in.flag();
    if (is_irap(unit)) in.skip(1);  // no_output_of_prior_pics_flag
    const auto picture = pictures_.find(in.ue_max(63));
    if (picture == pictures_.end()) return {};
    const auto sequence = sequences_.find(picture->second.sequence);
    if (sequence == sequences_.end()) return {};
    Walk(in, unit, first, sequence->second, picture->second).run();
    if (!in.ok()) return {};
    return payload.size() * 8 - in.left();
  }

 private:
  std::map<int, HevcSequence> sequences_;
  std::map<int, PictureParameters> pictures_;
};

}  // namespace

std::unique_ptr<SliceHeaders::Reader> make_hevc_slice_reader() {
  return std::make_unique<HevcSliceReader>();
}

}  // namespace weir::media
