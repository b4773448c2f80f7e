// Some hundred milliseconds of a stream, packed once for all viewers.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"

namespace weir::edge {

/// How a viewer wants a stream. FLV goes over HTTP and, with a frame header in front of each piece,
/// over WebSocket; RTMP is message stream 1 in chunks of rtmp::kOurChunkSize bytes.
enum class Form : std::uint8_t { kFlv, kRtmp };

/// Bytes many share. Copied for the price of a pointer.
struct Piece {
  ByteView bytes;
  std::shared_ptr<const void> owner;  ///< Keeps the bytes.
};

/// Chunks that hold the messages of whole FLV tags, each begun with a header that depends on none
/// before it.
Bytes rtmp_chunks(ByteView flv_tags);

/// Consecutive whole tags. Does not change once it is closed; its RTMP form is made when the first
/// viewer asks for it.
/// Threads    All on one loop.
struct Block {
  std::uint64_t number = 0;       ///< Consecutive in a stream, from 1.
  bool entry = false;             ///< A viewer may begin here, behind `intro`.
  std::uint64_t first_frame = 0;  ///< Frames of the stream in front of it.
  std::uint64_t frames = 0;
  std::uint64_t first_byte = 0;      ///< Bytes of the stream in front of it.
  std::uint64_t headers_before = 0;  ///< Version of the headers in force at its start.
  std::uint64_t headers_behind = 0;  ///< And at its end.
  std::chrono::nanoseconds begun{};  ///< When its first tag came.
  std::int64_t first_ms = 0;         ///< Stamp of its first frame.
  Bytes tags;
  Bytes intro;  ///< Of an entry: file header, metadata, configurations.

  mutable std::optional<Bytes> rtmp_tags, rtmp_intro;
};
using BlockPtr = std::shared_ptr<const Block>;

Piece tags_piece(const BlockPtr& block, Form form);
/// `resumed`: the viewer has had a file header.
Piece intro_piece(const BlockPtr& block, Form form, bool resumed);

}  // namespace weir::edge
