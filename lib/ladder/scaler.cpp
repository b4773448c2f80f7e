#include "ladder/scaler.h"

#include "codec/filter.h"
#include "ladder/scale.h"

namespace weir::ladder {
namespace {

using Use = std::function<Result<void>(const GridFrame& from, const AVFrame& scaled)>;

// The filter gives one picture for each it takes, in order.
class Pair : public flow::Sink<media::Frame> {
 public:
  Pair(const std::vector<const GridFrame*>& pictures, const Use& use)
      : pictures_(pictures), use_(use) {}
  Result<flow::Flow> push(media::Frame frame) override {
    if (next_ >= pictures_.size()) return fail(Code::kInternal, "a filter made up a picture");
    const GridFrame& from = *pictures_[next_++];
    frame.raw()->pts = from.frame.pts().ticks;
    WEIR_TRY(use_(from, *frame.raw()));
    return flow::Flow::kMore;
  }
  Result<void> finish() override { return {}; }
  bool complete() const { return next_ == pictures_.size(); }

 private:
  const std::vector<const GridFrame*>& pictures_;
  const Use& use_;
  std::size_t next_ = 0;
};

}  // namespace

Result<void> scale_all(const std::vector<const GridFrame*>& pictures, int width, int height,
                       const Use& use) {
  Pair pair(pictures, use);
  codec::Filter filter([=](const AVFrame& frame) { return scale_filter(frame, width, height); },
                       pair);
  for (const auto* picture : pictures) WEIR_TRY(filter.push(picture->frame.share()));
  WEIR_TRY(filter.finish());
  if (!pair.complete()) return fail(Code::kInternal, "a filter swallowed a picture");
  return {};
}

}  // namespace weir::ladder
