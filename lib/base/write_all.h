// Writing bytes from several places to a file descriptor, to the last one.
#pragma once

#include <span>

#include "base/bytes.h"

namespace weir {

/// errno, or 0 when all is written. Goes on after a signal and after a short write, and waits where
/// the descriptor does not block.
int write_all(int fd, std::span<const ByteView> views);
int write_all(int fd, ByteView bytes);

}  // namespace weir
