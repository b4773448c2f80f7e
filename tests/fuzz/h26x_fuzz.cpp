// Fuzzes what reads H.264, HEVC, AAC and AV1 headers. The first byte chooses the codec.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "media/aac.h"
#include "media/av1.h"
#include "media/h26x.h"
#include "media/slice_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto codec = data[0] % 2 == 0 ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC;
  const weir::ByteView bytes(data + 1, size - 1);
  const auto info = weir::media::parse_sps(codec, bytes);
  if (info && (info->width <= 0 || info->height <= 0)) std::abort();
  (void)weir::media::extradata_parameter_sets(codec, bytes);
  (void)weir::media::decoder_configuration(codec, bytes);
  (void)weir::media::has_idr(codec, bytes);
  // A length takes one byte more than the shortest start code, and every unit has a byte.
  if (weir::media::to_length_prefixed(codec, bytes, true).size() > 2 * size) std::abort();
  weir::media::SliceHeaders headers(codec);
  for (const auto nal : weir::media::split_annex_b(bytes)) {
    headers.learn(nal);
    if (headers.size(nal).value_or(0) > nal.size()) std::abort();
  }
  (void)weir::media::parse_audio_specific_config(bytes);
  (void)weir::media::av1_configuration(bytes);
  (void)weir::media::without_temporal_delimiters(bytes);
  return 0;
}
