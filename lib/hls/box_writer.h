// ISO base media file boxes: a length written when the scope that holds the content ends.
// Source: ISO/IEC 14496-12:2020 section 4.2.
#pragma once

#include <string_view>

#include "base/bytes.h"

namespace weir::hls {

/// Opens a box; everything appended to `out` until the end of the scope is its content.
class Box {
 public:
  Box(ByteWriter& out, std::string_view type) : out_(out), start_(out.size()) {
    out_.u32(0);
    out_.text(type);
  }
  /// A full box, with version and flags.
  Box(ByteWriter& out, std::string_view type, int version, std::uint32_t flags) : Box(out, type) {
    out_.u8(static_cast<std::uint64_t>(version));
    out_.u24(flags);
  }
  ~Box() { out_.patch_u32(start_, out_.size() - start_); }
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;

 private:
  ByteWriter& out_;
  const std::size_t start_;
};

}  // namespace weir::hls
