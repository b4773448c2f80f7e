#include "rtmp/handshake.h"

#include <algorithm>

namespace weir::rtmp {
namespace {

constexpr std::uint8_t kVersion = 3;
constexpr std::uint8_t kEncryptedVersion = 6;
constexpr std::uint8_t kTlsHandshake = 22;  // RFC 8446, section 5.1
// 0 means "no digest here"; peers that look for one want at least these.
constexpr std::uint32_t kPlayerVersion = 0x09007c02;
constexpr std::uint32_t kServerVersion = 0x04050001;
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kRandomAt = 8;

Result<void> check_version(std::uint8_t version) {
  if (version == kVersion) return {};
  if (version == kEncryptedVersion)
    return fail(Code::kUnsupported, "the peer wants RTMPE, which is not supported; use RTMPS");
  if (version == kTlsHandshake)
    return fail(Code::kUnsupported, "the peer speaks TLS on a port for RTMP without it");
  return fail(Code::kBadInput, "the peer does not speak RTMP: its first byte is {}", version);
}

void append(const HandshakePacket& packet, Bytes& out) {
  out.insert(out.end(), packet.begin(), packet.end());
}

// Times may be changed on the way back.
bool same_random(const HandshakePacket& a, const HandshakePacket& b) {
  return std::equal(a.begin() + kRandomAt, a.end(), b.begin() + kRandomAt);
}

}  // namespace

Result<std::size_t> Handshake::receive(ByteView bytes, Bytes& out) {
  std::size_t taken = 0;
  if (stage_ == Stage::kVersion && !bytes.empty()) {
    WEIR_TRY(check_version(bytes[taken++]));
    stage_ = Stage::kFirst;
  }
  while (!done() && taken < bytes.size()) {
    const std::size_t size = std::min(packet_.size() - filled_, bytes.size() - taken);
    std::copy_n(bytes.begin() + taken, size, packet_.begin() + filled_);
    taken += size;
    filled_ += size;
    if (filled_ == packet_.size()) take_packet(out);
  }
  return taken;
}

void Handshake::take_packet(Bytes& out) {
  filled_ = 0;
  if (stage_ == Stage::kFirst) {
    take_first(packet_, out);
    stage_ = Stage::kSecond;
  } else {
    bad_echo_ = !is_good_echo(packet_);
    stage_ = Stage::kDone;
  }
}

// Its time is 0: an epoch as good as any.
HandshakePacket Handshake::random_packet(std::uint32_t version) const {
  HandshakePacket out{};
  for (std::size_t i = 0; i < 4; ++i)
    out[kVersionAt + i] = static_cast<std::uint8_t>(version >> (24 - 8 * i));
  random_.fill(std::span(out).subspan(kRandomAt));
  return out;
}

void ServerHandshake::take_first(const HandshakePacket& packet, Bytes& out) {
  const bool simple = packet[kVersionAt] == 0;
  if (!simple) digest_ = find_digest(packet, Maker::kPlayer);
  sent_ = random_packet(digest_ ? kServerVersion : 0);
  HandshakePacket second = packet;
  if (digest_) {
    put_digest(sent_, Maker::kServer, digest_->half);
    second = random_packet(0);
    sign_answer(second, Maker::kServer, digest_->digest);
  }
  out.push_back(kVersion);
  append(sent_, out);
  append(second, out);
}

bool ServerHandshake::is_good_echo(const HandshakePacket& packet) const {
  if (!digest_) return same_random(packet, sent_);
  const auto asked = find_digest(sent_, Maker::kServer);
  return same_random(packet, sent_) || (asked && is_signed(packet, Maker::kPlayer, asked->digest));
}

ClientHandshake::ClientHandshake(const Random& random, Bytes& out) : Handshake(random) {
  sent_ = random_packet(kPlayerVersion);
  asked_ = put_digest(sent_, Maker::kPlayer, DigestHalf::kFirst);
  out.push_back(kVersion);
  append(sent_, out);
}

void ClientHandshake::take_first(const HandshakePacket& packet, Bytes& out) {
  digest_ = find_digest(packet, Maker::kServer);
  HandshakePacket second = packet;
  if (digest_) {
    second = random_packet(0);
    sign_answer(second, Maker::kPlayer, digest_->digest);
  }
  append(second, out);
}

bool ClientHandshake::is_good_echo(const HandshakePacket& packet) const {
  return same_random(packet, sent_) || (digest_ && is_signed(packet, Maker::kServer, asked_));
}

}  // namespace weir::rtmp
