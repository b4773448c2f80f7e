// Helpers around chunks: bytes put together, messages read from pieces of any size.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "rtmp/chunk_reader.h"

namespace weir::rtmp {

inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

inline Message message(MessageType type, std::uint32_t stream, std::uint32_t timestamp_ms,
                       std::string_view body) {
  return {type, stream, timestamp_ms, to_bytes(body)};
}

/// What came out before the end of the bytes or a failure.
struct Reading {
  std::vector<Message> messages;
  std::optional<Error> failure;
  ChunkRepairs repairs;
};

inline void drain(ChunkReader& reader, Reading& out) {
  while (!out.failure) {
    auto message = reader.next();
    if (!message) {
      out.failure = message.error();
    } else if (*message) {
      out.messages.push_back(std::move(**message));
    } else {
      break;
    }
  }
  out.repairs = reader.repairs();
}

/// Feeds pieces as large as `size_of(bytes left)` says; each lies where no other byte is near.
template <typename SizeOf>
Reading read_pieces(ByteView bytes, SizeOf size_of, ChunkLimits limits = {}) {
  ChunkReader reader(limits);
  Reading out;
  while (!bytes.empty() && !out.failure) {
    const ByteView piece = bytes.first(size_of(bytes.size()));
    const Bytes own(piece.begin(), piece.end());
    bytes = bytes.subspan(piece.size());
    reader.feed(own);
    drain(reader, out);
  }
  return out;
}

inline Reading read_whole(ByteView bytes, ChunkLimits limits = {}) {
  return read_pieces(
      bytes, [](std::size_t left) { return left; }, limits);
}

inline Reading read_single_bytes(ByteView bytes, ChunkLimits limits = {}) {
  return read_pieces(
      bytes, [](std::size_t) { return std::size_t{1}; }, limits);
}

}  // namespace weir::rtmp
