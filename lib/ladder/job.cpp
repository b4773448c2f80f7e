#include "ladder/job.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "codec/x264_encoder.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
}

namespace weir::ladder {
namespace {

boost::json::object describe(const Rendition& rung) {
  return {{"name", rung.name},
          {"width", rung.width},
          {"height", rung.height},
          {"bitrate", rung.bitrate},
          {"max_bitrate", rung.max_bitrate},
          {"buffer", rung.buffer},
          {"codec", rung.codec},
          {"fps", media::format_rational(rung.fps)},
          {"preset", rung.preset},
          {"tune", rung.tune}};
}

boost::json::object describe(const PictureOptions& picture) {
  const auto& [file, corner, margin, opacity, start, end] = picture.watermark;
  const Crop crop = picture.crop.value_or(Crop{});
  return {{"deinterlace", picture.deinterlace},
          {"fps", media::format_rational(picture.fps)},
          {"crop", {crop.width, crop.height, crop.x, crop.y}},
          {"tone_map", picture.tone_map},
          {"denoise", picture.denoise},
          {"beauty", picture.beauty},
          {"filter", picture.filter},
          {"watermark",
           {file, static_cast<int>(corner), margin, opacity, start.value_or(Micros(-1)).count(),
            end.value_or(Micros(-1)).count()}},
          {"text", {picture.text.text, static_cast<int>(picture.text.corner), picture.text.size}}};
}

}  // namespace

std::string describe_job(const TranscodeOptions& options) {
  const auto& chunks = options.chunks;
  boost::json::array renditions;
  for (const auto& rung : options.ladder.renditions) renditions.push_back(describe(rung));
  boost::json::object job{{"weir", WEIR_VERSION},
                          {"x264", codec::x264_version()},
                          {"libavcodec", avcodec_version()},
                          {"libavfilter", avfilter_version()},
                          {"source", chunks.profile.fingerprint()},
                          {"gop_us", options.grid.gop.count()},
                          {"segment_us", options.grid.segment.count()},
                          {"preset", chunks.engine.preset},
                          {"memory", chunks.engine.memory},
                          {"renditions", std::move(renditions)}};
  job["picture"] = describe(options.picture);
  if (chunks.quality) job["quality"] = *chunks.quality;
  return boost::json::serialize(job);
}

}  // namespace weir::ladder
