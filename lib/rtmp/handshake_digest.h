// The digests in handshake packets, by which old Adobe software knew its own kind. They prove
// nothing: the keys are public. But some peers send pictures only to a peer that has them.
// Source: no specification; as servers and players in use agree on it (HMAC-SHA256, FIPS 198-1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"

namespace weir::rtmp {

inline constexpr std::size_t kHandshakePacket = 1536;  ///< C1, S1, C2 and S2 alike.

using Digest = std::array<std::uint8_t, 32>;
using HandshakePacket = std::array<std::uint8_t, kHandshakePacket>;

/// Who made a packet; each has a key of its own.
enum class Maker { kPlayer, kServer };
/// Which half of C1 or S1 holds the digest; the other one is for a key nobody needs.
enum class DigestHalf { kFirst, kSecond };

struct FoundDigest {
  DigestHalf half = DigestHalf::kFirst;
  Digest digest{};
};

/// In C1 or S1; nothing when neither half holds one of this maker.
std::optional<FoundDigest> find_digest(const HandshakePacket& packet, Maker maker);
/// Writes it into C1 or S1, whose other bytes are final, and returns it.
Digest put_digest(HandshakePacket& packet, Maker maker, DigestHalf half);
/// Ends C2 or S2 with the answer to the digest of the other side.
void sign_answer(HandshakePacket& packet, Maker maker, const Digest& asked);
/// Whether C2 or S2 ends so.
bool is_signed(const HandshakePacket& packet, Maker maker, const Digest& asked);

}  // namespace weir::rtmp
