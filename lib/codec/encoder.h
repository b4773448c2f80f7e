// Raw frames to coded packets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "flow/stage.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::codec {

struct VideoSettings {
  std::string encoder = "libx264";  ///< libavcodec's name.
  int width = 0;
  int height = 0;
  AVPixelFormat format = AV_PIX_FMT_YUV420P;
  AVRational time_base{1, 1};   ///< Of the frames, and of the packets.
  AVRational frame_rate{0, 1};  ///< 0: variable.
  AVRational sample_aspect_ratio{0, 1};
  AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
  AVColorPrimaries primaries = AVCOL_PRI_UNSPECIFIED;
  AVColorTransferCharacteristic transfer = AVCOL_TRC_UNSPECIFIED;
  AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
  std::int64_t bitrate = 0;      ///< Bits per second; 0: by the options alone.
  std::int64_t max_bitrate = 0;  ///< Bits per second over the buffer; 0: no limit.
  std::int64_t buffer = 0;       ///< Bits.
  int threads = 1;
  std::vector<std::pair<std::string, std::string>> options;  ///< Of the encoder itself.
};

struct AudioSettings {
  std::string encoder = "aac";  ///< libavcodec's name.
  int sample_rate = 48'000;
  int channels = 2;
  std::int64_t bitrate = 128'000;  ///< 0: by the codec, as for PCM.
};

/// One encoder. The packets keep the frames' time base (sound: 1/sample_rate), have dts set, and
/// are in canonical form (parameter sets in front of every IDR).
///
/// Key frames   A frame whose pict_type is AV_PICTURE_TYPE_I becomes an IDR; others never do.
/// Sound        Frames may have any number of samples; they must follow each other without gaps.
class Encoder : public flow::Stage<media::Frame, media::Packet> {
 public:
  static Result<std::unique_ptr<Encoder>> open(const VideoSettings& settings,
                                               flow::Sink<media::Packet>& next);
  static Result<std::unique_ptr<Encoder>> open(const AudioSettings& settings,
                                               flow::Sink<media::Packet>& next);

  Result<flow::Flow> push(media::Frame frame) override;
  Result<void> finish() override;

  /// Kind, parameters with extradata, time base and rates; the caller adds index and names. The
  /// packets come with stream index `index`.
  media::Track track() const;
  void set_index(int index) { index_ = index; }

 private:
  Encoder(media::CodecPtr context, flow::Sink<media::Packet>& next)
      : Stage(next), context_(std::move(context)) {}
  static Result<std::unique_ptr<Encoder>> finish_open(media::CodecPtr context,
                                                      AVDictionary* options,
                                                      flow::Sink<media::Packet>& next);
  Result<flow::Flow> send(const AVFrame* frame);
  Result<flow::Flow> send_whole_frames(bool last);

  media::CodecPtr context_;
  int index_ = 0;
  media::Frame gathered_;  // sound: samples that do not fill a frame yet
  int gathered_samples_ = 0;
};

}  // namespace weir::codec
