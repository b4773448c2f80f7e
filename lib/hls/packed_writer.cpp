#include "hls/id3_timestamp.h"
#include "hls/segment_writer.h"
#include "hls/sound_frames.h"

namespace weir::hls {
namespace {

class PackedWriter : public SegmentWriter {
 public:
  explicit PackedWriter(const SoundFrames& sound) : sound_(sound) {}

  Result<void> use_key(const std::optional<ContentKey>& key) override {
    if (!key) return {};
    return fail(Code::kUnsupported, "packed audio is not encrypted by samples");
  }

  Result<SegmentBytes> write(const Segment& segment) override {
    SegmentBytes out;
    if (segment.packets.empty()) return out;
    Bytes bytes = id3_timestamp(segment.packets.front().pts());
    for (const auto& packet : segment.packets) WEIR_TRY(sound_.append(packet.bytes(), bytes));
    out.media = std::move(bytes);
    return out;
  }

 private:
  const SoundFrames sound_;
};

}  // namespace

Result<std::unique_ptr<SegmentWriter>> open_packed_writer(const media::Track& track) {
  auto sound = SoundFrames::open(track);
  if (!sound)
    return fail(Code::kUnsupported, "packed audio for HLS cannot carry this {}: use fragmented MP4",
                track.codec_name());
  return std::make_unique<PackedWriter>(*sound);
}

}  // namespace weir::hls
