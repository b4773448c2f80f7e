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
    encryption_.reset();
    if (key && !cbcs_carries(track_.codec()))
      return fail(Code::kUnsupported, "cbcs is not written for {}", track_.codec_name());
    if (key) encryption_.emplace(track_, *key);
    return {};
  }

  Result<SegmentBytes> write(const Segment& segment) override {
    SegmentBytes out;
    if (segment.packets.empty()) return out;
    WEIR_TRY_ASSIGN(auto init, changed_init(segment.packets.front().bytes()));
    out = cmaf_media(track_, segment, sequence_, encryption());
    out.init = std::move(init);
    return out;
  }

  Result<SegmentBytes> write(const Part& part) override {
    SegmentBytes out;
    if (part.packets.empty()) return out;
    const bool begins = std::exchange(open_, part.segment) != part.segment;
    std::optional<Bytes> init;
    if (begins) {
      WEIR_TRY_ASSIGN(init, changed_init(part.packets.front().bytes()));
    }
    out = cmaf_chunk(track_, part, begins, sequence_, encryption());
    out.init = std::move(init);
    return out;
  }

 private:
  Result<std::optional<Bytes>> changed_init(ByteView first) {
    const auto key = encryption_ ? std::optional(encryption_->key()) : std::nullopt;
    WEIR_TRY_ASSIGN(Bytes init, cmaf_init(with_parameter_sets(track_, first), first, key));
    if (init == init_) return std::optional<Bytes>();
    init_ = std::move(init);
    return std::optional<Bytes>(init_);
  }
  Cbcs* encryption() { return encryption_ ? &*encryption_ : nullptr; }

  const media::Track track_;
  std::optional<Cbcs> encryption_;
  Bytes init_;
  std::uint32_t sequence_ = 0;
  std::int64_t open_ = -1;  // segment of the last part
};

}  // namespace

Result<std::unique_ptr<SegmentWriter>> open_cmaf_writer(const media::Track& track) {
  if (!has_sample_entry(track.codec()))
    return fail(Code::kUnsupported, "fragmented MP4 for HLS cannot carry {}", track.codec_name());
  return std::make_unique<CmafWriter>(track);
}

}  // namespace weir::hls
