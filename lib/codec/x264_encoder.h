// libx264 itself, for what libavcodec's wrapper does not hand through: a quantiser for every
// picture, decisions read from an earlier pass, and what became of each picture.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::codec {

struct X264Settings {
  int width = 0;
  int height = 0;
  AVRational time_base{1, 1};   ///< Of the pictures' pts.
  AVRational frame_rate{0, 1};  ///< 0: not known or variable.
  AVColorPrimaries primaries = AVCOL_PRI_UNSPECIFIED;
  AVColorTransferCharacteristic transfer = AVCOL_TRC_UNSPECIFIED;
  AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
  std::string preset = "veryfast";
  std::string tune;  ///< "": none.
  /// Of x264's own parameters, applied in this order over the preset.
  std::vector<std::pair<std::string, std::string>> parameters;
  std::filesystem::path stats_out;  ///< First pass: where decisions are written; ".mbtree" beside.
  std::filesystem::path stats_in;   ///< Second pass: where they are read from.
};

enum class PictureType { kI, kP, kReferenceB, kB };

/// What a picture came out as, in coding order.
struct X264Picture {
  std::int64_t pts = 0;
  PictureType type = PictureType::kP;
  bool idr = false;
  double ssim = 0;  ///< 0 unless the parameter `ssim` is set.
  Bytes bytes;      ///< Annex B, parameter sets in front of an IDR, no SEI.
};

/// One encoder on the caller's thread; it never waits. Pictures are planar 4:2:0, 8 bits.
///
/// Key frames   The first picture and those pushed with `idr`; no others.
/// Quantiser    Given for a picture, it holds (before adaptive quantisation and macroblock tree),
///              and no rate control acts on that picture.
class X264Encoder {
 public:
  using Take = std::function<Result<void>(X264Picture)>;

  static Result<std::unique_ptr<X264Encoder>> open(const X264Settings& settings);
  virtual ~X264Encoder() = default;

  virtual Result<void> push(const AVFrame& picture, bool idr, std::optional<int> quantiser,
                            const Take& take) = 0;
  /// The pictures still inside; also writes the stats of a first pass out.
  virtual Result<void> finish(const Take& take) = 0;
  /// SPS and PPS as Annex B.
  virtual Bytes headers() = 0;
  virtual int profile() const = 0;
  virtual int level() const = 0;    ///< level_idc.
  virtual int reorder() const = 0;  ///< Pictures by which coding order may run ahead of display.
};

/// One of x264's tunes, or several separated by commas of which one at most is psychovisual.
bool x264_knows_tune(const std::string& tune);

/// Build number and revision of the library this was compiled for.
std::string x264_version();

}  // namespace weir::codec
