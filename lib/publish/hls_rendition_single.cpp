// How the segments of a rendition get into one file, or each into its own.
#include "publish/hls_names.h"
#include "publish/hls_rendition.h"

namespace weir::publish {

Result<void> HlsRendition::put_segment(const Pieces& pieces, hls::MediaSegment& entry,
                                       std::vector<hls::KeyRange>& keys) {
  if (!options_.single_file || track_.text())
    return services_.store.put_segment(note(entry.uri), pieces, entry.duration);
  WEIR_TRY_ASSIGN(entry.range, append(pieces));
  entry.uri = single_->uri();
  for (auto& key : keys) key.range.offset += entry.range->offset;
  return {};
}

Result<void> HlsRendition::put_init(const Bytes& init) {
  bytes_ += std::ssize(init);
  if (!options_.single_file) {
    map_ = init_file(maps_++);
    return services_.store.put(note(map_), init);
  }
  WEIR_TRY_ASSIGN(map_range_, append(init));
  map_ = single_->uri();
  return {};
}

Result<hls::ByteRange> HlsRendition::append(const Pieces& pieces) {
  if (!single_) {
    const bool fmp4 = options_.container == HlsOptions::Container::kFmp4;
    const auto suffix = fmp4 ? "mp4" : segment_suffix(options_.container, track_);
    const std::string path = note(fmt::format("media.{}", suffix));
    WEIR_TRY_ASSIGN(single_, HlsSingleFile::open(services_.store, path));
  }
  return single_->append(pieces);
}

}  // namespace weir::publish
