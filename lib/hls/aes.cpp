#include "hls/aes.h"

#include <algorithm>
#include <new>

#include <openssl/evp.h>

namespace weir::hls {
namespace {

constexpr std::size_t kBlock = std::tuple_size_v<AesBlock>;
constexpr std::size_t kLargest = std::size_t{1} << 30;  // OpenSSL counts in int

// With sizes and pointers that fit, only memory can be short.
void require(int status) {
  if (status != 1) throw std::bad_alloc();
}

}  // namespace

void CbcCipher::Free::operator()(evp_cipher_ctx_st* context) const noexcept {
  EVP_CIPHER_CTX_free(context);
}

CbcCipher::CbcCipher(const AesBlock& key) : context_(EVP_CIPHER_CTX_new()) {
  require(context_ != nullptr ? 1 : 0);
  require(EVP_EncryptInit_ex(context_.get(), EVP_aes_128_cbc(), nullptr, key.data(), nullptr));
  require(EVP_CIPHER_CTX_set_padding(context_.get(), 0));
}
CbcCipher::~CbcCipher() = default;
CbcCipher::CbcCipher(CbcCipher&&) noexcept = default;
CbcCipher& CbcCipher::operator=(CbcCipher&&) noexcept = default;

void CbcCipher::start(const AesBlock& iv) {
  require(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, iv.data()));
}

void CbcCipher::encrypt(std::span<std::uint8_t> bytes) {
  bytes = bytes.first(bytes.size() / kBlock * kBlock);
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), kLargest));
    int written = 0;
    require(EVP_EncryptUpdate(context_.get(), part.data(), &written, part.data(),
                              static_cast<int>(part.size())));
    bytes = bytes.subspan(part.size());
  }
}

Bytes encrypt_padded(const AesBlock& key, const AesBlock& iv, ByteView clear) {
  const std::size_t padding = kBlock - clear.size() % kBlock;
  Bytes out;
  out.reserve(clear.size() + padding);
  out.assign(clear.begin(), clear.end());
  out.insert(out.end(), padding, static_cast<std::uint8_t>(padding));
  CbcCipher cipher(key);
  cipher.start(iv);
  cipher.encrypt(out);
  return out;
}

}  // namespace weir::hls
