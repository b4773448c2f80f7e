// One rendition's way through the chunk engine: planned in order, coded in any order, joined in
// order.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "ladder/coder.h"
#include "ladder/engine.h"
#include "ladder/leaky_bucket.h"
#include "ladder/rate_control.h"

namespace weir::ladder {

/// Gives coded pictures their decoding times: the times of the pictures shown, as many pictures
/// earlier as the coding order may run ahead, so that chunks follow on each other seamlessly.
class DecodingTimes {
 public:
  DecodingTimes(int reorder, std::int64_t nominal) : reorder_(reorder), nominal_(nominal) {}
  /// Of a chunk's pictures, in display order; stamps are ticks of one base.
  std::vector<std::int64_t> next(const std::vector<std::int64_t>& shown);
  /// The first one of the chunk after, which begins at `begin`.
  std::int64_t upcoming(std::int64_t begin) const { return late_.empty() ? begin : late_.front(); }

 private:
  int reorder_;
  std::int64_t nominal_;  // ticks a picture lasts, where nothing better is known
  std::deque<std::int64_t> late_;
};

/// Not thread-safe: its owner calls it under a lock.
class Lane {
 public:
  Lane(std::unique_ptr<Coder> coder, int group, double pixels, std::optional<double> quality,
       RenditionSink& sink);

  const Coder& coder() const { return *coder_; }
  int group() const { return group_; }

  /// What the plan of a chunk looks at: its group's forecast, which knows the chunk, and how many
  /// chunks may be under way at most.
  struct Ahead {
    const Forecast& forecast;
    int most;
  };
  /// True when chunk `next_planned()` may be planned: all results its plan rests on are there.
  bool may_plan(const Ahead& ahead) const;
  std::int64_t next_planned() const { return planned_; }
  std::int64_t next_joined() const { return joined_; }
  /// The quantiser of the next chunk.
  double plan(const ChunkFacts& facts, double seconds, const Ahead& ahead);

  /// The next chunk is left out; the rates take no notice of it.
  void plan_nothing(const Ahead& ahead);

  /// Stamps a coded chunk and checks it against the peak. A value: it breaks the peak and is to be
  /// coded again at this quantiser; then nothing has changed.
  std::optional<double> refuse(FinishedChunk& chunk, int tries);
  /// The next chunk in order, which refuse() has let pass.
  Result<flow::Flow> join(FinishedChunk chunk);
  /// The next chunk in order, which was left out: these pictures.
  void skip(const std::vector<const GridFrame*>& pictures, media::Time end);
  /// From the chunk that begins at `at` on, chunks are left out, or no longer.
  void change(bool dropped, media::Time at) { sink_.change(dropped, at); }
  Result<void> finish() { return sink_.finish(); }

 private:
  struct Outcome {
    double qp;
    double bits;
    LeakyBucket bucket;
  };
  int lag(std::int64_t chunk, const Ahead& ahead) const;
  void learn(const Ahead& ahead);

  std::unique_ptr<Coder> coder_;
  int group_;
  RateControl rate_;
  LeakyBucket bucket_;  // after the chunks joined
  DecodingTimes times_;
  RenditionSink& sink_;
  std::deque<std::optional<Outcome>> outcomes_;  // joined, not learned yet; none when left out
  std::int64_t planned_ = 0;
  std::int64_t learned_ = 0;
  std::int64_t joined_ = 0;
};

}  // namespace weir::ladder
