// Shows an input as a viewer has it: picture and sound in step.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/stop.h"
#include "media/packet.h"

namespace weir::probe {

/// What is played: stereo, 16 bits a sample, interleaved.
inline constexpr int kPlayedRate = 48'000;
inline constexpr int kPlayedFrameBytes = 4;

enum class PlayKey { kPause, kBack, kForward, kQuit };

/// Where pictures go and keys come from.
/// Threads: one, and of a window the one that opened it.
class Screen {
 public:
  virtual ~Screen() = default;
  /// Once, before time begins to run: the first picture, null when there is only sound.
  virtual Result<void> open(const AVFrame* first) = 0;
  /// A picture in yuv420p.
  virtual Result<void> show(const AVFrame& picture) = 0;
  /// The next key, waiting for it at most so long. A closed window is kQuit.
  virtual std::optional<PlayKey> wait_key(std::chrono::nanoseconds patience) = 0;
};

/// Where sound goes; it takes what it is given and plays it at its own pace.
class Speaker {
 public:
  virtual ~Speaker() = default;
  virtual void queue(ByteView samples) = 0;
  /// Of what was queued, what is not heard yet.
  virtual std::int64_t waiting_us() const = 0;
  virtual void clear() = 0;
  virtual void pause(bool paused) = 0;
};

/// A decoded picture or run of samples, on the time line of the whole input.
struct Decoded {
  std::int64_t at_us = 0;
  media::Frame frame;
};

/// Decodes an input from one point on.
class PlaySource {
 public:
  virtual ~PlaySource() = default;
  /// Takes in about one packet, waiting for it at most so long; false when none came. A damaged
  /// input just ends. Fails as decoders and filters do, and with kStopped.
  virtual Result<bool> read(std::chrono::nanoseconds patience) = 0;
  /// Nothing more comes.
  virtual bool over() const = 0;
  virtual bool has_pictures() const = 0;
  virtual bool has_sound() const = 0;
  virtual bool seekable() const = 0;
  virtual std::optional<std::int64_t> duration_us() const = 0;
  /// Decoded and not taken yet. Pictures are upright, in yuv420p; sound is as above and without
  /// holes.
  std::deque<Decoded> pictures, sound;
};

/// What happened.
struct PlayReport {
  std::string input;
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;   ///< Where it stood at the end.
  std::int64_t shown = 0;    ///< Pictures.
  std::int64_t dropped = 0;  ///< Pictures whose time was over before they could be shown.
  std::int64_t seeks = 0;
  bool sound = false;       ///< Sound was played, and its clock was followed.
  double late_mean_us = 0;  ///< Of pictures against the clock, when they were shown.
  std::int64_t late_worst_us = 0;
};

/// All borrowed but `open`; `speaker` may be null.
struct PlayParts {
  /// The input from a time on: the first picture is the one shown then.
  std::function<Result<std::unique_ptr<PlaySource>>(std::int64_t from_us)> open;
  Screen& screen;
  Speaker* speaker;
  const Clock& clock;
  const StopSource& stop;
  Log& log;
};

/// Plays to the end, a stop or kQuit. The clock is the sound that is heard; without sound, or when
/// it is over, the clock of the machine, which waits for pictures that are not there yet. A picture
/// is shown when it is due, and left out when the one after it is due already. kBack and kForward
/// go 10 s where the input can be searched. Fails when the input cannot be opened.
Result<PlayReport> play(const PlayParts& parts);

/// Plays `input` in a window and over the sound device. Blocks; from the thread that uses the
/// window system. Sound devices that cannot be opened are said, and the pictures play without.
/// kUnsupported when this program was built without SDL2, kIo when there is no display.
Result<PlayReport> play_in_window(const std::string& input, const StopSource& stop, Log& log);

/// Opens `path`, decoding pictures and, where `sound` is asked for, the first sound track.
/// `origin_us` is set by the first call and kept: what later ones count stamps from.
Result<std::unique_ptr<PlaySource>> open_play_source(const std::string& path, std::int64_t from_us,
                                                     bool sound, const StopSource& stop, Log& log,
                                                     std::optional<std::int64_t>& origin_us);

/// For people; ends with a newline.
std::string play_text(const PlayReport& report);
boost::json::object play_json(const PlayReport& report);

}  // namespace weir::probe
