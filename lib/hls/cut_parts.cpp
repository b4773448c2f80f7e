#include "hls/cut_parts.h"

#include <algorithm>

#include "hls/cut.h"

namespace weir::hls {
namespace {

using media::Time;

bool full(std::int64_t length, std::int64_t longest) {
  return length * 100 >= longest * kFullPart;
}

// What follows the last certain packet may be there already, without being certain.
std::int64_t length_of(const CutLane& lane, std::size_t index) {
  if (index + 1 >= lane.size()) return lane.step().ticks;
  return lane.packet(index + 1).dts().ticks - lane.packet(index).dts().ticks;
}

/// When packets would be shown if all were shown as they are decoded; ticks.
class DecodingAxis {
 public:
  explicit DecodingAxis(const CutLane& lane) : lane_(lane), offset_(lane.parts.offset) {}
  /// Indices go up from 0, none is left out.
  std::int64_t at(std::size_t index) {
    const auto& packet = lane_.packet(index);
    const bool first = index == 0 && !lane_.ahead();
    if (first || lane_.independent(index)) offset_ = packet.pts().ticks - packet.dts().ticks;
    return packet.dts().ticks + offset_;
  }
  std::int64_t offset() const { return offset_; }

 private:
  const CutLane& lane_;
  std::int64_t offset_;
};

}  // namespace

std::optional<Piece> next_piece(const CutLane& lane, Micros target, std::size_t certain,
                                std::optional<Time> end) {
  if (certain == 0 && !end) return {};
  const std::int64_t begin = lane.next_part().ticks;
  const std::int64_t longest =
      av_rescale_q_rnd(target.count(), media::kMicros, lane.track().time_base, AV_ROUND_DOWN);
  const std::int64_t limit = begin + longest;
  const std::int64_t stop = end ? std::max(lane.in_base(*end).ticks, begin) : INT64_MAX;
  DecodingAxis axis(lane);
  std::int64_t here = certain > 0 ? std::min(axis.at(0), stop) : stop;
  if (certain == 0 && stop == begin) return {};
  if (certain == 0 || here - begin > longest / 2) return Piece{0, std::min(limit, here)};
  for (std::size_t i = 1; i < certain || (end && i == certain); ++i) {
    const std::int64_t before = here;
    here = i < certain ? std::min(axis.at(i), stop) : stop;
    const auto may_end = [&](std::int64_t at, std::int64_t next) {
      return at > begin && (full(at - begin, longest) || next - at <= 2 * lane.step().ticks);
    };
    if (here > limit && i > 1 && may_end(before, here)) return Piece{i - 1, before};
    if (here > limit) return Piece{i, limit};
    if (i == certain) return Piece{i, here};
    const std::int64_t next = here + length_of(lane, i);
    const bool told = end || i + 1 < certain;  // the next round knows better
    if (!told && next > limit && may_end(here, next)) return Piece{i, here};
    const bool key = lane.track().video() && lane.independent(i);
    if (key && full(here - begin, longest)) return Piece{i, here};
  }
  return {};
}

// Before this time nothing is cut that is not cut yet.
std::optional<Time> Cutter::certain_till(CutLane& lane) {
  auto till = horizon();
  const auto index = static_cast<std::size_t>(lane.next_boundary - first_boundary_);
  if (!till || index >= boundaries_.size()) return till;
  const Boundary& boundary = boundaries_[index];
  const bool decided = boundary.state == Boundary::State::kCut;
  const Time step = lanes_.front()->step();  // a key frame may be early by as much
  const Time early{boundary.at.in(step.base) - step.ticks, step.base};
  return std::min(*till, decided ? *boundary.cut : early);
}

// A grid tells its boundaries before the pictures they are for. Without one a key frame is a
// boundary or not as soon as it has been looked at, but for the one that is kept in reserve.
std::optional<Time> Cutter::horizon() {
  const bool pictures = std::any_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    return lane->track().video() && alive(*lane);
  });
  if (!pictures && !grid_ && last_cut_)  // by the clock
    return Time{last_cut_->micros() + target().count(), media::kMicros};
  if (!pictures) return position_;
  const CutLane* lead = grid_ ? leader(*position_) : guide();
  if (lead == nullptr || !lead->started()) return {};
  Time till = lead->last_dts();
  if (grid_) return till;
  if (candidate_) till = std::min(till, *candidate_);
  for (const auto& key : lead->keys())
    if (!examined_ || lead->before(*examined_, key.pts)) return std::min(till, key.pts);
  return till;
}

bool Cutter::may_cut_at(const CutLane::Key& key, const CutLane& lane) {
  const Time late{key.pts.ticks + lane.step().ticks, key.pts.base};
  const auto index = static_cast<std::size_t>(lane.next_boundary - first_boundary_);
  if (index < boundaries_.size() && late >= boundaries_[index].at) return true;
  if (grid_) return false;
  const auto till = horizon();
  return !till || late >= *till;
}

std::size_t Cutter::certain_packets(CutLane& lane) {
  if (lane.track().video()) {
    for (const auto& key : lane.keys())
      if (may_cut_at(key, lane)) return lane.before_outage(lane.index_of(key));
    return lane.before_outage(lane.size());
  }
  const auto till = certain_till(lane);
  if (!till) return 0;
  std::size_t count = 0;  // a cut falls between the packets nearest to it
  while (count < lane.size() && lane.before(lane.packet(count).pts(), *till) &&
         !lane.behind_break(count))
    ++count;
  return count;
}

Result<void> Cutter::release_parts() {
  if (!options_.part || !origin_) return {};
  for (const auto& lane : lanes_)
    if (lane->started() && !done_) WEIR_TRY(release_parts(*lane));
  return {};
}

Result<void> Cutter::release_parts(CutLane& lane) {
  std::size_t certain = certain_packets(lane);
  std::optional<Time> end;
  auto till = lane.interrupted() ? certain_till(lane) : std::nullopt;
  if (till) {  // stragglers have as long as a part to come
    till = std::min(*till, *position_);
    const Time from = std::max(lane.outage_begin(), lane.next_part());
    if (Time{from.micros() + options_.part->count(), media::kMicros} < *till) end = from;
  }
  while (const auto piece = next_piece(lane, *options_.part, certain, end)) {
    certain -= piece->count;
    WEIR_TRY(hand_on(lane, *piece, false));
  }
  return end ? release_gaps(lane, *till) : Result<void>();
}

Result<void> Cutter::release_gaps(CutLane& lane, Time till) {
  while (!done_) {
    const Time end{lane.next_part().micros() + options_.part->count(), media::kMicros};
    if (end >= till) break;
    const auto piece = next_piece(lane, *options_.part, 0, end);
    if (!piece) break;
    WEIR_TRY(hand_on(lane, *piece, false));
  }
  return {};
}

Result<void> Cutter::hand_on(CutLane& lane, const Piece& piece, bool last) {
  Part part;
  part.track = lane.track().index;
  part.segment = lane.number;
  part.start = lane.next_part();
  part.duration = {piece.end - part.start.ticks, part.start.base};
  part.discontinuity = lane.discontinuity;
  part.gap = piece.count == 0;
  part.form = lane.first_form();
  DecodingAxis axis(lane);
  for (std::size_t i = 0; i < piece.count; ++i) {
    (void)axis.at(i);
    part.independent = part.independent || lane.independent(i);
  }
  part.packets = lane.take_ahead(piece.count);
  const bool goes_on = !last && !lane.interrupted() && !lane.empty();
  part.decode_end = goes_on ? lane.packet(0).dts() : lane.decode_end(part.packets, part.end());
  part.index = lane.parts.count++;
  lane.parts.offset = axis.offset();
  lane.parts.next = piece.end;
  part.last = last;
  WEIR_TRY_ASSIGN(const flow::Flow flow, parts_->push(std::move(part)));
  done_ = done_ || flow == flow::Flow::kDone;
  return {};
}

Result<void> Cutter::hand_on_last_parts(CutLane& lane, std::size_t count, Time end) {
  while (const auto piece = next_piece(lane, *options_.part, count, end)) {
    count -= piece->count;
    const bool last = count == 0 && piece->end >= lane.in_base(end).ticks;
    WEIR_TRY(hand_on(lane, *piece, last));
  }
  return {};
}

}  // namespace weir::hls
