// The header in front of every chunk, in its four forms.
// Source: Adobe RTMP 1.0 (2012), section 5.3.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "rtmp/message.h"

namespace weir::rtmp {

inline constexpr std::uint32_t kFirstChunkStream = 2;
inline constexpr std::uint32_t kLastChunkStream = 65'599;
/// Chunk stream of the messages about the connection itself.
inline constexpr std::uint32_t kControlChunkStream = 2;
inline constexpr std::uint32_t kInitialChunkSize = 128;
inline constexpr std::uint32_t kLongestMessage = 0xffffff;
/// In the time field: the time is in the four bytes behind the header.
inline constexpr std::uint32_t kExtendedTime = 0xffffff;
/// With an extended timestamp.
inline constexpr std::size_t kLongestChunkHeader = 18;

/// What a form does not carry is 0.
struct ChunkHeader {
  std::uint8_t form = 0;  ///< "fmt", 0 to 3.
  std::uint32_t chunk_stream = 0;
  std::uint32_t time = 0;    ///< Field of 24 bits: absolute in form 0, a step in forms 1 and 2.
  std::uint32_t length = 0;  ///< Forms 0 and 1, as is the type.
  MessageType type{};
  std::uint32_t stream = 0;  ///< Form 0.
  std::size_t size = 0;      ///< Bytes it takes, without an extended timestamp.
};

/// Nothing while the bytes end inside the header.
std::optional<ChunkHeader> read_chunk_header(ByteView bytes);
/// The extended timestamp is the caller's to write. `size` is not looked at.
void write_chunk_header(const ChunkHeader& header, ByteWriter& out);

}  // namespace weir::rtmp
