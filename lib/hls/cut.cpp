#include "hls/cut.h"

#include <algorithm>
#include <cstdlib>

namespace weir::hls {
namespace {

using media::Time;

Micros between(Time from, Time to) {
  return Micros(to.micros() - from.micros());
}
Time half(Time step) {
  return {step.ticks, av_mul_q(step.base, {1, 2})};
}
bool at_or_before(Time at, Time limit, Time slack) {
  return at <= Time{limit.in(slack.base) + slack.ticks, slack.base};
}

}  // namespace

Cutter::Cutter(const media::Tracks& tracks, CutOptions options, Log& log, flow::Sink<Segment>& next,
               flow::Sink<Part>* parts)
    : Stage(next), options_(options), log_(log), parts_(parts) {
  for (const auto kind : {media::Kind::kVideo, media::Kind::kAudio})
    for (const auto& track : tracks)
      if (track.kind == kind) lanes_.push_back(std::make_unique<CutLane>(track));
  if (!lanes_.empty() && lanes_.front()->track().video()) reference_ = lanes_.front().get();
}

Micros Cutter::target() const {
  if (options_.target) return *options_.target;
  return grid_length_.value_or(kDefaultTarget);
}

Result<flow::Flow> Cutter::push(media::Item item) {
  Result<void> taken;
  if (auto* packet = std::get_if<media::Packet>(&item)) {
    taken = take_packet(std::move(*packet));
  } else {
    const auto& event = std::get<media::Event>(item);
    if (event.kind() == media::event::kSegment) take_grid(event);
    if (event.kind() == media::event::kDiscontinuity) take_break(event.at);
    if (event.kind() == media::event::kTrack) take_form(event);
    if (event.kind() == media::event::kRendition) take_change(event);
    splices_.take(event);
    if (event.kind() == media::event::kGap) taken = take_gap(event.at);
  }
  if (!taken) {
    failed_ = true;
    return fail(std::move(taken).error());
  }
  return done_ ? flow::Flow::kDone : flow::Flow::kMore;
}

Result<void> Cutter::finish() {
  last_ = true;
  Result<void> outcome;
  if (!failed_ && !done_) {
    plan();
    outcome = settle();
    if (outcome) outcome = hand_on_rest();
  }
  Result<void> below = finish_next();
  return outcome ? below : outcome;
}

Result<void> Cutter::take_packet(media::Packet packet) {
  CutLane* lane = find_lane(packet.track());
  if (lane == nullptr) return {};
  if (av_cmp_q(packet.base(), lane->track().time_base) != 0) packet.rebase(lane->track().time_base);
  if (!wanted(*lane, packet)) return {};
  if (reference_ == nullptr) begin_again(packet.pts());
  const Time dts = packet.dts(), pts = packet.pts();
  if (!begin_) begin_ = position_ = dts;
  if (dts > *position_) position_ = dts;
  const bool behind_break = lane->awaits_break() && (packet.key() || reference_ == nullptr);
  const auto taken = lane->take(std::move(packet));
  if (taken.dropped && !std::exchange(lane->told_no_key, true))
    log_.warning("{}: dropping pictures before the first key frame", lane->name());
  if (taken.dropped) return {};
  if (behind_break && (reference_ == nullptr || lane == leader(pts))) move_break(pts);
  if (taken.new_parameters && (lane->track().video() || reference_ == nullptr)) {
    if (!taken.new_form)
      log_.info("{}: new parameter sets at {:.3f} s", lane->name(), pts.seconds());
    add_boundary(pts, true);
    if (!grid_) set_cut(pts);
  }
  plan();
  plan_without_keys();
  WEIR_TRY(settle());
  WEIR_TRY(release_parts());
  std::int64_t held = 0;
  for (const auto& each : lanes_) held += each->bytes();
  if (held <= options_.max_held) return {};
  return fail(Code::kBadInput,
              "no key frame to cut at since {:.1f} s; re-encode with one at least "
              "every {}",
              lane->start.seconds(), format_duration(target()));
}

// Where a break was told only nearly there.
void Cutter::move_break(Time to) {
  const auto apart = [&](Time at) { return std::abs(between(at, to).count()); };
  const auto last = std::find_if(boundaries_.rbegin(), boundaries_.rend(),
                                 [](const Boundary& each) { return each.discontinuity; });
  if (last == boundaries_.rend() || last->state != Boundary::State::kOpen || last->cut) return;
  const bool alone = last == boundaries_.rbegin() &&
                     (std::next(last) == boundaries_.rend() || std::next(last)->at < to);
  if (alone && apart(last->at) <= kNearBreak.count()) last->at = to;
}

void Cutter::take_form(const media::Event& event) {
  for (const auto& lane : lanes_)
    if (auto form = media::changed_track(event, {lane->form()})) {
      log_.info("{}: {} from {:.3f} s on", lane->name(), form->codec_name(), event.at.seconds());
      lane->change(std::move(*form));
    }
}

void Cutter::take_grid(const media::Event& event) {
  const auto length = event.time("length");
  if (length && length->ticks > 0) grid_length_ = Micros(length->micros());
  if (options_.target && grid_length_ && *options_.target != *grid_length_) {
    if (!std::exchange(told_no_grid_, true))
      log_.info(
          "segments of {} asked for, but the cut grid has {}: cutting at the key frames all "
          "renditions share",
          format_duration(*options_.target), format_duration(*grid_length_));
    return;
  }
  grid_ = true;
  add_boundary(event.at, false);
}

// Boundaries come nearly in order; one that coincides with a known one only adds its mark.
void Cutter::add_boundary(Time at, bool discontinuity) {
  const Time step = lanes_.empty() ? Time{} : half(lanes_.front()->step());
  std::size_t place = boundaries_.size();
  for (; place > 0; --place) {
    Boundary& before = boundaries_[place - 1];
    if (at_or_before(at, before.at, step) && at_or_before(before.at, at, step)) {
      before.discontinuity |= discontinuity;
      return;
    }
    if (before.at < at) break;
  }
  boundaries_.insert(boundaries_.begin() + static_cast<std::ptrdiff_t>(place),
                     Boundary{at, discontinuity});
  for (const auto& lane : lanes_)
    if (lane->next_boundary > first_boundary_ + static_cast<std::int64_t>(place))
      ++lane->next_boundary;
}

Result<void> Cutter::settle() {
  find_origin();
  if (!origin_) return {};
  // Who leads comes first, then who follows.
  const auto rank = [](const CutLane& lane) {
    return lane.track().audio() ? 2 : lane.interrupted() ? 1 : 0;
  };
  for (const int wanted_rank : {0, 1, 2})
    for (const auto& lane : lanes_)
      if (lane->started() && rank(*lane) == wanted_rank) {
        drop_lead(*lane);
        WEIR_TRY(settle(*lane));
      }
  drop_passed();
  return {};
}

Result<void> Cutter::settle(CutLane& lane) {
  while (!done_) {
    const auto index = static_cast<std::size_t>(lane.next_boundary - first_boundary_);
    if (index >= boundaries_.size()) break;
    Boundary& boundary = boundaries_[index];
    WEIR_TRY_ASSIGN(const Step step,
                    lane.track().video() ? cut_video(lane, boundary) : cut_audio(lane, boundary));
    if (step == Step::kWait) break;
    ++lane.next_boundary;
  }
  return {};
}

// The first picture; or the first sound when there is no picture, or none for a long time.
void Cutter::find_origin() {
  if (origin_ || !position_) return;
  const CutLane* first = leader(*position_);
  if (first != nullptr && first->started()) origin_ = first->start;
  if (origin_ || (first != nullptr && !last_ && !late(*begin_))) return;
  for (const auto& lane : lanes_)
    if (lane->started() && (!origin_ || lane->start < *origin_)) origin_ = lane->start;
}

// One packet stays: the next one tells how far the lead goes on.
void Cutter::drop_lead(CutLane& lane) {
  if (reference_ == nullptr || !lane.track().audio() || lane.number > 0) return;
  const Time lead = lane.start;
  const Micros room = kTargetSlack - Micros(lane.step().micros());  // its cut may be that late
  if (!lane.leads && between(lead, *origin_) <= room) return;
  const Time limit = lane.in_base(*origin_);
  while (lane.size() > 1 && lane.before(lane.packet(0).pts(), limit)) {
    (void)lane.take_out(1);
    lane.start = lane.packet(0).pts();
  }
  if (!std::exchange(lane.leads, true))
    log_.warning("{}: sound begins {:.3f} s before the first picture and is left out until then",
                 lane.name(), static_cast<double>(between(lead, *origin_).count()) / 1e6);
}

void Cutter::drop_passed() {
  std::int64_t passed = first_boundary_ + static_cast<std::int64_t>(boundaries_.size());
  for (const auto& lane : lanes_) passed = std::min(passed, lane->next_boundary);
  for (; first_boundary_ < passed; ++first_boundary_) boundaries_.pop_front();
}

Result<Cutter::Step> Cutter::cut_video(CutLane& lane, Boundary& boundary) {
  if (at_start(lane, boundary.at)) {
    if (&lane == leader(boundary.at)) decide(lane, boundary, lane.start);
    return pass_start(lane, boundary);
  }
  if (lane.dropped_at(boundary.at)) return cut_dropped(lane, boundary);
  if (lane.empty()) return last_ ? Step::kPassed : Step::kWait;  // just back
  std::size_t index = 0;
  Time pts = lane.packet(0).pts();
  const bool reached = at_or_before(boundary.at, pts, half(lane.step()));
  if (lane.ahead() || !reached) {  // else: the open segment is a hole
    const auto* key = lane.key_for(boundary.at);
    if (key == nullptr && boundary.forced) return cut_open(lane, boundary);
    if (key == nullptr && !last_) return Step::kWait;
    if (key == nullptr)
      return lane.back().dts() < boundary.at ? Result<Step>(Step::kPassed) : skip(lane, boundary);
    index = lane.index_of(*key);
    pts = key->pts;
  }
  const bool hole = lane.hole_before(index) && !at_or_before(pts, boundary.at, lane.step());
  if (!hole) WEIR_TRY(check_grid(lane, boundary.at, pts));
  const Boundary* next = following(lane);
  if (!hole && next != nullptr && at_or_before(next->at, pts, half(lane.step())))
    return skip(lane, boundary);
  const Time cut = hole ? boundary.at : pts;
  if (decide(lane, boundary, cut)) set_cut(cut);
  return cut_at(lane, boundary, index, cut);
}

bool Cutter::decide(const CutLane& lane, Boundary& boundary, Time cut) {
  const bool leads = &lane == leader(boundary.at);
  if (leads || !boundary.cut) boundary.cut = cut;
  if (leads) boundary.state = Boundary::State::kCut;
  return leads;
}

Result<Cutter::Step> Cutter::cut_audio(CutLane& lane, Boundary& boundary) {
  if (boundary.state == Boundary::State::kSkipped) return skip(lane, boundary);
  const bool decided = boundary.state == Boundary::State::kCut;
  const CutLane* picture = leader(boundary.at);
  const bool decides = picture != nullptr && (picture->started() || !picture->dropped());
  if (!decided && decides && !last_ && !late(boundary.at)) return Step::kWait;
  const Time cut = decided ? *boundary.cut : boundary.at;
  if (at_start(lane, cut)) return pass_start(lane, boundary);
  const bool breaks = boundary.discontinuity && !grid_;  // a ladder's sound goes on
  if (breaks && lane.awaits_break() && !last_ && !late(boundary.at)) return Step::kWait;
  if (const auto index = breaks ? lane.break_near(cut, kNearBreak) : std::nullopt)
    return cut_at(lane, boundary, *index, lane.packet(*index).pts());
  if (lane.empty() || lane.back().pts() < cut) {
    if (!last_ && lost_till_ && cut <= *lost_till_) return cut_at(lane, boundary, lane.size(), cut);
    return last_ ? Step::kPassed : Step::kWait;
  }
  std::size_t index = lane.size() - 1;
  while (index > 0 && lane.packet(index - 1).pts() >= cut) --index;
  const Time pts = lane.packet(index).pts();
  const bool far = !at_or_before(pts, cut, lane.step());
  if (index > 0 && !far && between(lane.packet(index - 1).pts(), cut) < between(cut, pts)) --index;
  return cut_at(lane, boundary, index, far ? cut : lane.packet(index).pts());
}

// No cut here: the open segment goes on, and so does the mark.
Result<Cutter::Step> Cutter::skip(CutLane& lane, Boundary& boundary) {
  if (&lane == leader(boundary.at)) boundary.state = Boundary::State::kSkipped;
  if (boundary.discontinuity) lane.pending_discontinuity = true;
  return Step::kPassed;
}

bool Cutter::at_start(const CutLane& lane, Time at) const {
  return at_or_before(at, lane.start, half(lane.step())) ||
         at_or_before(at, *origin_, half(lanes_.front()->step()));
}

// A track that begins later than its first segment would end gets gaps for what it missed.
Result<Cutter::Step> Cutter::pass_start(CutLane& lane, Boundary& boundary) {
  const Time at = boundary.state == Boundary::State::kCut ? *boundary.cut : boundary.at;
  const bool begun = at_or_before(at, *origin_, half(lanes_.front()->step()));
  if (lane.number == 0 && !begun && !at_or_before(lane.start, at, lane.step())) {
    lane.start = lane.in_base(*origin_);
    return cut_at(lane, boundary, 0, at);
  }
  if (lane.number > 0 && boundary.discontinuity) lane.discontinuity = true;
  return Step::kPassed;
}

Result<Cutter::Step> Cutter::cut_at(CutLane& lane, const Boundary& boundary, std::size_t index,
                                    Time at) {
  index = lane.alike(index);
  const std::size_t count = lane.before_outage(index);
  WEIR_TRY(hand_on(lane, count, at));
  if (count < index) {
    log_.info("{}: {} pictures from its return to the cut at {:.3f} s are left out", lane.name(),
              index - count, at.seconds());
    (void)lane.take_out(index - count);
  }
  lane.forget_outages();
  lane.discontinuity = std::exchange(lane.pending_discontinuity, false) || boundary.discontinuity;
  return Step::kPassed;
}

Result<void> Cutter::hand_on(CutLane& lane, std::size_t count, Time end) {
  Segment segment;
  end = lane.in_base(end);
  segment.gap = count == 0 && !lane.ahead();
  segment.form = lane.first_form();
  if (options_.part) {
    end = std::max(end, lane.next_part());  // what went ahead cannot be taken back
    WEIR_TRY(hand_on_last_parts(lane, count, end));
    segment.parts = lane.parts.count;
    lane.end_segment();
  } else {
    segment.packets = lane.take_out(count);
  }
  segment.track = lane.track().index;
  segment.number = lane.number++;
  segment.start = lane.start;
  segment.duration = {end.ticks - lane.start.ticks, end.base};
  segment.discontinuity = lane.discontinuity;
  segment.partial = !segment.gap && lane.interrupted_before(end);
  segment.decode_end = lane.decode_end(segment.packets, end);
  lane.start = end;
  WEIR_TRY(check_length(lane, segment.duration));
  WEIR_TRY_ASSIGN(const flow::Flow flow, emit(std::move(segment)));
  done_ = done_ || flow == flow::Flow::kDone;
  return {};
}

Result<void> Cutter::hand_on_rest() {
  if (!position_ || lost_) return {};
  const Time end = stream_end();
  for (const auto& lane : lanes_) {
    if (done_ || !lane->started()) continue;
    if (!lane->interrupted_before(end)) {
      if (!lane->empty() || lane->ahead())
        WEIR_TRY(hand_on(*lane, lane->size(), lane->presentation_end()));
    } else if (lane->before(lane->start, end)) {
      WEIR_TRY(hand_on(*lane, lane->before_outage(lane->size()), end));
    }
  }
  return {};
}

Result<void> Cutter::check_length(CutLane& lane, Time length) {
  const Micros actual(length.micros());
  if (actual <= target() + kTargetSlack) return {};
  return complain(
      lane.told_long,
      fmt::format("{}: segment {} lasts {:.3f} s, more than the {} asked for", lane.name(),
                  lane.number - 1, length.seconds(), format_duration(target())));
}

Result<void> Cutter::check_grid(CutLane& lane, Time boundary, Time key) {
  const bool late = !at_or_before(key, boundary, lane.step());
  if (!late && at_or_before(boundary, key, lane.step())) return {};
  return complain(lane.told_off_grid,
                  fmt::format("{}: the key frame for the cut at {:.3f} s is at {:.3f} s, more than "
                              "a frame away",
                              lane.name(), boundary.seconds(), key.seconds()));
}

Result<void> Cutter::complain(bool& said, std::string line) {
  if (options_.strict) return fail(Code::kRefused, "{}", line);
  if (!std::exchange(said, true)) log_.warning("{}", line);
  return {};
}

const Cutter::Boundary* Cutter::following(const CutLane& lane) const {
  const auto index = static_cast<std::size_t>(lane.next_boundary + 1 - first_boundary_);
  return index < boundaries_.size() ? &boundaries_[index] : nullptr;
}

CutLane* Cutter::find_lane(int track) {
  for (const auto& lane : lanes_)
    if (lane->track().index == track) return lane.get();
  return nullptr;
}

}  // namespace weir::hls
