// A variable picture rate made constant, by leaving pictures out and showing others again.
#pragma once

#include <cstdint>
#include <optional>

#include "flow/stage.h"
#include "ladder/captions.h"
#include "media/packet.h"

namespace weir::ladder {

/// At every step of the rate, counted from the first picture, the picture that is on the screen
/// half a step later at the latest: each is shown where it is nearest. Stamps that leave are in
/// base_for(). A hole of more than kLongestHole stays one.
///
/// Captions  Of pictures left out go to the next one; a picture shown again has none.
class FixedRate : public flow::Stage<media::Frame, media::Frame> {
 public:
  static constexpr int kLongestHole = 10;  ///< Seconds.
  struct Counts {
    std::int64_t dropped = 0;
    std::int64_t repeated = 0;
  };

  /// `base`: of the pictures that come.
  FixedRate(AVRational rate, AVRational base, flow::Sink<media::Frame>& next)
      : Stage(next), rate_(rate), base_(base_for(rate, base)) {}
  /// In which both the first stamp and the steps are whole, if there is such a base.
  static AVRational base_for(AVRational rate, AVRational base);

  Result<flow::Flow> push(media::Frame frame) override;
  Result<void> finish() override;
  const Counts& counts() const { return counts_; }

 private:
  Result<flow::Flow> show_until(std::int64_t step);

  AVRational rate_;
  AVRational base_;  // of what leaves
  std::optional<media::Time> first_;
  std::optional<media::Frame> held_;
  std::int64_t next_ = 0;   // step of held_
  std::int64_t times_ = 0;  // held_ was shown
  CaptionCarrier captions_;
  Counts counts_;
};

}  // namespace weir::ladder
