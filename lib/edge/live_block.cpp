#include "edge/live_block.h"

#include "flv/tag.h"
#include "flv/tag_header.h"
#include "rtmp/chunk_writer.h"
#include "rtmp/media_message.h"

namespace weir::edge {
namespace {

constexpr std::uint32_t kMessageStream = 1;
constexpr std::uint32_t kChunkStream = 8;  // none a server's dialogue uses

// A writer that has written nothing knows no header to shorten another by.
void write_chunks(const flv::TagHeader& header, ByteView body, Bytes& out) {
  rtmp::ChunkWriter writer;
  Bytes announcement;
  writer.set_chunk_size(rtmp::kOurChunkSize, announcement);
  const auto message = rtmp::media_message(static_cast<flv::TagType>(header.type), kMessageStream,
                                           header.timestamp_ms, Bytes(body.begin(), body.end()),
                                           rtmp::Towards::kPlayer);
  static_cast<void>(writer.write(message, kChunkStream, out));  // no tag is too large
}

Piece whole(const BlockPtr& block, const Bytes& bytes) {
  return {bytes, block};
}

}  // namespace

Bytes rtmp_chunks(ByteView flv_tags) {
  Bytes out;
  while (const auto header = flv::read_tag_header(flv_tags)) {
    write_chunks(*header, flv_tags.subspan(flv::kTagHeaderSize, header->body), out);
    flv_tags = flv_tags.subspan(header->body + flv::kTagOverhead);
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
