#include "probe/vmaf.h"

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <boost/json.hpp>

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

namespace weir::probe {
namespace {

constexpr const char* kName = "libvmaf";

}  // namespace

bool Vmaf::available() {
  return avfilter_get_by_name(kName) != nullptr;
}

Result<std::unique_ptr<Vmaf>> Vmaf::open(const AVFrame& like) {
  if (!available()) return fail(Code::kUnsupported, "this FFmpeg was built without libvmaf");
  WEIR_TRY_ASSIGN(auto scratch, Scratch::make(ScratchPlace::kMemory));
  std::unique_ptr<Vmaf> self(new Vmaf(std::move(scratch)));
  WEIR_TRY(self->build(like));
  return self;
}

Result<void> Vmaf::build(const AVFrame& like) {
  graph_.reset(avfilter_graph_alloc());
  const auto failed = [](int error) {
    return fail(Code::kInternal, "cannot set up VMAF: {}", media::av_error_text(error));
  };
  const std::string source = fmt::format("video_size={}x{}:pix_fmt={}:time_base=1/25", like.width,
                                         like.height, like.format);
  const char* names[2] = {"ours", "reference"};
  for (int i = 0; i < 2; ++i)
    if (const int error =
            avfilter_graph_create_filter(&inputs_[i], avfilter_get_by_name("buffer"), names[i],
                                         source.c_str(), nullptr, graph_.get());
        error < 0)
      return failed(error);
  AVFilterContext* meter = nullptr;
  const std::string options = fmt::format("log_fmt=json:log_path={}", scores_file().string());
  int error = avfilter_graph_create_filter(&meter, avfilter_get_by_name(kName), "meter",
                                           options.c_str(), nullptr, graph_.get());
  if (error >= 0)
    error = avfilter_graph_create_filter(&output_, avfilter_get_by_name("buffersink"), "out",
                                         nullptr, nullptr, graph_.get());
  for (unsigned i = 0; i < 2 && error >= 0; ++i) error = avfilter_link(inputs_[i], 0, meter, i);
  if (error >= 0) error = avfilter_link(meter, 0, output_, 0);
  if (error >= 0) error = avfilter_graph_config(graph_.get(), nullptr);
  if (error < 0) return failed(error);
  return {};
}

Result<void> Vmaf::feed(AVFilterContext* to, const AVFrame& picture) {
  media::Frame frame;
  if (av_frame_ref(frame.raw(), &picture) < 0) return fail(Code::kInternal, "out of memory");
  frame.raw()->pts = count_;
  const int error = av_buffersrc_add_frame(to, frame.raw());
  if (error < 0)
    return fail(Code::kInternal, "VMAF takes no more pictures: {}", media::av_error_text(error));
  return {};
}

void Vmaf::drain() {
  media::Frame frame;
  while (av_buffersink_get_frame(output_, frame.raw()) >= 0) av_frame_unref(frame.raw());
}

Result<void> Vmaf::add(const AVFrame& ours, const AVFrame& reference) {
  WEIR_TRY(feed(inputs_[0], ours));
  WEIR_TRY(feed(inputs_[1], reference));
  ++count_;
  drain();
  return {};
}

Result<std::vector<double>> Vmaf::finish() {
  for (auto* input : inputs_)
    if (av_buffersrc_add_frame(input, nullptr) < 0)
      return fail(Code::kInternal, "VMAF does not come to an end");
  drain();
  graph_.reset();  // only now the scores are written
  std::ifstream file(scores_file());
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return read_vmaf_scores(text, count_);
}

Result<std::vector<double>> read_vmaf_scores(const std::string& json, std::int64_t count) {
  boost::system::error_code error;
  const auto document = boost::json::parse(json, error);
  std::vector<double> out;
  const auto* root = error ? nullptr : document.if_object();
  const auto* frames =
      root != nullptr && root->contains("frames") ? root->at("frames").if_array() : nullptr;
  for (std::size_t i = 0; frames != nullptr && i < frames->size(); ++i) {
    const auto* score = (*frames)[i].find_pointer("/metrics/vmaf", error);
    if (score == nullptr) break;
    const double value = score->to_number<double>(error);
    if (error) break;
    out.push_back(value);
  }
  if (static_cast<std::int64_t>(out.size()) != count)
    return fail(Code::kBadInput, "libvmaf gave {} scores for {} pictures", out.size(), count);
  return out;
}

}  // namespace weir::probe
