// Owning pointers for FFmpeg objects. The only place that names FFmpeg's free functions.
#pragma once

#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
}

namespace weir::media {

/// Frees through the T** convention that most FFmpeg objects use.
template <auto Free>
struct AvFree {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(&object);
  }
};
struct FreeOutput {
  void operator()(AVFormatContext* context) const noexcept { avformat_free_context(context); }
};
struct FreeParser {
  void operator()(AVCodecParserContext* parser) const noexcept { av_parser_close(parser); }
};

using PacketPtr = std::unique_ptr<AVPacket, AvFree<av_packet_free>>;
using FramePtr = std::unique_ptr<AVFrame, AvFree<av_frame_free>>;
using CodecParametersPtr = std::unique_ptr<AVCodecParameters, AvFree<avcodec_parameters_free>>;
using CodecPtr = std::unique_ptr<AVCodecContext, AvFree<avcodec_free_context>>;
using InputPtr = std::unique_ptr<AVFormatContext, AvFree<avformat_close_input>>;
using OutputPtr = std::unique_ptr<AVFormatContext, FreeOutput>;
using ParserPtr = std::unique_ptr<AVCodecParserContext, FreeParser>;
using BsfPtr = std::unique_ptr<AVBSFContext, AvFree<av_bsf_free>>;
using GraphPtr = std::unique_ptr<AVFilterGraph, AvFree<avfilter_graph_free>>;

/// FFmpeg's own words for an AVERROR value, lower case as in our messages.
std::string av_error_text(int error);

}  // namespace weir::media
