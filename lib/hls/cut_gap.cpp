// What becomes of all tracks while nothing comes: they end where the pictures do, and gaps follow,
// up to where the input says that there is nothing.
#include "hls/cut.h"

namespace weir::hls {

using media::Time;

namespace {

Micros passes(Time from, Time to) {
  return Micros(to.micros() - from.micros());
}

}  // namespace

Result<void> Cutter::take_gap(Time at) {
  find_origin();
  if (!origin_ || at <= *position_) return {};
  if (!std::exchange(lost_, true)) end_all_tracks();
  position_ = lost_till_ = at;
  sound_.reset();
  cut_on_clock(at);
  WEIR_TRY(settle());
  return release_parts();
}

void Cutter::end_all_tracks() {
  const Time end = stream_end();
  for (const auto& lane : lanes_)
    if (lane->track().video()) lane->lost = lane->drop(end);
  add_boundary(end, false);
  set_cut(end);
}

// With the first key picture, or, where there is no picture, the first sound.
void Cutter::begin_again(Time at) {
  if (!std::exchange(lost_, false)) return;
  if (!sound_ || passes(*sound_, at) < target()) back_ = at;
  sound_.reset();
  cut_on_clock(at);
  add_boundary(at, std::exchange(broken_, false));
  set_cut(at);
}

// It would fill only the end of a segment, beside a gap in the pictures.
bool Cutter::too_early(const CutLane& lane, Time at) {
  if (reference_ == nullptr || lane.track().video()) return false;
  if (!lost_) return back_ && lane.before(at, *back_);
  if (!sound_) sound_ = at;
  return passes(*sound_, at) < target();
}

// A break in the time that was lost stands where the stream goes on.
void Cutter::take_break(Time at) {
  for (const auto& lane : lanes_) lane->note_break();
  if (lost_)
    broken_ = true;
  else
    add_boundary(at, true);
}

}  // namespace weir::hls
