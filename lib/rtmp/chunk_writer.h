// Cuts messages into chunks.
// Source: Adobe RTMP 1.0 (2012), sections 5.3 and 5.4.1.
#pragma once

#include <cstdint>
#include <map>

#include "base/bytes.h"
#include "base/result.h"
#include "rtmp/chunk_header.h"
#include "rtmp/message.h"

namespace weir::rtmp {

/// What we announce: most messages fit in one chunk then, and sound never waits long for a picture.
inline constexpr std::uint32_t kOurChunkSize = 65'536;

/// Takes the shortest header that every known reader understands alike: a step too long for its 24
/// bits is written as an absolute time, form 3 never begins a message after form 0, and an extended
/// timestamp is there again in every chunk of its message.
class ChunkWriter {
 public:
  /// Appends one message whole. `chunk_stream` is 2 to 65599; messages that belong together in time
  /// are best given the same. kUnsupported when the body is larger than kLongestMessage.
  Result<void> write(const Message& message, std::uint32_t chunk_stream, Bytes& out);
  /// Appends the message that announces a size of 1 to kLongestMessage bytes; what is written
  /// afterwards has it.
  void set_chunk_size(std::uint32_t size, Bytes& out);

 private:
  struct Stream {
    ChunkHeader header;              // of the message before
    std::uint32_t timestamp_ms = 0;  // likewise
  };

  ChunkHeader header_for(const Message& message, std::uint32_t chunk_stream) const;

  std::map<std::uint32_t, Stream> streams_;
  std::uint32_t chunk_size_ = kInitialChunkSize;
};

}  // namespace weir::rtmp
