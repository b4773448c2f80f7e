// Where the header of a slice ends: common encryption leaves headers clear.
// Source: ITU-T H.264 (08/2021) sections 7.3.2.2, 7.3.3; ITU-T H.265 (08/2021) sections 7.3.2.3,
// 7.3.6.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "media/av_ptr.h"

namespace weir::media {

/// A NAL unit with coded picture data; `nal` is not empty.
bool is_slice(AVCodecID codec, ByteView nal);

/// Reads slice headers of one stream. Any bytes are safe.
class SliceHeaders {
 public:
  /// H.264 or HEVC.
  explicit SliceHeaders(AVCodecID codec);
  ~SliceHeaders();
  SliceHeaders(SliceHeaders&&) noexcept;
  SliceHeaders& operator=(SliceHeaders&&) noexcept;

  /// Remembers a parameter set; others are ignored.
  void learn(ByteView nal);
  /// Bytes of a slice's NAL unit up to the first whole byte of slice data, as they stand there,
  /// emulation prevention included. Nothing when the header is damaged, its parameter sets are
  /// not known, or it uses what no encoder of today does (slice groups; screen content, several
  /// layers).
  std::optional<std::size_t> size(ByteView nal) const;

  /// One codec's way of it.
  class Reader {
   public:
    virtual ~Reader() = default;
    virtual void learn(ByteView nal) = 0;
    /// Bits of the header in `payload`, which begins behind the NAL unit's own header and is
    /// without emulation prevention; it may be cut short.
    virtual std::optional<std::size_t> bits(ByteView nal, ByteView payload) const = 0;
  };

 private:
  std::size_t nal_header_ = 1;
  std::unique_ptr<Reader> reader_;
};

std::unique_ptr<SliceHeaders::Reader> make_h264_slice_reader();
std::unique_ptr<SliceHeaders::Reader> make_hevc_slice_reader();

}  // namespace weir::media
