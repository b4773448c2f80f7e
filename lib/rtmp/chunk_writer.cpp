#include "rtmp/chunk_writer.h"

#include <algorithm>

namespace weir::rtmp {
namespace {

void write_header(const ChunkHeader& header, std::uint32_t timestamp_ms, ByteWriter& out) {
  write_chunk_header(header, out);
  if (header.time == kExtendedTime) out.u32(timestamp_ms);
}

void write_chunks(ChunkHeader header, std::uint32_t chunk_size, const Message& message,
                  ByteWriter& out) {
  ByteView rest = message.body;
  write_header(header, message.timestamp_ms, out);
  header.form = 3;
  while (rest.size() > chunk_size) {
    out.bytes(rest.first(chunk_size));
    rest = rest.subspan(chunk_size);
    write_header(header, message.timestamp_ms, out);
  }
  out.bytes(rest);
}

}  // namespace

Result<void> ChunkWriter::write(const Message& message, std::uint32_t chunk_stream, Bytes& out) {
  if (message.body.size() > kLongestMessage)
    return fail(Code::kUnsupported,
                "a message ({}) of {} bytes is too large for RTMP, the limit is {}",
                type_text(message.type), message.body.size(), kLongestMessage);
  const ChunkHeader header = header_for(message, chunk_stream);
  streams_[chunk_stream] = {header, message.timestamp_ms};
  ByteWriter writer(out);
  write_chunks(header, chunk_size_, message, writer);
  return {};
}

// Each form but the first leaves out what is as in the message before.
ChunkHeader ChunkWriter::header_for(const Message& message, std::uint32_t chunk_stream) const {
  ChunkHeader out;
  out.chunk_stream = chunk_stream;
  out.length = static_cast<std::uint32_t>(message.body.size());
  out.type = message.type;
  out.stream = message.stream;
  out.time = std::min(message.timestamp_ms, kExtendedTime);
  const auto found = streams_.find(chunk_stream);
  if (found == streams_.end()) return out;
  const ChunkHeader& last = found->second.header;
  const std::uint32_t step = message.timestamp_ms - found->second.timestamp_ms;
  if (last.stream != out.stream || step >= kExtendedTime) return out;
  out.time = step;
  out.form = 1;
  if (last.length == out.length && last.type == out.type) out.form = 2;
  if (out.form == 2 && last.form != 0 && last.time == step) out.form = 3;
  return out;
}

void ChunkWriter::set_chunk_size(std::uint32_t size, Bytes& out) {
  Message message{MessageType::kSetChunkSize, 0, 0, {}};
  ByteWriter(message.body).u32(size);
  // Four bytes: they cannot be too large.
  static_cast<void>(write(message, kControlChunkStream, out));
  chunk_size_ = size;
}

}  // namespace weir::rtmp
