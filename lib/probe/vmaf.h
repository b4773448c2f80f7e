// VMAF by libvmaf's filter, where libavfilter was built with it.
// Source: libavfilter's libvmaf, which writes its scores as JSON when it ends.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/scratch.h"
#include "media/av_ptr.h"
#include "media/packet.h"

namespace weir::probe {

/// Pairs of pictures go in, a score for each comes out at the end.
class Vmaf {
 public:
  /// Whether the libavfilter this runs with has it.
  static bool available();

  /// For pictures like these, all of one size in yuv420p. kUnsupported unless available().
  static Result<std::unique_ptr<Vmaf>> open(const AVFrame& like);
  Result<void> add(const AVFrame& ours, const AVFrame& reference);
  /// As many as were added; the meter is done.
  Result<std::vector<double>> finish();

 private:
  explicit Vmaf(Scratch scratch) : scratch_(std::move(scratch)) {}
  std::filesystem::path scores_file() const { return scratch_.folder() / "scores.json"; }
  Result<void> build(const AVFrame& like);
  Result<void> feed(AVFilterContext* to, const AVFrame& picture);
  void drain();

  Scratch scratch_;  // for the scores, which the filter writes to a file
  media::GraphPtr graph_;
  AVFilterContext* inputs_[2] = {};  // owned by graph_
  AVFilterContext* output_ = nullptr;
  std::int64_t count_ = 0;
};

/// The scores in libvmaf's JSON. kBadInput when it is something else, or not `count` of them.
Result<std::vector<double>> read_vmaf_scores(const std::string& json, std::int64_t count);

}  // namespace weir::probe
