#include "ladder/overlay.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/os_error.h"
#include "codec/filter.h"
#include "codec/graph_text.h"

extern "C" {
#include <libavutil/dict.h>
#include <libavutil/pixdesc.h>
}

namespace weir::ladder {
namespace {

constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n";
// What a text may have in braces, and the metadata of a picture that holds it.
constexpr std::pair<std::string_view, std::string_view> kPlaces[] = {
    {"{timecode}", "weir.timecode"}, {"{utc}", "weir.utc"}};

bool is_left(Corner corner) {
  return corner == Corner::kTopLeft || corner == Corner::kBottomLeft;
}
bool is_top(Corner corner) {
  return corner == Corner::kTopLeft || corner == Corner::kTopRight;
}

Result<void> check_png(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char head[8] = {};
  if (!file || !file.read(head, sizeof head)) {
    const int error = errno;
    if (!file.is_open())
      return fail(Code::kIo, "cannot read watermark '{}': {}", path, os_error_text(error));
  }
  if (std::string_view(head, sizeof head) != kPng)
    return fail(Code::kUsage, "watermark '{}' is no PNG", path);
  return {};
}

// Overlay mixes what it is given, so the mark gets the matrix and range of the pictures first.
std::string mark_filter(const Watermark& mark, const media::Track& track) {
  const bool bt709 = track.par->color_space == AVCOL_SPC_BT709 ||
                     (track.par->color_space == AVCOL_SPC_UNSPECIFIED && track.par->height >= 720);
  const bool bt2020 = track.par->color_space == AVCOL_SPC_BT2020_NCL;
  const char* matrix = bt2020 ? "bt2020" : bt709 ? "bt709" : "smpte170m";
  std::string enable;
  if (mark.start || mark.end) {
    const double from = static_cast<double>(mark.start.value_or(Micros(0)).count()) / 1e6;
    enable = fmt::format("gte(t,{:.6f})", from);
    if (mark.end)
      enable += fmt::format("*lt(t,{:.6f})", static_cast<double>(mark.end->count()) / 1e6);
    enable = ":enable=" + codec::graph_value(enable);
  }
  return fmt::format(
      "null[main];movie=filename={}:format_name=png_pipe,format=rgba,colorchannelmixer=aa={:.4f},"
      "scale=out_color_matrix={}:out_range=tv,format=yuva444p,settb=expr={}/{}[mark];"
      "[main][mark]overlay=x={}:y={}:format={}{}",
      codec::graph_value("file:" + mark.file), mark.opacity, matrix, track.time_base.num,
      track.time_base.den,
      is_left(mark.corner) ? fmt::format("{}", mark.margin)
                           : fmt::format("main_w-overlay_w-{}", mark.margin),
      is_top(mark.corner) ? fmt::format("{}", mark.margin)
                          : fmt::format("main_h-overlay_h-{}", mark.margin),
      "auto", enable);
}

std::string drawn(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t next = text.size();
    const std::pair<std::string_view, std::string_view>* place = nullptr;
    for (const auto& one : kPlaces)
      if (const auto at = text.find(one.first); at < next) {
        next = at;
        place = &one;
      }
    out += codec::drawn_text(text.substr(0, next));
    if (place == nullptr) break;
    out += fmt::format("%{{metadata:{}}}", place->second);
    text.remove_prefix(next + place->first.size());
  }
  return out;
}

std::string text_filter(const Text& text) {
  return fmt::format(
      "drawtext=font=Sans:fontsize=h*{:.5f}:fontcolor=white:box=1:boxcolor=black@0.5:boxborderw=8:"
      "x={}:y={}:text={}",
      text.size / 100, is_left(text.corner) ? "h/40" : "w-text_w-h/40",
      is_top(text.corner) ? "h/40" : "h-text_h-h/40", codec::graph_value(drawn(text.text)));
}

}  // namespace

Result<std::string> overlay_filter(const Watermark& watermark, const Text& text,
                                   const media::Track& track) {
  std::string graph;
  if (!watermark.file.empty()) {
    WEIR_TRY(check_png(watermark.file));
    graph = mark_filter(watermark, track);
  }
  if (!text.text.empty()) graph += (graph.empty() ? "" : ",") + text_filter(text);
  if (graph.empty()) return graph;
  WEIR_TRY(codec::Filter::outcome(graph, track));
  return graph;
}

void PictureFacts::note(const media::Event& event) {
  if (event.kind() != media::event::kAnchor) return;
  if (const auto utc = event.number("utc_us")) utc_of_zero_ = *utc - event.at.micros();
}

void PictureFacts::write(media::Frame& frame) {
  const media::Time pts = frame.pts();
  if (!utc_of_zero_) utc_of_zero_ = clock_.utc_us() - pts.micros();
  AVDictionary** facts = &frame.raw()->metadata;
  av_dict_set(facts, "weir.timecode", timecode(pts, rate_).c_str(), 0);
  av_dict_set(facts, "weir.utc", format_utc(*utc_of_zero_ + pts.micros()).c_str(), 0);
}

std::string timecode(media::Time at, AVRational rate) {
  const std::int64_t nominal = rate.num > 0 ? std::lround(av_q2d(rate)) : 0;
  std::int64_t seconds = at.micros() / 1'000'000;
  std::string rest = fmt::format(".{:03}", at.micros() / 1000 % 1000);
  if (nominal > 0) {
    const std::int64_t picture = at.in(av_inv_q(rate));
    seconds = picture / nominal;
    rest = fmt::format(":{:02}", picture % nominal);
  }
  return fmt::format("{:02}:{:02}:{:02}{}", seconds / 3600, seconds / 60 % 60, seconds % 60, rest);
}

}  // namespace weir::ladder
