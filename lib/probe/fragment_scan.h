// Watches the boxes of an fMP4 segment go by, to know when its samples are really shown.
// Source: ISO/IEC 14496-12:2020 sections 4.2 (boxes), 8.8.4 to 8.8.8 (moof, traf, tfhd, trun).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace weir::probe {

struct FragmentFacts {
  std::int64_t without_time = 0;  ///< Track fragments without tfdt.
  std::int64_t absolute = 0;      ///< Track fragments whose addresses count from the file's begin.
  std::int64_t tracks = 0;        ///< Track fragments in all.
  std::int64_t unkeyed =
      0;  ///< Of those, with neither senc nor saiz and saio: nobody could decrypt.
};

/// libavformat moves all stamps of a track by the most negative composition offset it has met, so
/// the same sample is shown at another time in another segment. What is needed to undo that is the
/// offset of the first sample of each fragment, as the file has it.
class FragmentScan {
 public:
  /// The next bytes of the stream, from its first one on. Any bytes are safe.
  void feed(ByteView bytes);
  /// Composition offset of the first sample of the fragment a sample at byte `position` belongs to,
  /// in ticks of the track's media; empty when the fragment says nothing about the track.
  std::optional<std::int64_t> first_offset(std::int64_t track_id, std::int64_t position) const;
  /// A number that changes from fragment to fragment.
  std::size_t fragment(std::int64_t position) const;
  const FragmentFacts& facts() const { return facts_; }

 private:
  struct Fragment {
    std::int64_t end = 0;                                        ///< Byte after its moof.
    std::vector<std::pair<std::int64_t, std::int64_t>> offsets;  ///< Track, composition offset.
  };
  void take_header();
  void take_moof();

  std::int64_t position_ = 0;  // bytes fed
  std::int64_t skip_ = 0;      // rest of a box that is not looked into
  std::size_t wanted_ = 8;     // bytes until something can be told
  bool in_moof_ = false;
  bool lost_ = false;  // no box where one should be
  Bytes held_;
  std::vector<Fragment> fragments_;
  FragmentFacts facts_;
};

}  // namespace weir::probe
