#include "hls/segment_writer.h"

namespace weir::hls {

Result<SegmentBytes> SegmentWriter::write(const Part&) {
  return fail(Code::kUnsupported, "segments of this kind cannot be written in parts");
}

}  // namespace weir::hls
