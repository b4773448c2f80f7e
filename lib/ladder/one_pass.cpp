#include "ladder/one_pass.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "codec/encoder.h"
#include "codec/filter.h"
#include "flow/fan_out.h"
#include "ladder/captions.h"
#include "ladder/chunk.h"
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
  std::string tune = rung.tune;
  if (options.low_latency) tune += tune.empty() ? "zerolatency" : ",zerolatency";
  if (!tune.empty()) s.options.emplace_back("tune", tune);
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
    if (failed_) return {};
    if (!thinner_.keeps(picture)) {
      captions_.leave_out(*picture.frame.raw());
      return {};
    }
    media::Frame frame = picture.frame.share();
    captions_.keep(*frame.raw());
    frame.raw()->pict_type = picture.mark.key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    auto flow = scale_->push(std::move(frame));
    failed_ = !flow;
    if (failed_) return fail(std::move(flow.error()).within("rendition " + planned_.rung.name));
    return {};
  }

  Result<void> finish() { return scale_->finish(); }

 private:
  explicit Chain(const PlannedRendition& planned) : planned_(planned), thinner_(planned.rung.fps) {}

  PlannedRendition planned_;
  std::unique_ptr<codec::Encoder> encoder_;
  std::unique_ptr<codec::Filter> scale_;  // flows into encoder_
  Thinner thinner_;
  CaptionCarrier captions_;  // the encoder puts them in
  bool failed_ = false;
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
      self->fan_out_.add([self = self.get(), chain = chain.get()](const GridFrame& picture) {
        self->keep(chain->push(picture));
      });
      self->chains_.push_back(std::move(chain));
    }
    return std::unique_ptr<Engine>(std::move(self));
  }

  const media::Tracks& tracks() const override { return tracks_; }

  Result<flow::Flow> push(GridFrame picture) override {
    WEIR_TRY(failure());
    const std::int64_t size = std::max<std::int64_t>(picture.frame.cost(), 1);
    fan_out_.set_window(std::clamp(options_.memory / 4 / size, kFewestPictures, kMostPictures));
    fan_out_.push(std::move(picture));
    return flow::Flow::kMore;
  }

  Result<void> finish() override {
    fan_out_.wait();
    std::vector<std::function<void()>> last;
    for (auto& chain : chains_) last.push_back([this, &chain] { keep(chain->finish()); });
    fan_out_.run(last);
    return failure();
  }

 private:
  explicit OnePass(const EngineOptions& options)
      : options_(options), fan_out_(options.jobs, kFewestPictures) {}

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
  media::Tracks tracks_;
  std::vector<std::unique_ptr<Chain>> chains_;
  std::mutex mutex_;
  std::optional<Error> first_error_;  // guarded by mutex_
  flow::FanOut<GridFrame> fan_out_;   // last: its tasks use the rest
};

}  // namespace

Result<std::unique_ptr<Engine>> open_one_pass(const Plan& plan, const media::Track& source,
                                              const EngineOptions& options,
                                              const PacketSinks& sinks) {
  return OnePass::open(plan, source, options, sinks);
}

}  // namespace weir::ladder
