#include "ladder/chunk_file.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "ladder/crc32.h"

namespace weir::ladder {
namespace {

constexpr std::string_view kMagic = "WEIRWORK";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kCrcBytes = 4;
constexpr std::size_t kLargestPart = std::size_t{1} << 30;  // of a packet; far below FFmpeg's limit

enum class Kind : std::uint32_t { kChunk = 1, kFacts = 2 };

// Once something is missing everything after it reads as 0, and ok() tells.
class Reader {
 public:
  explicit Reader(ByteView bytes) : left_(bytes) {}

  ByteView bytes(std::size_t size) {
    ok_ = ok_ && size <= left_.size();
    if (!ok_) return {};
    const ByteView taken = left_.first(size);
    left_ = left_.subspan(size);
    return taken;
  }
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (const auto byte : bytes(size)) value = value << 8 | byte;
    return value;
  }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::int64_t i64() { return static_cast<std::int64_t>(number(8)); }
  double f64() { return std::bit_cast<double>(number(8)); }

  bool ok() const { return ok_; }
  std::size_t left() const { return left_.size(); }
  bool at_end() const { return ok_ && left_.empty(); }

 private:
  ByteView left_;
  bool ok_ = true;
};

// What is signed travels as its two's complement.
void put32(ByteWriter& out, std::int64_t value) {
  out.u32(static_cast<std::uint32_t>(value));
}
void put64(ByteWriter& out, std::int64_t value) {
  out.u64(static_cast<std::uint64_t>(value));
}
void put(ByteWriter& out, double value) {
  out.u64(std::bit_cast<std::uint64_t>(value));
}

Bytes seal(Kind kind, const ChunkKey& key, ByteView content) {
  Bytes file;
  file.reserve(content.size() + 64);
  ByteWriter out(file);
  out.text(kMagic);
  out.u32(kVersion);
  out.u32(static_cast<std::uint32_t>(kind));
  out.u32(key.job);
  put64(out, key.chunk);
  put32(out, key.lane);
  out.u64(content.size());
  out.bytes(content);
  out.u32(crc32(file));
  return file;
}

std::optional<ByteView> unseal(Kind kind, const ChunkKey& key, ByteView file) {
  if (file.size() < kCrcBytes) return {};
  const ByteView body = file.first(file.size() - kCrcBytes);
  Reader crc(file.last(kCrcBytes));
  if (crc.u32() != crc32(body)) return {};
  Reader in(body);
  const bool ours = std::ranges::equal(in.bytes(kMagic.size()), as_bytes(kMagic)) &&
                    in.u32() == kVersion && in.u32() == static_cast<std::uint32_t>(kind) &&
                    in.u32() == key.job && in.i64() == key.chunk && in.i32() == key.lane;
  const auto size = in.number(8);
  if (!ours || !in.ok() || size != in.left()) return {};
  return in.bytes(in.left());
}

void write_packet(ByteWriter& out, const media::Packet& packet) {
  const AVPacket& raw = *packet.raw();
  put32(out, raw.stream_index);
  put64(out, raw.pts);
  put64(out, raw.dts);
  put64(out, raw.duration);
  put32(out, raw.time_base.num);
  put32(out, raw.time_base.den);
  put32(out, raw.flags);
  put32(out, raw.side_data_elems);
  for (int i = 0; i < raw.side_data_elems; ++i) {
    put32(out, raw.side_data[i].type);
    out.u32(raw.side_data[i].size);
    out.bytes({raw.side_data[i].data, raw.side_data[i].size});
  }
  out.u32(packet.bytes().size());
  out.bytes(packet.bytes());
}

bool read_side_data(Reader& in, AVPacket& raw) {
  const auto type = in.u32();
  const ByteView bytes = in.bytes(in.u32());
  if (!in.ok() || bytes.size() > kLargestPart || type >= AV_PKT_DATA_NB) return false;
  auto* copy = av_packet_new_side_data(&raw, static_cast<AVPacketSideDataType>(type), bytes.size());
  if (copy == nullptr) return false;
  std::ranges::copy(bytes, copy);
  return true;
}

struct Stamps {
  int track;
  std::int64_t pts, dts, duration;
  AVRational base;
  int flags;
};

Stamps read_stamps(Reader& in) {
  Stamps stamps{};
  stamps.track = in.i32();
  stamps.pts = in.i64();
  stamps.dts = in.i64();
  stamps.duration = in.i64();
  stamps.base.num = in.i32();
  stamps.base.den = in.i32();
  stamps.flags = in.i32();
  return stamps;
}

std::optional<media::Packet> read_packet(Reader& in) {
  const Stamps stamps = read_stamps(in);
  media::Packet sides;
  const auto count = in.u32();
  for (std::uint32_t i = 0; i < count; ++i)
    if (!read_side_data(in, *sides.raw())) return {};
  const ByteView bytes = in.bytes(in.u32());
  if (!in.ok() || bytes.size() > kLargestPart) return {};
  if (stamps.base.num <= 0 || stamps.base.den <= 0) return {};
  media::Packet packet = media::Packet::of(bytes);
  AVPacket& raw = *packet.raw();
  if (av_packet_copy_props(&raw, sides.raw()) < 0) return {};
  raw.stream_index = stamps.track;
  raw.pts = stamps.pts;
  raw.dts = stamps.dts;
  raw.duration = stamps.duration;
  raw.time_base = stamps.base;
  raw.flags = stamps.flags;
  return packet;
}

}  // namespace

Bytes write_chunk(const ChunkKey& key, const FinishedChunk& chunk) {
  Bytes content;
  ByteWriter out(content);
  put(out, chunk.qp);
  out.u32(chunk.packets.size());
  for (const auto& packet : chunk.packets) write_packet(out, packet);
  return seal(Kind::kChunk, key, content);
}

std::optional<FinishedChunk> read_chunk(const ChunkKey& key, ByteView bytes) {
  const auto content = unseal(Kind::kChunk, key, bytes);
  if (!content) return {};
  Reader in(*content);
  FinishedChunk chunk;
  chunk.qp = in.f64();
  const auto count = in.u32();  // not to be trusted: nothing is allocated by it
  for (std::uint32_t i = 0; i < count; ++i) {
    auto packet = read_packet(in);
    if (!packet) return {};
    chunk.packets.push_back(std::move(*packet));
  }
  return in.at_end() ? std::optional(std::move(chunk)) : std::nullopt;
}

Bytes write_facts(const ChunkKey& key, const ChunkFacts& facts) {
  Bytes content;
  ByteWriter out(content);
  put(out, facts.complexity);
  put(out, facts.distortion);
  return seal(Kind::kFacts, key, content);
}

std::optional<ChunkFacts> read_facts(const ChunkKey& key, ByteView bytes) {
  const auto content = unseal(Kind::kFacts, key, bytes);
  if (!content) return {};
  Reader in(*content);
  ChunkFacts facts;
  facts.complexity = in.f64();
  facts.distortion = in.f64();
  return in.at_end() ? std::optional(facts) : std::nullopt;
}

}  // namespace weir::ladder
