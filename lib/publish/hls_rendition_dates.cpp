// What a rendition does with dates.
#include <algorithm>
#include <set>

#include "publish/hls_rendition.h"

namespace weir::publish {

std::optional<std::int64_t> HlsRendition::first_date() const {
  if (!playlist_.segments.empty()) return playlist_.segments.front().program_date_time_us;
  return open_ ? open_->entry.program_date_time_us : std::nullopt;
}

void HlsRendition::date(const WallTime& wall) {
  const auto utc = begin_ ? wall.at(*begin_) : std::nullopt;
  if (!utc) return;
  hls::date_from(playlist_, *utc);
  if (iframes_) iframes_->date_from(*utc);
}

// A playlist may only be appended to (draft section 6.2.1): what is new comes behind all that has
// been shown.
void HlsRendition::list_date_ranges(const std::vector<hls::DateRangePtr>& wanted) {
  auto& listed = playlist_.date_ranges;
  std::set<std::string_view> missing;
  for (const auto& range : wanted) missing.insert(range->line);
  std::erase_if(listed, [&](const auto& each) { return missing.erase(each.range->line) == 0; });
  const bool parts = open_ && !open_->entry.parts.empty();
  const std::int64_t end = shown_ ? playlist_.next() + (parts ? 1 : 0) : playlist_.media_sequence;
  for (const auto& range : wanted)
    if (missing.erase(range->line) != 0) listed.push_back({range, end});
}

}  // namespace weir::publish
