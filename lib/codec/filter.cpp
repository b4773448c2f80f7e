#include "codec/filter.h"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/channel_layout.h>
#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>
}

namespace weir::codec {
namespace {

std::string source_arguments(const AVFrame& f) {
  if (f.width > 0)
    return fmt::format("video_size={}x{}:pix_fmt={}:time_base={}/{}:pixel_aspect={}/{}", f.width,
                       f.height, f.format, f.time_base.num, f.time_base.den,
                       f.sample_aspect_ratio.num, std::max(f.sample_aspect_ratio.den, 1));
  char layout[128] = {};
  av_channel_layout_describe(&f.ch_layout, layout, sizeof layout);
  return fmt::format("sample_rate={}:sample_fmt={}:channel_layout={}:time_base={}/{}",
                     f.sample_rate, av_get_sample_fmt_name(static_cast<AVSampleFormat>(f.format)),
                     layout, f.time_base.num, f.time_base.den);
}

struct FreeEnds {
  void operator()(AVFilterInOut* ends) const noexcept { avfilter_inout_free(&ends); }
};
using EndsPtr = std::unique_ptr<AVFilterInOut, FreeEnds>;

EndsPtr one_end(const char* name, AVFilterContext* filter) {
  EndsPtr ends(avfilter_inout_alloc());
  if (ends) {
    ends->name = av_strdup(name);
    ends->filter_ctx = filter;
  }
  return ends;
}

int parse(AVFilterGraph* graph, const std::string& description, AVFilterContext* input,
          AVFilterContext* output) {
  AVFilterInOut* outputs = one_end("in", input).release();
  AVFilterInOut* inputs = one_end("out", output).release();
  const int error =
      avfilter_graph_parse_ptr(graph, description.c_str(), &inputs, &outputs, nullptr);
  avfilter_inout_free(&inputs);
  avfilter_inout_free(&outputs);
  return error < 0 ? error : avfilter_graph_config(graph, nullptr);
}

}  // namespace

Result<media::Track> Filter::outcome(const std::string& description, media::Track track) {
  if (description.empty()) return track;
  const auto& par = *track.par;
  media::GraphPtr graph(avfilter_graph_alloc());
  if (!graph) return fail(Code::kInternal, "out of memory");
  graph->nb_threads = 1;
  AVFilterContext* input = nullptr;
  AVFilterContext* output = nullptr;
  const AVPixelFormat format = par.format < 0 ? AV_PIX_FMT_YUV420P : AVPixelFormat(par.format);
  std::string source =
      fmt::format("video_size={}x{}:pix_fmt={}:time_base={}/{}:pixel_aspect={}/{}", par.width,
                  par.height, static_cast<int>(format), track.time_base.num, track.time_base.den,
                  par.sample_aspect_ratio.num, std::max(par.sample_aspect_ratio.den, 1));
  if (track.frame_rate.num > 0)
    source += fmt::format(":frame_rate={}/{}", track.frame_rate.num, track.frame_rate.den);
  int error = avfilter_graph_create_filter(&input, avfilter_get_by_name("buffer"), "in",
                                           source.c_str(), nullptr, graph.get());
  if (error >= 0)
    error = avfilter_graph_create_filter(&output, avfilter_get_by_name("buffersink"), "out",
                                         nullptr, nullptr, graph.get());
  if (error >= 0) error = parse(graph.get(), description, input, output);
  if (error < 0)
    return fail(Code::kUsage, "cannot filter by '{}': {}", description,
                media::av_error_text(error));
  media::CodecParametersPtr out(avcodec_parameters_alloc());
  if (!out || avcodec_parameters_copy(out.get(), &par) < 0)
    return fail(Code::kInternal, "out of memory");
  out->width = av_buffersink_get_w(output);
  out->height = av_buffersink_get_h(output);
  out->format = av_buffersink_get_format(output);
  out->sample_aspect_ratio = av_buffersink_get_sample_aspect_ratio(output);
  track.par = media::copy_parameters(*out);
  track.time_base = av_buffersink_get_time_base(output);
  const AVRational rate = av_buffersink_get_frame_rate(output);
  track.frame_rate = rate.num > 0 && rate.den > 0 ? rate : AVRational{0, 1};
  return track;
}

bool Filter::fits(const AVFrame& f) const {
  const AVFrame& s = *shape_.raw();
  return built_ && f.width == s.width && f.height == s.height && f.format == s.format &&
         f.sample_rate == s.sample_rate &&
         av_channel_layout_compare(&f.ch_layout, &s.ch_layout) == 0 &&
         av_cmp_q(f.time_base, s.time_base) == 0;
}

Result<void> Filter::build(const AVFrame& frame) {
  shape_ = media::Frame();
  if (av_frame_copy_props(shape_.raw(), &frame) < 0 ||
      av_channel_layout_copy(&shape_.raw()->ch_layout, &frame.ch_layout) < 0)
    return fail(Code::kInternal, "out of memory");
  shape_.raw()->width = frame.width;
  shape_.raw()->height = frame.height;
  shape_.raw()->format = frame.format;
  shape_.raw()->sample_rate = frame.sample_rate;
  built_ = true;
  graph_.reset();
  const std::string description = describe_(frame);
  if (description.empty()) return {};
  graph_.reset(avfilter_graph_alloc());
  if (!graph_) return fail(Code::kInternal, "out of memory");
  graph_->nb_threads = 1;
  const bool video = frame.width > 0;
  int error =
      avfilter_graph_create_filter(&input_, avfilter_get_by_name(video ? "buffer" : "abuffer"),
                                   "in", source_arguments(frame).c_str(), nullptr, graph_.get());
  if (error >= 0)
    error = avfilter_graph_create_filter(&output_,
                                         avfilter_get_by_name(video ? "buffersink" : "abuffersink"),
                                         "out", nullptr, nullptr, graph_.get());
  if (error >= 0) error = parse(graph_.get(), description, input_, output_);
  if (error < 0)
    return fail(Code::kInternal, "cannot filter by '{}': {}", description,
                media::av_error_text(error));
  return {};
}

Result<flow::Flow> Filter::push(media::Frame frame) {
  if (!fits(*frame.raw())) {
    if (graph_) {
      if (av_buffersrc_add_frame(input_, nullptr) >= 0) WEIR_TRY(drain());
    }
    WEIR_TRY(build(*frame.raw()));
  }
  if (!graph_) return emit(std::move(frame));
  const int error = av_buffersrc_add_frame(input_, frame.raw());
  if (error < 0)
    return fail(Code::kInternal, "cannot filter a frame: {}", media::av_error_text(error));
  return drain();
}

Result<void> Filter::finish() {
  Result<flow::Flow> flow = flow::Flow::kMore;
  if (graph_ && av_buffersrc_add_frame(input_, nullptr) >= 0) flow = drain();
  auto finished = finish_next();
  if (!flow) return fail(std::move(flow).error());
  return finished;
}

Result<flow::Flow> Filter::drain() {
  while (true) {
    media::Frame frame;
    const int error = av_buffersink_get_frame(output_, frame.raw());
    if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return flow::Flow::kMore;
    if (error < 0)
      return fail(Code::kInternal, "cannot filter a frame: {}", media::av_error_text(error));
    frame.raw()->time_base = av_buffersink_get_time_base(output_);
    WEIR_TRY_ASSIGN(const auto flow, emit(std::move(frame)));
    if (flow == flow::Flow::kDone) return flow;
  }
}

}  // namespace weir::codec
