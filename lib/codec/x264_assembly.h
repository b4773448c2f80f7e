// Which of libx264's assembly may be used.
#pragma once

namespace weir::codec {

/// x264 r3095's AVX-512 macroblock tree reads past the end of a row into memory nobody wrote when a
/// row is no multiple of eight macroblocks, and its decisions follow. True when a picture of this
/// width must be held to AVX2, which costs nothing that shows; false where there is no AVX-512.
bool needs_avx2(int width);

}  // namespace weir::codec
