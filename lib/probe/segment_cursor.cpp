#include "probe/segment_cursor.h"

#include <algorithm>
#include <cstdlib>

namespace weir::probe {
namespace {

std::int64_t discontinuities_until(const LivePlaylist& list, std::int64_t number) {
  std::int64_t out = list.discontinuity_sequence;
  for (std::int64_t n = list.first(); n <= std::min(number, list.next() - 1); ++n)
    out += list.find(n)->discontinuity ? 1 : 0;
  return out + (number >= list.next() && list.open_discontinuity ? 1 : 0);
}

std::int64_t length_of(const std::vector<LivePart>& parts, std::int64_t count) {
  std::int64_t out = 0;
  for (std::int64_t i = 0; i < count; ++i) out += parts[std::size_t(i)].duration_us;
  return out;
}

/// What the parts of a segment have in common.
struct Parent {
  const std::vector<LivePart>& parts;
  std::optional<hls::MapText> map;
  std::optional<std::int64_t> date_us;
  bool encrypted;
};

Parent parent_of(const LivePlaylist& list, std::int64_t number) {
  if (const auto* segment = list.find(number))
    return {segment->parts, segment->map, segment->date_us, segment->encrypted()};
  return {list.open, list.open_map, list.open_date_us(), is_encrypting(list.open_key)};
}

ViewerPiece part_piece(const LivePlaylist& list, std::int64_t number, std::int64_t index) {
  const Parent parent = parent_of(list, number);
  const LivePart& part = parent.parts[std::size_t(index)];
  ViewerPiece out{{number, index}, part.uri,        part.range, parent.map, part.duration_us, {}, 0,
                  part.gap,        parent.encrypted};
  if (parent.date_us) out.date_us = *parent.date_us + length_of(parent.parts, index);
  out.discontinuities = discontinuities_until(list, number);
  return out;
}

ViewerPiece segment_piece(const LivePlaylist& list, std::int64_t number) {
  const auto& from = *list.find(number);
  return {{number, -1},
          from.uri,
          from.range,
          from.map,
          from.duration_us,
          from.date_us,
          discontinuities_until(list, number),
          from.gap,
          from.encrypted()};
}

/// The last independent part at least so far from the end; empty without one.
std::optional<LivePosition> part_to_begin(const LivePlaylist& list, std::int64_t distance) {
  std::int64_t left = 0;
  for (std::int64_t n = list.next(); n >= list.first(); --n) {
    const auto& parts = parent_of(list, n).parts;
    if (n < list.next() && parts.empty()) return {};
    for (std::int64_t i = std::int64_t(parts.size()) - 1; i >= 0; --i) {
      left += parts[std::size_t(i)].duration_us;
      if (left >= distance && (parts[std::size_t(i)].independent || i == 0))
        return LivePosition{n, i};
    }
  }
  return {};
}

}  // namespace

bool has_parts(const LivePlaylist& list) {
  return list.part_target_us > 0 && !list.ended && list.open_map.has_value();
}

std::int64_t hold_back_us(const LivePlaylist& list) {
  return has_parts(list) ? list.part_hold_back_us : list.hold_back_us;
}

SegmentCursor SegmentCursor::begin(const LivePlaylist& list) {
  if (list.ended) return SegmentCursor(list.first());
  if (has_parts(list))
    if (const auto at = part_to_begin(list, hold_back_us(list)))
      return SegmentCursor(at->number, at->part);
  std::int64_t left = 0, number = list.next();
  while (number > list.first() && left < list.hold_back_us)
    left += list.find(--number)->duration_us;
  return SegmentCursor(number);
}

SegmentCursor SegmentCursor::at(const LivePlaylist& list, std::int64_t number,
                                std::optional<std::int64_t> date_us) {
  if (date_us)
    for (std::int64_t n = list.first(); n < list.next(); ++n) {
      const auto& segment = *list.find(n);
      if (segment.date_us && *segment.date_us + segment.duration_us / 2 > *date_us)
        return SegmentCursor(n);
    }
  const auto end = list.open_date_us();
  if (date_us && end && *date_us > *end - list.target_us / 2) return SegmentCursor(list.next());
  return SegmentCursor(number);
}

std::optional<std::int64_t> SegmentCursor::boundary(const LivePlaylist& list) const {
  if (part_ == 0) return number_;
  const auto* segment = list.find(number_);
  if (segment == nullptr || part_ < std::int64_t(segment->parts.size())) return {};
  return number_ + 1;
}

NextPiece SegmentCursor::next(const LivePlaylist& list) const {
  using What = NextPiece::What;
  std::int64_t number = number_, part = part_;
  // A segment whose parts were all fetched is done once it is listed; so is one whose parts are no
  // longer listed.
  if (const auto* segment = list.find(number); segment != nullptr && part > 0) {
    if (part < std::int64_t(segment->parts.size()))
      return {What::kFetch, part_piece(list, number, part)};
    ++number;
    part = 0;
  }
  if (number < list.first()) return {What::kGone};
  if (number < list.next()) return {What::kFetch, segment_piece(list, number)};
  if (list.ended) return {What::kEnd};
  if (number == list.next() && has_parts(list) && part < std::int64_t(list.open.size()))
    return {What::kFetch, part_piece(list, number, part)};
  return {What::kWait};
}

void SegmentCursor::pass(const ViewerPiece& piece) {
  number_ = piece.at.part < 0 ? piece.at.number + 1 : piece.at.number;
  part_ = piece.at.part < 0 ? 0 : piece.at.part + 1;
}

}  // namespace weir::probe
