#include "edge/live_block.h"

#include "flv/tag.h"
#include "rtmp/chunk_writer.h"
#include "rtmp/media_message.h"

namespace weir::edge {
namespace {

constexpr std::size_t kTagHeader = 11;
constexpr std::uint32_t kMessageStream = 1;
constexpr std::uint32_t kChunkStream = 8;  // none a server's dialogue uses

std::uint32_t number_at(ByteView bytes, std::size_t at, int size) {
  std::uint32_t value = 0;
  for (int i = 0; i < size; ++i) value = value << 8 | bytes[at + static_cast<std::size_t>(i)];
  return value;
}

// A writer that has written nothing knows no header to shorten another by.
void write_chunks(ByteView tag, Bytes& out) {
  rtmp::ChunkWriter writer;
  Bytes announcement;
  writer.set_chunk_size(rtmp::kOurChunkSize, announcement);
  const ByteView body = tag.subspan(kTagHeader);
  const std::uint32_t stamp = number_at(tag, 7, 1) << 24 | number_at(tag, 4, 3);
  const auto message = rtmp::media_message(static_cast<flv::TagType>(tag[0]), kMessageStream, stamp,
                                           Bytes(body.begin(), body.end()), rtmp::Towards::kPlayer);
  static_cast<void>(writer.write(message, kChunkStream, out));  // no tag is too large
}

Piece whole(const BlockPtr& block, const Bytes& bytes) {
  return {bytes, block};
}

}  // namespace

Bytes rtmp_chunks(ByteView flv_tags) {
  Bytes out;
  while (flv_tags.size() >= flv::kTagOverhead) {
    const std::size_t size = kTagHeader + number_at(flv_tags, 1, 3);
    write_chunks(flv_tags.first(size), out);
    flv_tags = flv_tags.subspan(size + 4);
  }
  return out;
}

Piece tags_piece(const BlockPtr& block, Form form) {
  if (form == Form::kFlv) return whole(block, block->tags);
  if (!block->rtmp_tags) block->rtmp_tags = rtmp_chunks(block->tags);
  return whole(block, *block->rtmp_tags);
}

Piece intro_piece(const BlockPtr& block, Form form, bool resumed) {
  const ByteView intro = block->intro;
  if (form == Form::kFlv) return {resumed ? intro.subspan(flv::kFileHeaderSize) : intro, block};
  if (!block->rtmp_intro) block->rtmp_intro = rtmp_chunks(intro.subspan(flv::kFileHeaderSize));
  return whole(block, *block->rtmp_intro);
}

}  // namespace weir::edge
