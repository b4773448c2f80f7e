// Puts messages together again from the chunks they travel in.
// Source: Adobe RTMP 1.0 (2012), sections 5.3, 5.4.1 and 5.4.2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "rtmp/chunk_header.h"
#include "rtmp/message.h"

namespace weir::rtmp {

/// In bytes, but for the chunk streams. Beyond any of them is kRefused.
struct ChunkLimits {
  std::size_t video = 8 << 20;        ///< One message of video, or an aggregate.
  std::size_t other = 1 << 20;        ///< One message of any other type.
  std::size_t chunk_streams = 64;     ///< Their number, whatever their ids.
  std::size_t unfinished = 16 << 20;  ///< All messages together that are not whole yet.
};

/// How often a sender was understood although it did not keep to the specification.
struct ChunkRepairs {
  std::uint64_t relative_starts = 0;   ///< A chunk stream that begins with form 1.
  std::uint64_t repeated_headers = 0;  ///< Forms 0 to 2 in mid-message that change nothing.
  std::uint64_t bare_chunks = 0;       ///< Form 3 in mid-message without its extended timestamp.
  std::uint64_t zero_steps = 0;        ///< Form 3 after form 0 taken as a step of 0.

  bool operator==(const ChunkRepairs&) const = default;
};

/// Messages that set the chunk size or abort another are obeyed here and not handed out.
///
/// Time       Modulo 2^32. An extended timestamp is a step in forms 1 and 2. A chunk of form 3 in
///            mid-message has one only when its first four bytes say the same again, for senders
///            disagree. One that begins a message after form 0 steps by that message's time, as
///            specified, unless that is further than kLargestRepeatedStep: then by 0.
/// Memory     Nothing is allocated by a length that is only claimed. Bodies are copied once.
/// Splits     How the bytes are cut into pieces never changes what is read.
/// Failure    kBadInput or kRefused, and the same ever after.
class ChunkReader {
 public:
  /// Further than this (in milliseconds) no sender means to step without saying so.
  static constexpr std::uint32_t kLargestRepeatedStep = 3000;

  explicit ChunkReader(ChunkLimits limits = {}) : limits_(limits) {}

  /// Borrows the bytes until next() returns nothing.
  void feed(ByteView bytes);
  /// The next whole message, or nothing until more was fed.
  Result<std::optional<Message>> next();

  /// Bytes fed so far.
  std::uint64_t received() const { return received_; }
  const ChunkRepairs& repairs() const { return repairs_; }
  /// What the peer chose.
  std::uint32_t chunk_size() const { return chunk_size_; }

 private:
  struct Stream {
    Message message;  // as it will be handed out; its header is also that of the one before
    std::uint32_t length = 0;  // of its body
    std::uint32_t time = 0;    // the time or step the last header brought
    bool extended = false;     // and that in four bytes
    bool absolute = false;     // it was no step
    bool open = false;         // the body is not whole yet
  };
  struct Time {
    std::uint32_t value = 0;
    std::size_t size = 0;  // bytes behind the header
  };

  Result<std::optional<Message>> read();
  Result<bool> begin_chunk();
  std::optional<Time> read_time(const ChunkHeader& header, const Stream* stream, ByteView behind);
  std::optional<Time> read_repeated_time(const Stream& stream, ByteView behind);
  Result<Stream*> open_stream(const ChunkHeader& header);
  Result<void> begin_message(Stream& stream, const ChunkHeader& header, std::uint32_t time);
  void step(Stream& stream, const ChunkHeader& header, std::uint32_t time);
  Result<void> go_on(const Stream& stream, const ChunkHeader& header);
  Result<void> take_body();
  Message finish(Stream& stream);
  Result<bool> obey(const Message& message);
  Result<void> set_chunk_size(std::uint32_t size);
  void abort(std::uint32_t chunk_stream);

  Stream* find(std::uint32_t chunk_stream);
  std::size_t available() const { return carry_.size() + input_.size(); }
  ByteView peek(std::array<std::uint8_t, kLongestChunkHeader>& scratch) const;
  void consume(std::size_t size, Bytes* into = nullptr);
  void keep_rest();

  const ChunkLimits limits_;
  Bytes carry_;     // of a header whose end was not fed yet
  ByteView input_;  // fed after it
  std::map<std::uint32_t, Stream> streams_;
  Stream* current_ = nullptr;   // whose chunk is being read
  std::size_t chunk_left_ = 0;  // bytes of it
  std::uint32_t chunk_size_ = kInitialChunkSize;
  std::size_t unfinished_ = 0;
  bool peer_omits_ = false;  // was seen to leave out an extended timestamp
  std::uint64_t received_ = 0;
  ChunkRepairs repairs_;
  std::optional<Error> failure_;
};

}  // namespace weir::rtmp
