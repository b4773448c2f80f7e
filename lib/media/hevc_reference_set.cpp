#include "media/hevc_reference_set.h"

#include <algorithm>

namespace weir::media {
namespace {

constexpr int kMaxReferences = 16;
constexpr int kMaxDistance = 1 << 15;

void read_side(BitReader& in, int count, int sign, std::vector<ReferencePicture>& out) {
  int distance = 0;
  for (int i = 0; i < count && in.ok(); ++i) {
    distance += in.ue_max(kMaxDistance - 1) + 1;
    out.push_back({sign * distance, in.flag()});
  }
}

/// What the prediction says of a picture of the set it is made from.
struct Fate {
  bool kept = false;
  bool used = false;
};

// Equations 7-61 and 7-62: one side of a set predicted from another one shifted by `shift`. `fates`
// has an entry for each picture of `from` (before, then after) and a last one for `from`'s own
// picture.
std::vector<ReferencePicture> predicted_side(const ReferenceSet& from, int shift,
                                             const std::vector<Fate>& fates, int sign) {
  std::vector<ReferencePicture> out;
  const auto take = [&](int distance, std::size_t at) {
    if (distance * sign > 0 && fates[at].kept) out.push_back({distance, fates[at].used});
  };
  const auto& far = sign < 0 ? from.after : from.before;
  const auto& near = sign < 0 ? from.before : from.after;
  const std::size_t far_fates = sign < 0 ? from.before.size() : 0;
  const std::size_t near_fates = sign < 0 ? 0 : from.before.size();
  for (std::size_t i = far.size(); i-- > 0;) take(far[i].distance + shift, far_fates + i);
  take(shift, fates.size() - 1);
  for (std::size_t i = 0; i < near.size(); ++i) take(near[i].distance + shift, near_fates + i);
  return out;
}

ReferenceSet read_predicted(BitReader& in, const ReferenceSet& from) {
  const int sign = in.flag() ? -1 : 1;
  const int shift = sign * (in.ue_max(kMaxDistance - 1) + 1);
  std::vector<Fate> fates;
  for (std::size_t i = 0; i <= from.size(); ++i) {
    const bool used = in.flag();
    fates.push_back({used || in.flag(), used});
  }
  return {predicted_side(from, shift, fates, -1), predicted_side(from, shift, fates, 1)};
}

}  // namespace

int ReferenceSet::used() const {
  const auto is_used = [](const ReferencePicture& picture) { return picture.used; };
  return static_cast<int>(std::count_if(before.begin(), before.end(), is_used) +
                          std::count_if(after.begin(), after.end(), is_used));
}

ReferenceSet read_reference_set(BitReader& in, const std::vector<ReferenceSet>& earlier,
                                bool in_slice) {
  ReferenceSet out;
  if (!earlier.empty() && in.flag()) {
    const int count = static_cast<int>(earlier.size());
    const int back = in_slice ? in.ue_max(count - 1) : 0;
    out = read_predicted(in, earlier[static_cast<std::size_t>(count - 1 - back)]);
  } else {
    const int before = in.ue_max(kMaxReferences);
    const int after = in.ue_max(kMaxReferences);
    read_side(in, before, -1, out.before);
    read_side(in, after, 1, out.after);
  }
  if (out.size() > 2 * kMaxReferences) in.skip(in.left() + 1);
  return out;
}

}  // namespace weir::media
