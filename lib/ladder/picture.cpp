#include "ladder/picture.h"

#include <vector>

#include <fmt/ranges.h>

#include "codec/beauty.h"
#include "codec/filter.h"
#include "codec/filter_text.h"
#include "ladder/overlay.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace weir::ladder {
namespace {

// Half of it is hqdn3d's own default.
std::string denoise_filter(double strength) {
  return fmt::format(
      "hqdn3d=luma_spatial={:.3f}:chroma_spatial={:.3f}:luma_tmp={:.3f}:chroma_tmp={:.3f}",
      8 * strength, 6 * strength, 12 * strength, 9 * strength);
}

bool is_interlaced(AVFieldOrder order) {
  return order != AV_FIELD_UNKNOWN && order != AV_FIELD_PROGRESSIVE;
}
bool is_interlaced(const AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  return (frame.flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
  return frame.interlaced_frame != 0;
#endif
}

bool is_rgb(const media::Track& track) {
  const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(track.par->format));
  return format != nullptr && (format->flags & AV_PIX_FMT_FLAG_RGB) != 0;
}

bool is_full_range(const media::Track& track) {
  const auto format = static_cast<AVPixelFormat>(track.par->format);
  return track.par->color_range == AVCOL_RANGE_JPEG || format == AV_PIX_FMT_YUVJ420P ||
         format == AV_PIX_FMT_YUVJ422P || format == AV_PIX_FMT_YUVJ444P;
}

// 100 cd/m² is what BT.709 calls white, as in FFmpeg's documentation of tonemap.
std::string tone_map_filter(const media::Track& source) {
  const auto& par = *source.par;
  const int primaries =
      par.color_primaries == AVCOL_PRI_UNSPECIFIED ? AVCOL_PRI_BT2020 : par.color_primaries;
  const int matrix =
      par.color_space == AVCOL_SPC_UNSPECIFIED ? AVCOL_SPC_BT2020_NCL : par.color_space;
  const char* range = is_full_range(source) ? "full" : "limited";
  return fmt::format(
      "zscale=tin={0}:pin={1}:min={2}:rin={3}:t=linear:p={1}:npl=100,format=gbrpf32le,zscale=p="
      "bt709,"
      "tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:p=bt709:r=limited,format=yuv420p,"
      "limiter=min=16:max=235:planes=1,limiter=min=16:max=240:planes=6",
      static_cast<int>(par.color_trc), primaries, matrix, range);
}

std::vector<std::string> shaping(const PictureOptions& options, const media::Track& source) {
  std::vector<std::string> filters;
  if (auto turn = codec::upright_filter(source); !turn.empty()) filters.push_back(std::move(turn));
  if (const auto& crop = options.crop)
    filters.push_back(
        fmt::format("crop={}:{}:{}:{}:exact=1", crop->width, crop->height, crop->x, crop->y));
  if (options.tone_map && is_hdr(source))
    filters.push_back(tone_map_filter(source));
  else if (is_rgb(source))
    filters.push_back(
        "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd,format=yuv420p");
  else if (is_full_range(source))
    filters.push_back("scale=out_range=tv,format=yuv420p|yuv420p10le");
  if (options.denoise > 0) filters.push_back(denoise_filter(options.denoise));
  return filters;
}

media::Track with_colour(media::Track track, AVColorPrimaries primaries,
                         AVColorTransferCharacteristic transfer, AVColorSpace matrix) {
  media::CodecParametersPtr par(avcodec_parameters_alloc());
  avcodec_parameters_copy(par.get(), track.par.get());
  par->color_primaries = primaries;
  par->color_trc = transfer;
  par->color_space = matrix;
  par->color_range = AVCOL_RANGE_MPEG;
  track.par = media::copy_parameters(*par);
  return track;
}

// Gives the pictures what the text on them says.
class Captioned : public flow::Stage<media::Frame, media::Frame> {
 public:
  Captioned(PictureFacts& facts, flow::Sink<media::Frame>& next) : Stage(next), facts_(facts) {}
  Result<flow::Flow> push(media::Frame frame) override {
    facts_.write(frame);
    return emit(std::move(frame));
  }
  Result<void> finish() override { return finish_next(); }

 private:
  PictureFacts& facts_;
};

class Chain : public PictureChain {
 public:
  Chain(PictureOptions options, media::Track source, const Clock& clock,
        flow::Sink<media::Frame>& next)
      : options_(std::move(options)), source_(std::move(source)), facts_(clock), next_(next) {}

  Result<void> open();
  const media::Track& track() const override { return track_; }
  const FixedRate::Counts& counts() const override { return rate_ ? rate_->counts() : none_; }
  void note(const media::Event& event) override { facts_.note(event); }

  Result<flow::Flow> push(media::Frame frame) override {
    if (options_.deinterlace && !interlaced_ && is_interlaced(*frame.raw())) {
      interlaced_ = true;
      fields_->rebuild();
    }
    return fields_->push(std::move(frame));
  }
  Result<void> finish() override { return fields_->finish(); }

 private:
  Result<std::unique_ptr<codec::Filter>> add_filter(std::string description,
                                                    flow::Sink<media::Frame>& below);
  void describe_colour();
  Result<void> check_crop() const;

  PictureOptions options_;
  media::Track source_;
  media::Track track_;
  PictureFacts facts_;
  FixedRate::Counts none_;
  flow::Sink<media::Frame>& next_;
  bool interlaced_ = false;
  // In reverse: each flows into the one above it.
  std::unique_ptr<codec::Filter> drawn_;
  std::unique_ptr<Captioned> captioned_;
  std::unique_ptr<codec::Filter> users_;
  std::unique_ptr<codec::Beauty> beauty_;
  std::unique_ptr<codec::Filter> shaped_;
  std::unique_ptr<FixedRate> rate_;
  std::unique_ptr<codec::Filter> fields_;
};

void Chain::describe_colour() {
  const auto& par = *track_.par;
  if (options_.tone_map && is_hdr(source_)) {
    track_ = with_colour(track_, AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709);
    track_.hdr = {};
    track_.dolby_vision.reset();
  } else if (is_rgb(source_)) {
    track_ = with_colour(track_, par.color_primaries, par.color_trc, AVCOL_SPC_BT709);
  } else {
    track_ = with_colour(track_, par.color_primaries, par.color_trc, par.color_space);
  }
}

Result<void> Chain::check_crop() const {
  if (!options_.crop) return {};
  const Crop& crop = *options_.crop;
  int width = source_.par->width;
  int height = source_.par->height;
  if (source_.rotation % 180 != 0) std::swap(width, height);
  if (crop.width <= width - crop.x && crop.height <= height - crop.y) return {};
  return fail(Code::kUsage, "a crop to {}x{} at {},{} reaches beyond the picture of {}x{}",
              crop.width, crop.height, crop.x, crop.y, width, height);
}

// From the first stage to the last for what comes out of each, then back to put them together.
Result<void> Chain::open() {
  interlaced_ = options_.deinterlace && is_interlaced(source_.par->field_order);
  track_ = source_;
  if (options_.fps.num > 0) {
    track_.time_base = FixedRate::base_for(options_.fps, source_.time_base);
    track_.frame_rate = options_.fps;
  }
  WEIR_TRY(check_crop());
  const std::string shape = fmt::format("{}", fmt::join(shaping(options_, source_), ","));
  WEIR_TRY_ASSIGN(track_, codec::Filter::outcome(shape, track_));
  track_.rotation = 0;
  track_.mirrored = false;
  describe_colour();
  WEIR_TRY_ASSIGN(track_, codec::Filter::outcome(options_.filter, track_));
  WEIR_TRY_ASSIGN(const std::string drawing,
                  overlay_filter(options_.watermark, options_.text, track_));
  facts_.set_rate(track_.frame_rate);

  const auto fixed = [](std::string text) {
    return [text = std::move(text)](const AVFrame&) { return text; };
  };
  drawn_ = std::make_unique<codec::Filter>(fixed(drawing), next_);
  captioned_ = std::make_unique<Captioned>(facts_, *drawn_);
  flow::Sink<media::Frame>* below = drawn_.get();
  if (!options_.text.text.empty()) below = captioned_.get();
  if (!options_.filter.empty()) {
    users_ = std::make_unique<codec::Filter>(fixed(options_.filter), *below);
    below = users_.get();
  }
  if (options_.beauty > 0) {
    beauty_ = std::make_unique<codec::Beauty>(options_.beauty, *below);
    below = beauty_.get();
  }
  shaped_ = std::make_unique<codec::Filter>(fixed(shape), *below);
  below = shaped_.get();
  if (options_.fps.num > 0) {
    rate_ = std::make_unique<FixedRate>(options_.fps, source_.time_base, *below);
    below = rate_.get();
  }
  fields_ = std::make_unique<codec::Filter>(
      [this](const AVFrame&) -> std::string {
        if (!interlaced_) return {};
        return fmt::format("bwdif=mode=send_frame:deint=interlaced,settb=expr={}/{}",
                           source_.time_base.num, source_.time_base.den);
      },
      *below);
  return {};
}

}  // namespace

bool is_hdr(const media::Track& track) {
  return track.par->color_trc == AVCOL_TRC_SMPTE2084 ||
         track.par->color_trc == AVCOL_TRC_ARIB_STD_B67;
}

Result<std::unique_ptr<PictureChain>> PictureChain::open(const PictureOptions& options,
                                                         const media::Track& source,
                                                         const Clock& clock,
                                                         flow::Sink<media::Frame>& next) {
  auto chain = std::make_unique<Chain>(options, source, clock, next);
  WEIR_TRY(chain->open());
  return std::unique_ptr<PictureChain>(std::move(chain));
}

Result<media::Track> processed_track(const PictureOptions& options, const media::Track& source) {
  struct Nowhere : flow::Sink<media::Frame> {
    Result<flow::Flow> push(media::Frame) override { return flow::Flow::kDone; }
    Result<void> finish() override { return {}; }
  } nowhere;
  WEIR_TRY_ASSIGN(const auto chain, PictureChain::open(options, source, Clock::system(), nowhere));
  return chain->track();
}

std::string describe(const PictureOptions& options, const media::Track& source) {
  std::vector<std::string> steps;
  if (options.deinterlace && is_interlaced(source.par->field_order)) steps.push_back("deinterlace");
  if (options.fps.num > 0)
    steps.push_back(fmt::format("{:.5g} pictures a second", av_q2d(options.fps)));
  if (source.rotation != 0) steps.push_back(fmt::format("turn by {} degrees", source.rotation));
  if (source.mirrored) steps.push_back("mirror");
  if (const auto& crop = options.crop)
    steps.push_back(
        fmt::format("crop to {}x{} at {},{}", crop->width, crop->height, crop->x, crop->y));
  if (options.tone_map && is_hdr(source)) steps.push_back("tone map to BT.709");
  if (options.denoise > 0) steps.push_back(fmt::format("denoise {:g}", options.denoise));
  if (options.beauty > 0) steps.push_back(fmt::format("beauty {:g}", options.beauty));
  if (!options.filter.empty()) steps.push_back(fmt::format("filter '{}'", options.filter));
  if (!options.watermark.file.empty())
    steps.push_back(fmt::format("watermark '{}'", options.watermark.file));
  if (!options.text.text.empty()) steps.push_back(fmt::format("text '{}'", options.text.text));
  return fmt::format("{}", fmt::join(steps, ", "));
}

}  // namespace weir::ladder
