#include "ladder/crop_detect.h"

#include <cstdlib>

#include "codec/decoder.h"
#include "codec/filter.h"
#include "codec/filter_text.h"

extern "C" {
#include <libavutil/dict.h>
}

namespace weir::ladder {
namespace {

// Cropdetect writes what it found so far into every picture; the last one knows most.
class Found : public flow::Sink<media::Frame> {
 public:
  Result<flow::Flow> push(media::Frame frame) override {
    const AVFrame& raw = *frame.raw();
    const auto number = [&](const char* key) {
      const auto* entry = av_dict_get(raw.metadata, key, nullptr, 0);
      return entry == nullptr ? 0 : std::atoi(entry->value);
    };
    const Crop box{number("lavfi.cropdetect.w"), number("lavfi.cropdetect.h"),
                   number("lavfi.cropdetect.x"), number("lavfi.cropdetect.y")};
    const bool whole = box.width >= raw.width - 1 && box.height >= raw.height - 1;
    crop.reset();
    if (box.width > 0 && box.height > 0 && !whole) crop = box;
    return flow::Flow::kMore;
  }
  Result<void> finish() override { return {}; }
  std::optional<Crop> crop;
};

}  // namespace

Result<std::optional<Crop>> find_crop(flow::Source<media::Item>& source,
                                      const media::Track& track) {
  std::string graph = codec::upright_filter(track);
  graph += graph.empty() ? "" : ",";
  graph += "cropdetect=round=2:reset=0:skip=0";
  Found found;
  codec::Filter detect([&](const AVFrame&) { return graph; }, found);
  WEIR_TRY_ASSIGN(const auto decoder, codec::Decoder::open(track, 1, detect));
  std::optional<media::Time> last;
  for (int looked_at = 0; looked_at < kMostLookedAt;) {
    auto item = source.next();
    if (!item && item.error().code != Code::kBadInput) return fail(std::move(item).error());
    if (!item || !*item) break;
    auto* packet = std::get_if<media::Packet>(&**item);
    if (packet == nullptr || packet->track() != track.index || !packet->key()) continue;
    if (last && packet->pts().seconds() < last->seconds() + 1) continue;
    last = packet->pts();
    ++looked_at;
    WEIR_TRY(decoder->push(std::move(*packet)));
  }
  WEIR_TRY(decoder->finish());
  return found.crop;
}

}  // namespace weir::ladder
