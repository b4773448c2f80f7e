#include "rtmp/handshake_digest.h"

#include <algorithm>
#include <new>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace weir::rtmp {
namespace {

constexpr std::string_view kPlayerName = "Genuine Adobe Flash Player 001";
constexpr std::string_view kServerName = "Genuine Adobe Flash Media Server 001";
constexpr std::array<std::uint8_t, 32> kCommonKey = {
    0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0, 0xd1, 0x02, 0x9e, 0x7e, 0x57,
    0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80, 0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae};
constexpr std::size_t kFirstHalf = 8;  // behind time and version
constexpr std::size_t kHalf = 764;
constexpr std::size_t kOffsetField = 4;
constexpr std::size_t kOffsets = kHalf - kOffsetField - std::tuple_size_v<Digest>;
constexpr std::size_t kAnswerAt = kHandshakePacket - std::tuple_size_v<Digest>;

std::string_view name_of(Maker maker) {
  return maker == Maker::kPlayer ? kPlayerName : kServerName;
}

Digest hmac(ByteView key, ByteView data) {
  Digest out;
  const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(),
                          data.size(), out.data(), nullptr);
  if (done == nullptr) throw std::bad_alloc();  // with a key that fits, only memory can be short
  return out;
}

std::size_t place_of(const HandshakePacket& packet, DigestHalf half) {
  const std::size_t at = half == DigestHalf::kFirst ? kFirstHalf : kFirstHalf + kHalf;
  const std::size_t sum = packet[at] + packet[at + 1] + packet[at + 2] + packet[at + 3];
  return at + kOffsetField + sum % kOffsets;
}

Digest digest_of(const HandshakePacket& packet, Maker maker, std::size_t place) {
  const ByteView all = packet;
  const ByteView before = all.first(place);
  const ByteView behind = all.subspan(place + std::tuple_size_v<Digest>);
  Bytes others(before.begin(), before.end());
  others.insert(others.end(), behind.begin(), behind.end());
  return hmac(as_bytes(name_of(maker)), others);
}

Digest answer(const HandshakePacket& packet, Maker maker, const Digest& asked) {
  Bytes key = to_bytes(name_of(maker));
  key.insert(key.end(), kCommonKey.begin(), kCommonKey.end());
  return hmac(hmac(key, asked), ByteView(packet).first(kAnswerAt));
}

}  // namespace

std::optional<FoundDigest> find_digest(const HandshakePacket& packet, Maker maker) {
  for (const auto half : {DigestHalf::kFirst, DigestHalf::kSecond}) {
    const std::size_t place = place_of(packet, half);
    const Digest digest = digest_of(packet, maker, place);
    if (std::equal(digest.begin(), digest.end(), packet.begin() + place))
      return FoundDigest{half, digest};
  }
  return {};
}

Digest put_digest(HandshakePacket& packet, Maker maker, DigestHalf half) {
  const std::size_t place = place_of(packet, half);
  const Digest digest = digest_of(packet, maker, place);
  std::copy(digest.begin(), digest.end(), packet.begin() + place);
  return digest;
}

void sign_answer(HandshakePacket& packet, Maker maker, const Digest& asked) {
  const Digest digest = answer(packet, maker, asked);
  std::copy(digest.begin(), digest.end(), packet.begin() + kAnswerAt);
}

bool is_signed(const HandshakePacket& packet, Maker maker, const Digest& asked) {
  const Digest digest = answer(packet, maker, asked);
  return std::equal(digest.begin(), digest.end(), packet.begin() + kAnswerAt);
}

}  // namespace weir::rtmp
