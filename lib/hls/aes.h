// AES-128 in cipher block chaining mode, the only cipher HLS players share; by OpenSSL.
// Source: FIPS 197; NIST SP 800-38A section 6.2; RFC 5652 section 6.3 (padding).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"

struct evp_cipher_ctx_st;

namespace weir::hls {

using AesBlock = std::array<std::uint8_t, 16>;

/// Encrypts runs of whole blocks in place, chained to one another.
class CbcCipher {
 public:
  explicit CbcCipher(const AesBlock& key);
  ~CbcCipher();
  CbcCipher(CbcCipher&&) noexcept;
  CbcCipher& operator=(CbcCipher&&) noexcept;

  /// Begins a new chain.
  void start(const AesBlock& iv);
  /// `bytes` is a multiple of 16 long; what is beyond is left as it is.
  void encrypt(std::span<std::uint8_t> bytes);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;
};

/// `clear` as one chain, padded to whole blocks (1 to 16 bytes, each saying how many they are).
Bytes encrypt_padded(const AesBlock& key, const AesBlock& iv, ByteView clear);

}  // namespace weir::hls
