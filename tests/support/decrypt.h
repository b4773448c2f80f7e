// Decrypts with libavutil's AES, a witness from outside.
#pragma once

#include <array>
#include <memory>
#include <stdexcept>

extern "C" {
#include <libavutil/aes.h>
#include <libavutil/mem.h>
}

#include "base/bytes.h"

namespace weir::support {

using Block = std::array<std::uint8_t, 16>;

/// One chain of whole blocks in CBC mode; continues from call to call.
class CbcDecryptor {
 public:
  CbcDecryptor(const Block& key, const Block& iv) : aes_(av_aes_alloc()), iv_(iv) {
    av_aes_init(aes_.get(), key.data(), 128, 1);
  }
  void decrypt(std::uint8_t* bytes, std::size_t blocks) {
    av_aes_crypt(aes_.get(), bytes, bytes, static_cast<int>(blocks), iv_.data(), 1);
  }

 private:
  struct Free {
    void operator()(AVAES* aes) const noexcept { av_free(aes); }
  };
  std::unique_ptr<AVAES, Free> aes_;
  Block iv_;
};

/// A whole file with padding, as METHOD=AES-128 has it. Throws when the padding is wrong.
inline Bytes decrypt_padded(const Block& key, const Block& iv, ByteView bytes) {
  if (bytes.empty() || bytes.size() % 16 != 0) throw std::runtime_error("no whole blocks");
  Bytes out(bytes.begin(), bytes.end());
  CbcDecryptor(key, iv).decrypt(out.data(), out.size() / 16);
  const std::size_t padding = out.back();
  if (padding < 1 || padding > 16) throw std::runtime_error("no padding");
  for (std::size_t i = out.size() - padding; i < out.size(); ++i)
    if (out[i] != padding) throw std::runtime_error("damaged padding");
  out.resize(out.size() - padding);
  return out;
}

/// A slice of METHOD=SAMPLE-AES back to the NAL unit it was; others as they are.
inline Bytes decrypt_sample_aes_nal(const Block& key, const Block& iv, ByteView nal) {
  const int type = nal[0] & 0x1f;
  if ((type != 1 && type != 5) || nal.size() <= 48) return {nal.begin(), nal.end()};
  Bytes out;
  for (std::size_t i = 0; i < nal.size(); ++i) {
    const bool escape = i >= 2 && nal[i] == 3 && nal[i - 1] == 0 && nal[i - 2] == 0;
    if (!escape) out.push_back(nal[i]);
  }
  CbcDecryptor cipher(key, iv);
  for (std::size_t at = 32; at + 16 < out.size(); at += 160) cipher.decrypt(&out[at], 1);
  return out;
}

/// A frame of sound, `header` bytes of ADTS included, in place.
inline void decrypt_sample_aes_frame(const Block& key, const Block& iv, std::uint8_t* frame,
                                     std::size_t size, std::size_t header) {
  const std::size_t clear = header + 16;
  if (size > clear) CbcDecryptor(key, iv).decrypt(frame + clear, (size - clear) / 16);
}

}  // namespace weir::support
