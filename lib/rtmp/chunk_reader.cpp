#include "rtmp/chunk_reader.h"

#include <algorithm>
#include <utility>

namespace weir::rtmp {
namespace {

constexpr std::size_t kTimeSize = 4;

std::uint32_t u32(ByteView bytes) {
  std::uint32_t value = 0;
  for (const auto byte : bytes.first(4)) value = value << 8 | byte;
  return value;
}

std::array<std::uint8_t, kTimeSize> written(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

}  // namespace

void ChunkReader::feed(ByteView bytes) {
  received_ += bytes.size();
  if (failure_) return;
  keep_rest();
  input_ = bytes;
}

Result<std::optional<Message>> ChunkReader::next() {
  if (failure_) return fail(*failure_);
  auto message = read();
  if (message) return message;
  failure_ = message.error();
  input_ = {};
  return message;
}

Result<std::optional<Message>> ChunkReader::read() {
  while (true) {
    if (current_ == nullptr) {
      WEIR_TRY_ASSIGN(const bool begun, begin_chunk());
      if (!begun) break;
    }
    WEIR_TRY(take_body());
    if (chunk_left_ > 0) break;
    Stream& stream = *std::exchange(current_, nullptr);
    if (stream.message.body.size() < stream.length) continue;
    Message message = finish(stream);
    WEIR_TRY_ASSIGN(const bool obeyed, obey(message));
    if (!obeyed) return std::optional<Message>(std::move(message));
  }
  keep_rest();
  return std::optional<Message>();
}

// False when the header's end was not fed yet; nothing has changed then.
Result<bool> ChunkReader::begin_chunk() {
  std::array<std::uint8_t, kLongestChunkHeader> scratch;
  const ByteView seen = peek(scratch);
  const auto header = read_chunk_header(seen);
  if (!header) return false;
  const auto time = read_time(*header, find(header->chunk_stream), seen.subspan(header->size));
  if (!time) return false;
  consume(header->size + time->size);
  WEIR_TRY_ASSIGN(Stream* const stream, open_stream(*header));
  if (stream->open)
    WEIR_TRY(go_on(*stream, *header));
  else
    WEIR_TRY(begin_message(*stream, *header, time->value));
  current_ = stream;
  chunk_left_ = std::min<std::size_t>(chunk_size_, stream->length - stream->message.body.size());
  return true;
}

std::optional<ChunkReader::Time> ChunkReader::read_time(const ChunkHeader& header,
                                                        const Stream* stream, ByteView behind) {
  if (header.form == 3 && stream == nullptr) return Time{};
  const bool extended = header.form == 3 ? stream->extended : header.time == kExtendedTime;
  if (!extended) return Time{header.form == 3 ? stream->time : header.time, 0};
  if (header.form == 3 && stream->open) return read_repeated_time(*stream, behind);
  if (behind.size() < kTimeSize) return {};
  return Time{u32(behind), kTimeSize};
}

// The first byte that differs tells body from time, so that the end of a short body is not waited
// beyond. Where a sender is known to leave the time out, bytes that could be both are body too.
std::optional<ChunkReader::Time> ChunkReader::read_repeated_time(const Stream& stream,
                                                                 ByteView behind) {
  const auto expected = written(stream.time);
  const std::size_t size = std::min(behind.size(), kTimeSize);
  const bool differs = !std::equal(behind.begin(), behind.begin() + size, expected.begin());
  const bool short_body = stream.length - stream.message.body.size() < kTimeSize;
  if (differs || (peer_omits_ && short_body)) {
    peer_omits_ = true;
    ++repairs_.bare_chunks;
    return Time{stream.time, 0};
  }
  if (size < kTimeSize) return {};
  return Time{stream.time, kTimeSize};
}

Result<ChunkReader::Stream*> ChunkReader::open_stream(const ChunkHeader& header) {
  if (Stream* known = find(header.chunk_stream)) return known;
  if (header.form > 1)
    return fail(Code::kBadInput, "chunk stream {} begins with a header of form {}",
                header.chunk_stream, header.form);
  if (streams_.size() >= limits_.chunk_streams)
    return fail(Code::kRefused, "more than {} chunk streams", limits_.chunk_streams);
  if (header.form == 1) ++repairs_.relative_starts;
  return &streams_[header.chunk_stream];
}

Result<void> ChunkReader::begin_message(Stream& stream, const ChunkHeader& header,
                                        std::uint32_t time) {
  if (header.form == 0) stream.message.stream = header.stream;
  if (header.form <= 1) stream.message.type = header.type;
  if (header.form <= 1) stream.length = header.length;
  step(stream, header, time);
  stream.open = true;
  const MessageType type = stream.message.type;
  const bool video = type == MessageType::kVideo || type == MessageType::kAggregate;
  const std::size_t limit = video ? limits_.video : limits_.other;
  if (stream.length > limit)
    return fail(Code::kRefused, "a message ({}) of {} bytes, the limit is {}", type_text(type),
                stream.length, limit);
  return {};
}

void ChunkReader::step(Stream& stream, const ChunkHeader& header, std::uint32_t time) {
  if (header.form == 0) {
    stream.message.timestamp_ms = time;
  } else if (header.form == 3 && stream.absolute && time > kLargestRepeatedStep) {
    ++repairs_.zero_steps;
  } else {
    stream.message.timestamp_ms += time;
  }
  stream.time = time;
  if (header.form == 3) return;
  stream.absolute = header.form == 0;
  stream.extended = header.time == kExtendedTime;
}

// A length that grew under way has cost other implementations their heap.
Result<void> ChunkReader::go_on(const Stream& stream, const ChunkHeader& header) {
  if (header.form == 3) return {};
  const bool same =
      header.form == 2 || (header.length == stream.length && header.type == stream.message.type);
  if (!same)
    return fail(Code::kBadInput,
                "chunk stream {} turns a message ({}) of {} bytes into one ({}) of {} bytes",
                header.chunk_stream, type_text(stream.message.type), stream.length,
                type_text(header.type), header.length);
  ++repairs_.repeated_headers;
  return {};
}

Result<void> ChunkReader::take_body() {
  const std::size_t size = std::min(chunk_left_, available());
  if (unfinished_ + size > limits_.unfinished)
    return fail(Code::kRefused, "more than {} bytes in unfinished messages", limits_.unfinished);
  Bytes& body = current_->message.body;
  if (body.empty()) body.reserve(std::min<std::size_t>(current_->length, available()));
  consume(size, &body);
  unfinished_ += size;
  chunk_left_ -= size;
  return {};
}

Message ChunkReader::finish(Stream& stream) {
  const Message& header = stream.message;
  Message out{header.type, header.stream, header.timestamp_ms,
              std::exchange(stream.message.body, {})};
  unfinished_ -= out.body.size();
  stream.open = false;
  return out;
}

Result<bool> ChunkReader::obey(const Message& message) {
  const bool size = message.type == MessageType::kSetChunkSize;
  if (!size && message.type != MessageType::kAbort) return false;
  if (message.body.size() < 4)
    return fail(Code::kBadInput, "a message ({}) of {} bytes instead of 4", type_text(message.type),
                message.body.size());
  if (size)
    WEIR_TRY(set_chunk_size(u32(message.body)));
  else
    abort(u32(message.body));
  return true;
}

Result<void> ChunkReader::set_chunk_size(std::uint32_t size) {
  if (size == 0 || size > 0x7fffffff)
    return fail(Code::kBadInput, "a chunk size of {} bytes, allowed are 1 to {}", size, 0x7fffffff);
  chunk_size_ = std::min(size, kLongestMessage);
  return {};
}

void ChunkReader::abort(std::uint32_t chunk_stream) {
  Stream* const stream = find(chunk_stream);
  if (stream != nullptr && stream->open) finish(*stream);
}

ChunkReader::Stream* ChunkReader::find(std::uint32_t chunk_stream) {
  const auto found = streams_.find(chunk_stream);
  return found == streams_.end() ? nullptr : &found->second;
}

ByteView ChunkReader::peek(std::array<std::uint8_t, kLongestChunkHeader>& scratch) const {
  if (carry_.empty()) return input_.first(std::min(input_.size(), scratch.size()));
  const std::size_t old = std::min(carry_.size(), scratch.size());
  const std::size_t more = std::min(input_.size(), scratch.size() - old);
  std::copy_n(carry_.begin(), old, scratch.begin());
  std::copy_n(input_.begin(), more, scratch.begin() + static_cast<std::ptrdiff_t>(old));
  return ByteView(scratch).first(old + more);
}

void ChunkReader::consume(std::size_t size, Bytes* into) {
  const std::size_t old = std::min(carry_.size(), size);
  const auto end = carry_.begin() + static_cast<std::ptrdiff_t>(old);
  const ByteView fresh = input_.first(size - old);
  if (into != nullptr) into->insert(into->end(), carry_.begin(), end);
  if (into != nullptr) into->insert(into->end(), fresh.begin(), fresh.end());
  carry_.erase(carry_.begin(), end);
  input_ = input_.subspan(fresh.size());
}

void ChunkReader::keep_rest() {
  carry_.insert(carry_.end(), input_.begin(), input_.end());
  input_ = {};
}

}  // namespace weir::rtmp
