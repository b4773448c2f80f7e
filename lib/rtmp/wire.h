// One side of an RTMP connection without its socket: bytes in, messages out, and back.
// Source: Adobe RTMP 1.0 (2012), sections 5 and 6.2; 7.1.7 for the events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "rtmp/chunk_reader.h"
#include "rtmp/chunk_writer.h"
#include "rtmp/handshake.h"
#include "rtmp/message.h"

namespace weir::rtmp {

enum class Role { kServer, kClient };

struct WireLimits {
  ChunkLimits chunks;
  std::size_t untrusted = 64 << 10;  ///< Bytes taken from a peer before trust().
};

/// How the peer behaved.
struct WireFacts {
  std::uint64_t received = 0;  ///< Bytes taken, as is the next.
  std::uint64_t sent = 0;      ///< Bytes made for it.
  bool digest = false;         ///< Its handshake had one.
  bool bad_echo = false;       ///< Its handshake was sloppy.
  ChunkRepairs repairs;
  std::uint32_t chunk_size = 0;  ///< Of what it sends.
  std::optional<std::uint32_t>
      window{};  ///< After which it wants to hear from us, once it said so.
};

/// Shakes hands, and handles what concerns only the connection: chunk sizes, aborts,
/// acknowledgements (given whenever half a window came, even if nobody asked), bandwidth, pings.
/// What else there is comes out, user control messages included.
///
/// Announced  A server sends its window, the peer's bandwidth and its chunk size in front of the
///            answer to the first message; a client its chunk size behind the first of its own.
/// Limits     Until trust() a peer may send `untrusted` bytes in all; more is kRefused.
/// Failure    As Handshake and ChunkReader; the connection is of no use afterwards, except that
///            what is in the output may still be sent.
class Wire {
 public:
  /// Borrows `random`. The output of a client begins with its handshake.
  Wire(Role role, const Random& random, WireLimits limits = {});

  /// Borrows the bytes until next() returns nothing.
  void feed(ByteView bytes);
  /// The next message for us, or nothing until more was fed.
  Result<std::optional<Message>> next();
  /// The handshake is done: send() may be called.
  bool open() const { return handshake_ == nullptr; }
  /// This peer is who it should be; see Limits.
  void trust() { trusted_ = true; }

  /// Puts a message into the output. kUnsupported when it is too large for the format.
  Result<void> send(const Message& message);
  /// Asks the peer to show that it is alive; it answers with bytes. Ignored before open().
  void ping(std::uint32_t time_ms);
  /// What is to be written to the peer; the output is empty then.
  Bytes take_output();
  std::size_t output_size() const { return output_.size(); }

  WireFacts facts() const;

 private:
  Result<std::optional<Message>> read();
  Result<void> shake_hands();
  Result<bool> feed_reader();
  bool handle(const Message& message);
  bool take_event(ByteView body);
  void take_bandwidth(std::uint32_t window);
  void announce();
  void announce_window(std::uint32_t window);
  void acknowledge();
  void control(MessageType type, Bytes body);

  const Role role_;
  const WireLimits limits_;
  Bytes output_;
  std::unique_ptr<Handshake> handshake_;    // until it is done
  bool digest_ = false, bad_echo_ = false;  // of it
  ChunkReader reader_;
  ChunkWriter writer_;
  ByteView input_;  // not given to the reader yet
  bool trusted_ = false;
  bool announced_ = false;
  std::uint64_t taken_ = 0;         // from the peer
  std::uint64_t acknowledged_ = 0;  // of those
  std::uint64_t made_ = 0;          // output that has left
  std::uint32_t their_window_;      // after which they want to hear from us
  std::optional<std::uint32_t> told_window_;
  std::uint32_t our_window_ = 0;  // as last announced
  std::optional<Error> failure_;
};

}  // namespace weir::rtmp
