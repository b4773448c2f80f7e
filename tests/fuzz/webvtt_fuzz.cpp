// Fuzzes the WebVTT reader and the text FFmpeg's decoders give.
#include <cstddef>
#include <cstdint>

#include "formats/ass_cue.h"
#include "hls/webvtt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const weir::ByteView bytes{data, size};
  (void)weir::hls::read_webvtt(bytes);
  (void)weir::formats::cue_from_ass(weir::as_text(bytes));
  return 0;
}
