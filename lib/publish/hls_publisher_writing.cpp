// How segments get from the cutter into their renditions.
#include <algorithm>
#include <numeric>

#include "publish/hls_publisher.h"

namespace weir::publish {
namespace {

constexpr std::int64_t kBehind = 8 << 20;  // bytes of each rendition that wait to be written

std::int64_t bytes_of(const hls::Segment& segment) {
  return std::accumulate(segment.packets.begin(), segment.packets.end(), std::int64_t{0},
                         [](std::int64_t sum, const media::Packet& packet) {
                           return sum + std::ssize(packet.bytes());
                         });
}

}  // namespace

// One picture is written soonest by who reads it, whose caches still hold it. Live, playlists wait
// for their segments.
void HlsPublisher::write_behind() {
  const auto pictures = std::count_if(renditions_.begin(), renditions_.end(),
                                      [](const auto& each) { return each->track().video(); });
  if (!vod() || pictures < 2) return;
  for (std::size_t i = 0; i < renditions_.size(); ++i)
    behind_.push_back(std::make_unique<flow::WriteBehind<Placed>>(
        writing_, kBehind, [](const Placed& placed) { return bytes_of(placed.segment); }));
}

Result<flow::Flow> HlsPublisher::take(hls::Segment segment) {
  if (!begun_) WEIR_TRY(begin(segment.start));
  segment.number += first_number_;
  segment.discontinuity = segment.discontinuity || resumes_with(segment.number);
  auto texts = text_cutter_.take(segment);
  WEIR_TRY(publish(std::move(segment)));
  WEIR_TRY(publish(std::move(texts)));
  return flow::Flow::kMore;
}

Result<flow::Flow> HlsPublisher::take(hls::Part part) {
  HlsRendition& rendition = *find(part.track);
  if (!begun_) WEIR_TRY(begin(part.start));
  part.segment += first_number_;
  part.discontinuity = part.discontinuity || resumes_with(part.segment);
  WEIR_TRY_ASSIGN(const Placement placement, place(part.segment, part.start));
  WEIR_TRY(rendition.add(part, placement));
  cues_.date(wall_, part.end());
  // What the segment of the part needs to be known for, it does not tell any more.
  if (dash_ && !part.packets.empty())
    WEIR_TRY(
        dash_->note_begin(rendition, part.form, part.packets.front().bytes(), placement.key.get()));
  if (live_ && !part.last) WEIR_TRY(write_playlist(rendition, false));
  return flow::Flow::kMore;
}

Result<Placement> HlsPublisher::place(std::int64_t number, media::Time start) {
  Placement out{wall_.at(start), cutter_.target()};
  WEIR_TRY_ASSIGN(out.key, keys_->of(number, start, out.target));
  return out;
}

Result<void> HlsPublisher::publish(std::vector<hls::Segment> segments) {
  for (auto& segment : segments) WEIR_TRY(publish(std::move(segment)));
  return {};
}

Result<void> HlsPublisher::publish(hls::Segment segment) {
  HlsRendition& rendition = *find(segment.track);
  const media::Time end = segment.end();
  WEIR_TRY_ASSIGN(Placement placement, place(segment.number, segment.start));
  WEIR_TRY(hand_on({rendition, std::move(segment), std::move(placement)}));
  cues_.date(wall_, end);
  report(end);
  if (!vod()) WEIR_TRY(publish_live(rendition));
  return dash_ && live_ ? dash_->update(cutter_.target()) : Result<void>();
}

Result<void> HlsPublisher::hand_on(Placed placed) {
  if (behind_.empty()) return write(placed);
  const auto at = std::find_if(renditions_.begin(), renditions_.end(),
                               [&](const auto& each) { return each.get() == &placed.rendition; });
  WEIR_TRY(behind_[static_cast<std::size_t>(at - renditions_.begin())]->push(std::move(placed)));
  return {};
}

Result<void> HlsPublisher::write(const Placed& placed) {
  WEIR_TRY(placed.rendition.add(placed.segment, placed.placement));
  return dash_ ? tell_dash(placed) : Result<void>();
}

Result<void> HlsPublisher::tell_dash(const Placed& placed) {
  const auto& [rendition, segment, placement] = placed;
  if (rendition.track().text()) return {};
  const std::lock_guard lock(dash_mutex_);
  const ByteView first = segment.packets.empty() ? ByteView() : segment.packets.front().bytes();
  WEIR_TRY(dash_->note_begin(rendition, segment.form, first, placement.key.get()));
  dash_->note(rendition, segment, rendition.playlist().segments.back().discontinuity);
  return {};
}

void HlsPublisher::report(media::Time reached) {
  progress_.media_us = std::max(progress_.media_us, reached.micros());
  progress_.bytes_out = 0;
  progress_.frames = 0;
  for (const auto& rendition : renditions_) {
    progress_.bytes_out += rendition->bytes();
    if (rendition->track().video())
      progress_.frames = std::max(progress_.frames, rendition->frames());
  }
  services_.progress.update(progress_);
}

}  // namespace weir::publish
