// What a rendition does with parts.
#include "publish/hls_names.h"
#include "publish/hls_parts.h"
#include "publish/hls_rendition.h"

namespace weir::publish {

Result<void> HlsRendition::add(const hls::Part& part, const Placement& placement) {
  if (!open_) open_segment(part, placement);
  hls::MediaPart entry;
  entry.uri = part_file(added_, static_cast<std::size_t>(part.index), suffix_);
  entry.duration = extinf_.next(part.start, part.end());
  entry.independent = part.independent;
  entry.gap = part.gap;
  if (!part.gap) {
    WEIR_TRY(use_form(part.form));
    if (part.discontinuity && part.index == 0) learned_ = false;
    WEIR_TRY_ASSIGN(const bool other_key, use_key(placement.key.get()));
    open_->other_key = open_->other_key || other_key;
    WEIR_TRY(write_part(part, entry));
  }
  open_->entry.map = map_;
  open_->entry.parts.push_back(std::move(entry));
  return {};
}

void HlsRendition::open_segment(const hls::Part& part, const Placement& placement) {
  hls::Segment segment;
  segment.track = part.track;
  segment.number = part.segment;
  segment.start = part.start;
  segment.discontinuity = part.discontinuity;
  open_.emplace();
  begin(segment, placement, open_->entry);
}

// The bytes are wanted again when the segment is whole: they are copied once, and nothing is muxed
// twice.
Result<void> HlsRendition::write_part(const hls::Part& part, const hls::MediaPart& entry) {
  if (!learned_) WEIR_TRY(learn(part.packets.front().bytes()));
  WEIR_TRY_ASSIGN(hls::SegmentBytes bytes, writer_->write(part));
  if (bytes.init) WEIR_TRY(use_init(*bytes.init, open_->other_key, open_->entry));
  for (auto key : bytes.keys) {
    key.range.offset += static_cast<std::int64_t>(open_->bytes.size());
    open_->keys.push_back(key);
  }
  for (const ByteView view : bytes.media.views())
    open_->bytes.insert(open_->bytes.end(), view.begin(), view.end());
  count(part.packets);
  bytes_ += static_cast<std::int64_t>(bytes.media.size());
  return services_.store.put_segment(note(entry.uri), bytes.media, entry.duration);
}

// Its time went to the store with its parts.
Result<void> HlsRendition::close_segment(const hls::Segment& segment) {
  Open whole = std::move(*open_);
  open_.reset();
  whole.entry.duration = extinf_.next(segment.start, segment.end());
  whole.entry.gap = segment.gap;
  if (!segment.gap) {
    const auto size = static_cast<std::int64_t>(whole.bytes.size());
    WEIR_TRY(services_.store.put_segment(note(whole.entry.uri), std::move(whole.bytes), Micros(0)));
    bytes_ += size;
    measure(segment, size, whole.entry.duration);
  }
  playlist_.segments.push_back(std::move(whole.entry));
  note_keys(whole.keys, segment);
  return {};
}

void HlsRendition::list_parts() {
  if (!playlist_.low_latency)
    playlist_.low_latency = low_latency_of(options_, playlist_.target_duration);
  playlist_.low_latency->reports = reports_;
  if (track_.text()) {
    playlist_.low_latency->part_target = Micros(0);
    return;
  }
  playlist_.low_latency->preload_hint =
      part_file(added_, open_ ? open_->entry.parts.size() : 0, suffix_);
  playlist_.open.reset();
  if (open_) playlist_.open = open_->entry;
  Micros after{};  // from a segment's end to that of the playlist
  if (open_)
    for (const auto& part : open_->entry.parts) after += part.duration;
  const Micros longest(playlist_.target_duration * hls::kTargetsWithParts * 1'000'000);
  auto& all = playlist_.segments;
  for (auto segment = all.rbegin(); segment != all.rend(); ++segment) {
    if (after > longest && segment->parts.empty()) break;
    if (after > longest) retire_parts(*segment);
    after += segment->duration;
  }
}

void HlsRendition::retire_parts(hls::MediaSegment& segment) {
  const std::chrono::seconds stay(playlist_.target_duration * hls::kTargetsWithParts);
  const auto at = services_.clock.monotonic() + stay;
  for (auto& part : segment.parts)
    if (!part.gap) retired_parts_.push_back({folder_ + "/" + part.uri, at});
  segment.parts.clear();
}

std::optional<hls::RenditionReport> HlsRendition::report() const {
  const auto& all = playlist_.segments;
  const bool open = open_ && !open_->entry.parts.empty();
  if (!open && all.empty()) return {};
  const auto& parts = open ? open_->entry.parts : all.back().parts;
  hls::RenditionReport out;
  out.uri = "../" + playlist_name();
  out.last_msn = playlist_.next() - (open ? 0 : 1);
  if (!parts.empty()) out.last_part = static_cast<std::int64_t>(parts.size()) - 1;
  return out;
}

}  // namespace weir::publish
