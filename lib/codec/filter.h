// Raw frames through a libavfilter graph.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "flow/stage.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::codec {

/// A graph with one input and one output, built when the first frame is there and again whenever
/// frames change their size, format or layout in mid-stream (what the old graph held comes out
/// first). Runs on the caller's thread alone, so its output does not depend on the machine.
class Filter : public flow::Stage<media::Frame, media::Frame> {
 public:
  /// Gives the graph's description, in libavfilter's language, for frames like this one. An empty
  /// description passes frames on untouched.
  using Describe = std::function<std::string(const AVFrame& first)>;

  Filter(Describe describe, flow::Sink<media::Frame>& next)
      : Stage(next), describe_(std::move(describe)) {}

  Result<flow::Flow> push(media::Frame frame) override;
  Result<void> finish() override;
  /// The next frame gets a graph of its own.
  void rebuild() { built_ = false; }

  /// `track` as its pictures come out of a graph: size, shape of pixels, format, time base and
  /// rate; colour as it was. kUsage, in libavfilter's words, when there is no such graph.
  static Result<media::Track> outcome(const std::string& description, media::Track track);

 private:
  Result<void> build(const AVFrame& frame);
  bool fits(const AVFrame& frame) const;
  Result<flow::Flow> drain();

  Describe describe_;
  media::GraphPtr graph_;
  AVFilterContext* input_ = nullptr;   // owned by graph_
  AVFilterContext* output_ = nullptr;  // owned by graph_
  media::Frame shape_;                 // properties the graph was built for
  bool built_ = false;
};

}  // namespace weir::codec
