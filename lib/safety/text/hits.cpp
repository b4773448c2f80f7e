#include "safety/text/hits.h"

#include <algorithm>
#include <tuple>

namespace weir::safety {
namespace {

// So many pardons are looked at for one hit, or a hostile text would cost their product.
constexpr int kMostLooks = 64;

bool covers(const Span& outer, const Span& inner) {
  return outer.begin <= inner.begin && inner.end <= outer.end;
}

bool pardoned(const Hit& hit, const std::vector<Pardon>& by_begin) {
  auto behind =
      std::upper_bound(by_begin.begin(), by_begin.end(), hit.span.begin,
                       [](std::uint32_t at, const Pardon& other) { return at < other.span.begin; });
  for (int looks = 0; behind != by_begin.begin() && looks < kMostLooks; ++looks) {
    --behind;
    if (hit.rule >= behind->first && hit.rule < behind->last && covers(behind->span, hit.span))
      return true;
  }
  return false;
}

void drop_pardoned(std::vector<Hit>& hits, std::vector<Pardon>& pardons) {
  if (pardons.empty()) return;
  std::sort(pardons.begin(), pardons.end(),
            [](const Pardon& a, const Pardon& b) { return a.span.begin < b.span.begin; });
  std::erase_if(hits, [&](const Hit& hit) { return pardoned(hit, pardons); });
}

// Of one rule in a row, by place and the longer first.
void drop_nested(std::vector<Hit>& hits) {
  const Hit* outer = nullptr;
  auto kept = hits.begin();
  for (const Hit& hit : hits) {
    if (outer != nullptr && outer->rule == hit.rule && hit.span.end <= outer->span.end) continue;
    *kept = hit;
    outer = &*kept++;
  }
  hits.erase(kept, hits.end());
}

}  // namespace

void settle(std::vector<Hit>& hits, std::vector<Pardon>& pardons) {
  drop_pardoned(hits, pardons);
  const auto place = [](const Hit& hit) {
    return std::tuple(hit.span.begin, ~hit.span.end, -hit.score, hit.normal.size());
  };
  if (hits.size() < 2) return;
  std::sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) {
    return std::tuple(a.rule, place(a)) < std::tuple(b.rule, place(b));
  });
  drop_nested(hits);
  std::sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) {
    return std::tuple(place(a), a.rule) < std::tuple(place(b), b.rule);
  });
}

}  // namespace weir::safety
