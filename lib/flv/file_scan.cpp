#include "flv/file_scan.h"

#include <algorithm>
#include <string_view>

namespace weir::flv {
namespace {

bool is_metadata(const TagView& tag) {
  constexpr std::string_view kStart("\x02\x00\x0aonMetaData", 13);
  return tag.type == TagType::kScript && as_text(tag.body).starts_with(kStart);
}

}  // namespace

Result<void> FileScan::feed(ByteView bytes) {
  reader_.feed(bytes);
  while (true) {
    WEIR_TRY_ASSIGN(const auto tag, reader_.next_view());
    if (!any_tag_) media_start_ = reader_.consumed();
    if (!tag) return {};
    take(*tag);
    any_tag_ = true;
  }
}

ScannedTrack& FileScan::track_of(TagType type, const BodyPart& part) {
  for (auto& track : tracks_)
    if (track.type == type && track.id == part.track) return track;
  auto& track = tracks_.emplace_back();
  track.type = type;
  track.id = part.track;
  return track;
}

void FileScan::take(const TagView& tag) {
  const std::int64_t position =
      reader_.consumed() - static_cast<std::int64_t>(tag.body.size() + kTagOverhead);
  last_timestamp_ms_ = std::max(last_timestamp_ms_, tag.timestamp_ms);
  if (!any_tag_ && !is_metadata(tag)) media_start_ = position;
  const auto parts = read_body(tag);
  if (!parts) return;
  for (const auto& part : *parts) {
    if (part.kind == BodyKind::kConfiguration) {
      auto& track = track_of(tag.type, part);
      track.codec = part.codec;
      track.configuration.assign(part.bytes.begin(), part.bytes.end());
    }
    if (part.kind == BodyKind::kFrame) take_frame(tag, part, position);
  }
}

void FileScan::take_frame(const TagView& tag, const BodyPart& part, std::int64_t position) {
  auto& track = track_of(tag.type, part);
  const std::int64_t shown = tag.timestamp_ms + part.composition_ms;
  const bool first = track.frames == 0;
  track.codec = part.codec;
  if (!first && tag.timestamp_ms > track.last_ms) track.step_ms = tag.timestamp_ms - track.last_ms;
  track.first_ms = first ? shown : std::min(track.first_ms, shown);
  track.shown_ms = first ? shown : std::max(track.shown_ms, shown);
  track.last_ms = tag.timestamp_ms;
  ++track.frames;
  track.bytes += static_cast<std::int64_t>(part.bytes.size());
  if (tag.type == TagType::kVideo && part.track == 0 && part.key)
    key_frames_.push_back({tag.timestamp_ms, position});
}

}  // namespace weir::flv
