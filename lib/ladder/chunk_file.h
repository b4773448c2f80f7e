// The bytes of a finished chunk in the work folder; no I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "media/packet.h"

namespace weir::ladder {

/// What a chunk of one rendition came out as.
struct FinishedChunk {
  std::vector<media::Packet> packets;
  double qp = 0;
};

/// What the first pass said of a chunk; decisions about later chunks need it.
struct ChunkFacts {
  double complexity = 0;
  double distortion = 0;
};

/// Which chunk of which run a file holds; written into it, so that no file passes for another.
struct ChunkKey {
  std::uint32_t job = 0;  ///< CRC-32 of the job's text.
  std::int64_t chunk = 0;
  int lane = 0;  ///< Rendition, or group of the first pass.
};

/// Numbers in network order: magic "WEIRWORK", version, kind, key, length, content, CRC-32 of all
/// before. A packet keeps its track, stamps, duration, base, flags, side data and bytes; doubles
/// keep every bit.
Bytes write_chunk(const ChunkKey& key, const FinishedChunk& chunk);
Bytes write_facts(const ChunkKey& key, const ChunkFacts& facts);

/// Nothing when the bytes are damaged, of another version, or not of `key`.
std::optional<FinishedChunk> read_chunk(const ChunkKey& key, ByteView bytes);
std::optional<ChunkFacts> read_facts(const ChunkKey& key, ByteView bytes);

}  // namespace weir::ladder
