// What is drawn on the pictures: a watermark and a line of text.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "ladder/picture.h"

namespace weir::ladder {

/// The graph that draws both on pictures like those of `track`; "" for neither. kIo, kUsage: the
/// watermark is no PNG that can be read, or does not fit the picture.
Result<std::string> overlay_filter(const Watermark& watermark, const Text& text,
                                   const media::Track& track);

/// What stands for {timecode} and {utc} in each picture. Stream time goes with UTC as the last
/// anchor says; without one as the clock did at the first picture.
class PictureFacts {
 public:
  explicit PictureFacts(const Clock& clock) : clock_(clock) {}
  /// 0 when it varies: a timecode has milliseconds then, not pictures.
  void set_rate(AVRational rate) { rate_ = rate; }
  void note(const media::Event& event);
  /// Into the metadata of a picture, where the graph finds it.
  void write(media::Frame& frame);

 private:
  const Clock& clock_;
  AVRational rate_{0, 1};
  std::optional<std::int64_t> utc_of_zero_;
};

/// "01:02:03:04", the last being the picture within its second, or "01:02:03.040".
std::string timecode(media::Time at, AVRational rate);

}  // namespace weir::ladder
