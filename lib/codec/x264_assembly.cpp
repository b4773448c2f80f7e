#include "codec/x264_assembly.h"

extern "C" {
#include <libavutil/cpu.h>
}

namespace weir::codec {

bool needs_avx2(int width) {
  const bool whole_rows = (width + 15) / 16 % 8 == 0;
  return !whole_rows && (av_get_cpu_flags() & AV_CPU_FLAG_AVX512) != 0;
}

}  // namespace weir::codec
