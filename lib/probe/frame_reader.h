// The decoded frames of one track of an input, one at a time.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/stop.h"
#include "codec/decoder.h"
#include "codec/filter.h"
#include "formats/input.h"

namespace weir::probe {

/// The main picture or the first sound track, through filters in libavfilter's language.
class FrameReader {
 public:
  /// `stop` and `log` are borrowed. kBadInput when there is no track of that kind; else as
  /// formats::Input and codec::Decoder fail.
  static Result<std::unique_ptr<FrameReader>> open(const std::string& path, media::Kind kind,
                                                   std::string filters, const StopSource& stop,
                                                   Log& log);
  /// In the order of presentation; empty at the end, and where a damaged input ends. kStopped.
  Result<std::optional<media::Frame>> next();
  const media::Track& track() const { return track_; }

 private:
  struct Queue : flow::Sink<media::Frame> {
    Result<flow::Flow> push(media::Frame frame) override {
      frames.push_back(std::move(frame));
      return flow::Flow::kMore;
    }
    Result<void> finish() override { return {}; }
    std::deque<media::Frame> frames;
  };
  explicit FrameReader(std::string filters)
      : filter_([filters = std::move(filters)](const AVFrame&) { return filters; }, queue_) {}
  Result<void> read_more();

  std::unique_ptr<formats::Input> input_;
  media::Track track_;
  Queue queue_;
  codec::Filter filter_;
  std::unique_ptr<codec::Decoder> decoder_;
  bool over_ = false;
};

}  // namespace weir::probe
