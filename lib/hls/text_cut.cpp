#include "hls/text_cut.h"

#include <algorithm>

namespace weir::hls {
namespace {

constexpr std::size_t kPatience = 3;  // segments a gap is kept for who might have it

// On the clock of the cues.
media::Time since(media::Time origin, media::Time time) {
  return {time.ticks - origin.in(time.base), time.base};
}
media::Time end_of(const media::Packet& cue) {
  return {cue.pts().ticks + cue.duration().ticks, cue.base()};
}

Segment without_packets(const Segment& like) {
  Segment out;
  out.track = like.track;
  out.number = like.number;
  out.start = like.start;
  out.duration = like.duration;
  out.decode_end = like.end();
  out.discontinuity = like.discontinuity;
  out.gap = like.gap;
  return out;
}

}  // namespace

Segment TextLane::segment(const Segment& like, media::Time origin) {
  Segment out = without_packets(like);
  out.track = track_;
  out.origin = origin;
  const media::Time start = since(origin, like.start), end = since(origin, like.end());
  for (; next_ < cues_.size() && cues_[next_].pts() < end; ++next_)
    on_.push_back(std::move(cues_[next_]));
  for (const auto& cue : on_)
    if (!out.gap && end_of(cue) > start) out.packets.push_back(cue.share());
  std::erase_if(on_, [&](const auto& cue) { return end_of(cue) <= end; });
  return out;
}

TextCutter::TextCutter(const media::Tracks& tracks, std::vector<TextLane> texts)
    : texts_(std::move(texts)) {
  for (const auto& track : tracks)
    if (track.video()) leads_.push_back(track.index);
  for (const auto& track : tracks)
    if (leads_.empty() && track.audio()) leads_.push_back(track.index);
}

std::vector<Segment> TextCutter::take(const Segment& segment) {
  std::vector<Segment> out;
  if (texts_.empty() || std::ranges::find(leads_, segment.track) == leads_.end()) return out;
  note(segment);
  while (!waiting_.empty() && waiting_.front().segment &&
         (!waiting_.front().segment->gap || waiting_.front().seen >= leads_.size() ||
          waiting_.size() > kPatience))
    let_out(out);
  return out;
}

std::vector<Segment> TextCutter::finish() {
  std::vector<Segment> out;
  while (!waiting_.empty() && waiting_.front().segment) let_out(out);
  return out;
}

void TextCutter::note(const Segment& segment) {
  if (!next_) next_ = segment.number;
  if (!origin_) origin_ = segment.start;
  if (segment.number < *next_) return;
  const auto place = static_cast<std::size_t>(segment.number - *next_);
  if (place >= waiting_.size()) waiting_.resize(place + 1);
  Waiting& waiting = waiting_[place];
  ++waiting.seen;
  if (!waiting.segment || (waiting.segment->gap && !segment.gap))
    waiting.segment = without_packets(segment);
}

void TextCutter::let_out(std::vector<Segment>& out) {
  for (auto& text : texts_) out.push_back(text.segment(*waiting_.front().segment, *origin_));
  waiting_.pop_front();
  ++*next_;
}

}  // namespace weir::hls
