#include "hls/cmaf.h"
#include "hls/sample_entry.h"
#include "hls/segment_writer.h"
#include "hls/stream_facts.h"

namespace weir::hls {
namespace {

class CmafWriter : public SegmentWriter {
 public:
  explicit CmafWriter(media::Track track) : track_(std::move(track)) {}

  Result<void> use_key(const std::optional<ContentKey>& key) override {
    if (!key) return {};
    return fail(Code::kUnsupported, "fragmented MP4 is not encrypted by samples");
  }

  Result<SegmentBytes> write(const Segment& segment) override {
    SegmentBytes out;
    if (segment.packets.empty()) return out;
    const ByteView first = segment.packets.front().bytes();
    WEIR_TRY_ASSIGN(Bytes init, cmaf_init(with_parameter_sets(track_, first), first));
    if (init != init_) out.init = init_ = std::move(init);
    out.media = cmaf_media(track_, segment, ++sequence_);
    return out;
  }

 private:
  const media::Track track_;
  Bytes init_;
  std::uint32_t sequence_ = 0;
};

}  // namespace

Result<std::unique_ptr<SegmentWriter>> open_cmaf_writer(const media::Track& track) {
  if (!has_sample_entry(track.codec()))
    return fail(Code::kUnsupported, "fragmented MP4 for HLS cannot carry {}", track.codec_name());
  return std::make_unique<CmafWriter>(track);
}

}  // namespace weir::hls
