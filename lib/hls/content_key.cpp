#include "hls/content_key.h"

#include <algorithm>
#include <new>
#include <string_view>

#include <openssl/evp.h>

#include "base/hex.h"

namespace weir::hls {
namespace {

constexpr std::size_t kBlock = std::tuple_size_v<AesBlock>;

ByteView trim(ByteView bytes) {
  const auto space = [](std::uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!bytes.empty() && space(bytes.front())) bytes = bytes.subspan(1);
  while (!bytes.empty() && space(bytes.back())) bytes = bytes.first(bytes.size() - 1);
  return bytes;
}

AesBlock block_at(ByteView bytes, std::size_t at) {
  AesBlock out;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), kBlock, out.begin());
  return out;
}

AesBlock id_of(const AesBlock& key) {
  constexpr std::string_view kPurpose = "key id of ";
  Bytes text = to_bytes(kPurpose);
  text.insert(text.end(), key.begin(), key.end());
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
  return block_at(digest, 0);
}

}  // namespace

Result<KeyMaterial> parse_key(ByteView bytes) {
  const ByteView digits = trim(bytes);
  const bool maybe_hex = digits.size() == 2 * kBlock || digits.size() == 4 * kBlock;
  const auto hex = maybe_hex ? read_hex(as_text(digits)) : std::nullopt;
  if (hex) bytes = *hex;
  if (bytes.size() != kBlock && bytes.size() != 2 * kBlock)
    return fail(Code::kBadInput,
                "a key is 16 bytes or 32 hexadecimal digits, twice that with its IV behind it; "
                "here are {} bytes",
                bytes.size());
  KeyMaterial out{block_at(bytes, 0), {}};
  if (bytes.size() == 2 * kBlock) out.iv = block_at(bytes, kBlock);
  return out;
}

AesBlock sequence_iv(std::uint64_t number) {
  AesBlock out{};
  for (std::size_t i = 0; i < 8; ++i)
    out[kBlock - 1 - i] = static_cast<std::uint8_t>(number >> 8 * i);
  return out;
}

ContentKey content_key(const KeyMaterial& material, std::uint64_t number) {
  ContentKey out{material.key, {}, id_of(material.key)};
  if (material.iv) {
    out.iv = *material.iv;
    return out;
  }
  out.iv = sequence_iv(number);
  CbcCipher cipher(material.key);
  cipher.start({});  // one block of a chain from zero is the cipher alone
  cipher.encrypt(out.iv);
  return out;
}

}  // namespace weir::hls
