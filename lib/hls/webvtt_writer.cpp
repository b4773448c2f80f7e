#include <iterator>

#include "hls/id3_timestamp.h"
#include "hls/segment_writer.h"
#include "hls/webvtt.h"

namespace weir::hls {
namespace {

constexpr std::int64_t kPeriod = std::int64_t{1} << 33;
constexpr std::int64_t kTicksPerMs = 90;

std::string format_time(std::int64_t ms) {
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     ms % 1000);
}

std::string timestamp_map(const Segment& segment) {
  const std::int64_t origin = segment.origin.in(kTransportClock);
  const std::int64_t start = segment.start.in(kTransportClock);
  std::int64_t local = 0;
  if (start / kPeriod != origin / kPeriod) local = (start - origin + kTicksPerMs - 1) / kTicksPerMs;
  return fmt::format("X-TIMESTAMP-MAP=MPEGTS:{},LOCAL:{}", (origin + local * kTicksPerMs) % kPeriod,
                     format_time(local));
}

class WebvttWriter : public SegmentWriter {
 public:
  explicit WebvttWriter(const media::Track& track) : par_(track.par) {}

  Result<void> use_key(const std::optional<ContentKey>& key) override {
    if (!key) return {};
    return fail(Code::kUnsupported, "WebVTT is not encrypted by samples");
  }

  Result<SegmentBytes> write(const Segment& segment) override {
    const ByteView blocks{par_->extradata, static_cast<std::size_t>(par_->extradata_size)};
    SegmentBytes out;
    out.media = to_bytes(webvtt_segment(segment, as_text(blocks)));
    return out;
  }

 private:
  const media::Parameters par_;
};

}  // namespace

std::string webvtt_segment(const Segment& segment, std::string_view blocks) {
  std::string text = fmt::format("WEBVTT\n{}\n\n", timestamp_map(segment));
  const auto out = std::back_inserter(text);
  if (!segment.packets.empty()) fmt::format_to(out, "{}", blocks);
  for (const auto& packet : segment.packets) {
    const media::Cue cue = media::cue_of(packet);
    if (!cue.id.empty()) fmt::format_to(out, "{}\n", cue.id);
    fmt::format_to(out, "{} --> {}", format_time(cue.start_ms), format_time(cue.end_ms));
    if (!cue.settings.empty()) fmt::format_to(out, " {}", cue.settings);
    fmt::format_to(out, "\n{}\n\n", cue.text);
  }
  return text;
}

std::unique_ptr<SegmentWriter> open_webvtt_writer(const media::Track& track) {
  return std::make_unique<WebvttWriter>(track);
}

}  // namespace weir::hls
