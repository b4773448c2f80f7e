#include "ladder/one_pass.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>

#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/task_arena.h>

#include "codec/encoder.h"
#include "codec/filter.h"
#include "ladder/scale.h"

namespace weir::ladder {
namespace {

constexpr std::int64_t kFewestPictures = 4;
constexpr std::int64_t kMostPictures = 64;

codec::VideoSettings settings_for(const PlannedRendition& planned, const media::Track& source,
                                  const EngineOptions& options) {
  const auto& rung = planned.rung;
  const auto& par = *source.par;
  codec::VideoSettings s;
  s.width = planned.width;
  s.height = planned.height;
  s.time_base = source.time_base;
  s.frame_rate = source.frame_rate;
  if (rung.fps.num > 0 && (s.frame_rate.num == 0 || av_cmp_q(rung.fps, s.frame_rate) < 0))
    s.frame_rate = rung.fps;
  s.sample_aspect_ratio = {1, 1};
  s.range = AVCOL_RANGE_MPEG;
  s.primaries = par.color_primaries;
  s.transfer = par.color_trc;
  s.matrix = par.color_space == AVCOL_SPC_RGB ? AVCOL_SPC_UNSPECIFIED : par.color_space;
  s.bitrate = rung.bitrate;
  s.max_bitrate = rung.max_bitrate;
  s.buffer = rung.buffer;
  s.threads = 1;  // x264's own threads make its rate control depend on which is faster
  s.options = {{"preset", rung.preset.empty() ? options.preset : rung.preset},
               {"profile", "high"},
               {"forced-idr", "1"},
               // A scene cut becomes an I picture; only the grid makes an IDR.
               {"x264-params", "repeat-headers=1:keyint=infinite:min-keyint=1000000"}};
  if (!rung.tune.empty()) s.options.emplace_back("tune", rung.tune);
  if (options.low_latency) s.options.emplace_back("tune", "zerolatency");
  return s;
}

// One rendition: thin out, scale, encode. Works on one picture at a time.
class Chain {
 public:
  static Result<std::unique_ptr<Chain>> open(const PlannedRendition& planned,
                                             const media::Track& source,
                                             const EngineOptions& options,
                                             flow::Sink<media::Packet>& sink, int index) {
    std::unique_ptr<Chain> self(new Chain(planned));
    auto encoder = codec::Encoder::open(settings_for(planned, source, options), sink);
    if (!encoder) return fail(std::move(encoder.error()).within("rendition " + planned.rung.name));
    self->encoder_ = std::move(*encoder);
    self->encoder_->set_index(index);
    self->scale_ = std::make_unique<codec::Filter>(
        [planned](const AVFrame& f) { return scale_filter(f, planned.width, planned.height); },
        *self->encoder_);
    return self;
  }

  media::Track track() const {
    media::Track track = encoder_->track();
    track.rendition = planned_.rung.name;
    return track;
  }

  Result<void> push(const GridFrame& picture) {
    if (failed_ || !due(picture)) return {};
    media::Frame frame = picture.frame.share();
    frame.raw()->pict_type = picture.mark.key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    auto flow = scale_->push(std::move(frame));
    failed_ = !flow;
    if (failed_) return fail(std::move(flow.error()).within("rendition " + planned_.rung.name));
    return {};
  }

  Result<void> finish() { return scale_->finish(); }

 private:
  explicit Chain(const PlannedRendition& planned) : planned_(planned) {}

  // Keeps the pictures nearest after each step of the rung's own rate, and all key frames.
  bool due(const GridFrame& picture) {
    if (planned_.rung.fps.num == 0) return true;
    const media::Time pts = picture.frame.pts();
    const std::int64_t slot =
        av_rescale_q_rnd(pts.ticks, pts.base, av_inv_q(planned_.rung.fps), AV_ROUND_DOWN);
    const bool keep = picture.mark.key || !slot_ || slot > *slot_;
    if (keep) slot_ = slot;
    return keep;
  }

  PlannedRendition planned_;
  std::unique_ptr<codec::Encoder> encoder_;
  std::unique_ptr<codec::Filter> scale_;  // flows into encoder_
  std::optional<std::int64_t> slot_;
  bool failed_ = false;
};

// How many pictures are in work; the thread that brings them waits here, never a task.
class Budget {
 public:
  void set_limit(std::int64_t pictures) { limit_ = pictures; }
  void take() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return in_work_ < limit_; });
    ++in_work_;
  }
  void give_back() {
    const std::lock_guard lock(mutex_);
    --in_work_;
    room_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable room_;
  std::int64_t in_work_ = 0;
  std::int64_t limit_ = kMostPictures;
};

class OnePass : public Engine {
 public:
  static Result<std::unique_ptr<Engine>> open(const Plan& plan, const media::Track& source,
                                              const EngineOptions& options,
                                              const PacketSinks& sinks) {
    std::unique_ptr<OnePass> self(new OnePass(options));
    for (std::size_t i = 0; i < plan.renditions.size(); ++i) {
      WEIR_TRY_ASSIGN(auto chain, Chain::open(plan.renditions[i], source, options, *sinks[i],
                                              static_cast<int>(i)));
      self->tracks_.push_back(chain->track());
      self->chains_.push_back(std::move(chain));
    }
    self->build();
    return std::unique_ptr<Engine>(std::move(self));
  }

  const media::Tracks& tracks() const override { return tracks_; }

  Result<flow::Flow> push(GridFrame picture) override {
    WEIR_TRY(failure());
    if (!limited_) limit(picture.frame);
    budget_.take();
    // The last handle to go gives the picture's place back.
    std::shared_ptr<const GridFrame> shared(new GridFrame(std::move(picture)),
                                            [this](const GridFrame* p) {
                                              delete p;
                                              budget_.give_back();
                                            });
    for (auto& node : nodes_) node->try_put(shared);
    return flow::Flow::kMore;
  }

  Result<void> finish() override {
    graph_->wait_for_all();
    arena_.execute([&] {
      tbb::task_group last;
      for (auto& chain : chains_) last.run([&] { keep(chain->finish()); });
      last.wait();
    });
    return failure();
  }

  ~OnePass() override {
    if (graph_) graph_->wait_for_all();
  }

 private:
  using Picture = std::shared_ptr<const GridFrame>;
  using Node = tbb::flow::function_node<Picture, tbb::flow::continue_msg>;

  explicit OnePass(const EngineOptions& options)
      : options_(options),
        jobs_(options.jobs > 0 ? options.jobs : tbb::info::default_concurrency()),
        parallelism_(tbb::global_control::max_allowed_parallelism,
                     static_cast<std::size_t>(jobs_) + 1),
        arena_(jobs_, 0) {}

  // Each rendition is a serial node with a queue of its own; TBB keeps every core at some node.
  void build() {
    arena_.initialize();
    arena_.execute([&] {
      graph_ = std::make_unique<tbb::flow::graph>();
      for (auto& chain : chains_)
        nodes_.push_back(std::make_unique<Node>(
            *graph_, tbb::flow::serial,
            [this, &chain = *chain](const Picture& picture) { keep(chain.push(*picture)); }));
    });
  }

  void limit(const media::Frame& frame) {
    const std::int64_t size = std::max<std::int64_t>(frame.cost(), 1);
    budget_.set_limit(std::clamp(options_.memory / 4 / size, kFewestPictures, kMostPictures));
    limited_ = true;
  }

  void keep(Result<void> result) {
    const std::lock_guard lock(mutex_);
    if (!result && !first_error_) first_error_ = std::move(result).error();
  }

  Result<void> failure() {
    const std::lock_guard lock(mutex_);
    if (first_error_) return fail(*first_error_);
    return {};
  }

  EngineOptions options_;
  int jobs_;
  tbb::global_control parallelism_;  // TBB counts the thread that waits for it as one of its own
  media::Tracks tracks_;
  std::vector<std::unique_ptr<Chain>> chains_;
  Budget budget_;
  bool limited_ = false;
  std::mutex mutex_;
  std::optional<Error> first_error_;  // guarded by mutex_
  tbb::task_arena arena_;
  std::unique_ptr<tbb::flow::graph> graph_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace

Result<std::unique_ptr<Engine>> open_one_pass(const Plan& plan, const media::Track& source,
                                              const EngineOptions& options,
                                              const PacketSinks& sinks) {
  return OnePass::open(plan, source, options, sinks);
}

}  // namespace weir::ladder
