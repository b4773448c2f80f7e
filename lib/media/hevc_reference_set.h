// Which pictures a HEVC picture may refer to, by their distance in output order.
// Source: ITU-T H.265 (08/2021) sections 7.3.7 (syntax) and 7.4.8 (prediction of one from another).
#pragma once

#include <vector>

#include "media/bit_reader.h"

namespace weir::media {

struct ReferencePicture {
  int distance = 0;   ///< Negative: earlier in output order.
  bool used = false;  ///< By the current picture; otherwise kept for later ones.
};

struct ReferenceSet {
  std::vector<ReferencePicture> before;  ///< Nearest first.
  std::vector<ReferencePicture> after;

  std::size_t size() const { return before.size() + after.size(); }
  int used() const;
};

/// st_ref_pic_set(): the next of a sequence parameter set that has `earlier` so far, or, in a slice
/// header, one more behind all of them. Damage shows in in.ok().
ReferenceSet read_reference_set(BitReader& in, const std::vector<ReferenceSet>& earlier,
                                bool in_slice);

}  // namespace weir::media
