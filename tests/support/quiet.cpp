// FFmpeg's own words would bury what a failing test has to say. WEIR_FFMPEG_LOG=1 brings them back.
#include <cstdlib>

extern "C" {
#include <libavutil/log.h>
}

[[maybe_unused]] static const bool quiet = [] {
  if (std::getenv("WEIR_FFMPEG_LOG") == nullptr) av_log_set_level(AV_LOG_QUIET);
  return true;
}();
