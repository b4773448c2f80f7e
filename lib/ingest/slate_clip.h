// A file that is played for ever, as decoded frames.
#pragma once

#include <memory>
#include <string>

#include "base/log.h"
#include "base/stop.h"
#include "codec/decoder.h"
#include "flow/through.h"
#include "formats/input.h"

namespace weir::ingest {

/// The largest pictures of the file and its first sound, over and over, with stamps that go on.
/// Threads: none; next() reads and decodes.
class SlateClip {
 public:
  struct Next {
    const media::Track* track = nullptr;  ///< Of the clip; one of pictures() and sound().
    media::Frame frame;                   ///< Stamped in that track's time base.
  };

  /// `stop` and `log` are borrowed. Fails as formats::Input::open() does, with kUsage for what
  /// cannot be read twice, and with kBadInput for what has no pictures.
  static Result<std::unique_ptr<SlateClip>> open(const std::string& file, const StopSource& stop,
                                                 Log& log);
  /// Opens it and decodes its first picture.
  static Result<void> check(const std::string& file, const StopSource& stop, Log& log);

  /// kBadInput when nothing can be decoded for too long; otherwise as the input fails.
  Result<Next> next();

  const media::Track& pictures() const { return *pictures_.track; }
  /// Null when it is silent.
  const media::Track* sound() const { return sound_.track; }

 private:
  struct Lane {
    const media::Track* track = nullptr;
    flow::Waiting<media::Frame> frames;
    std::unique_ptr<codec::Decoder> decoder;
  };
  explicit SlateClip(std::unique_ptr<formats::Input> input) : input_(std::move(input)) {}
  static Result<void> begin(Lane& lane);
  Result<void> read();

  std::unique_ptr<formats::Input> input_;
  Lane pictures_, sound_;
};

}  // namespace weir::ingest
