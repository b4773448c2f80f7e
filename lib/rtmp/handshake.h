// What both sides of a connection send before the first chunk: bytes only.
// Source: Adobe RTMP 1.0 (2012), section 5.2; digests as in handshake_digest.h.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "rtmp/handshake_digest.h"

namespace weir::rtmp {

/// One of the two below.
///
/// Versions   Only 3, clear text. RTMPE (6) is kUnsupported, as is TLS where none was expected;
///            anything else is kBadInput, all by the first byte.
/// Echoes     A peer that does not say again what it was told is let in, and told of: it proves
///            nothing, and some are sloppy.
/// Memory     At most one packet.
class Handshake {
 public:
  virtual ~Handshake() = default;
  /// Takes bytes of the peer and appends to `out` what is to be sent. Returns how many bytes were
  /// taken: all until done(), and what is left then are chunks. Not to be called after a failure.
  Result<std::size_t> receive(ByteView bytes, Bytes& out);

  bool done() const { return stage_ == Stage::kDone; }
  /// The peer's digest was found; without one both sides do the simple handshake.
  bool has_digest() const { return digest_.has_value(); }
  /// The peer's last packet was not what it should be.
  bool bad_echo() const { return bad_echo_; }

 protected:
  explicit Handshake(const Random& random) : random_(random) {}
  /// C1 or S1 came.
  virtual void take_first(const HandshakePacket& packet, Bytes& out) = 0;
  /// C2 or S2 came.
  virtual bool is_good_echo(const HandshakePacket& packet) const = 0;
  HandshakePacket random_packet(std::uint32_t version) const;

  const Random& random_;
  HandshakePacket sent_{};             // our C1 or S1
  std::optional<FoundDigest> digest_;  // in theirs

 private:
  enum class Stage { kVersion, kFirst, kSecond, kDone };
  void take_packet(Bytes& out);

  Stage stage_ = Stage::kVersion;
  HandshakePacket packet_{};
  std::size_t filled_ = 0;
  bool bad_echo_ = false;
};

/// Answers a digest with one in the same half; a client without gets the simple handshake.
class ServerHandshake : public Handshake {
 public:
  explicit ServerHandshake(const Random& random) : Handshake(random) {}

 private:
  void take_first(const HandshakePacket& packet, Bytes& out) override;
  bool is_good_echo(const HandshakePacket& packet) const override;
};

/// Begins with a digest, which a server that knows none takes for random bytes.
class ClientHandshake : public Handshake {
 public:
  /// Appends to `out` what is to be sent first.
  ClientHandshake(const Random& random, Bytes& out);

 private:
  void take_first(const HandshakePacket& packet, Bytes& out) override;
  bool is_good_echo(const HandshakePacket& packet) const override;

  Digest asked_{};
};

}  // namespace weir::rtmp
