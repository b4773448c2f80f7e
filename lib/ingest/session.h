// What `ingest` does: a source, looped, paced, recorded and written as a pipe stream.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/stop.h"
#include "base/units.h"
#include "formats/input.h"
#include "formats/output.h"
#include "ingest/feed.h"
#include "ingest/health.h"
#include "ingest/listen_feed.h"
#include "net/retry.h"

namespace weir::ingest {

/// A program for each stream that is published.
struct ExecEach {
  std::string command;            ///< As split_command() takes it; "" for none.
  std::int64_t max_streams = 16;  ///< At once, at most kMostStreams.
};
inline constexpr std::int64_t kMostStreams = 500;

/// The slate that is no file.
inline constexpr std::string_view kBlackSlate = "black";

struct IngestOptions {
  std::string input = "-";      ///< File, "-", URL, or "test:…".
  std::string output = "-";     ///< Of the pipe stream.
  std::string record;           ///< A recording beside it (formats::open_recording); "" for none.
  bool realtime = false;        ///< Not faster than it plays.
  std::int64_t loop = 1;        ///< How often to play the input; 0 for ever.
  std::optional<Micros> start;  ///< Of the input.
  Micros track_wait = formats::kTrackWait;  ///< How long a track of FLV may come behind the others.
  std::optional<Micros> duration;           ///< Of all that is taken, in however many rounds.
  std::optional<Micros> retry;           ///< How long a live URL that fails or ends is opened anew.
  std::optional<ListenSettings> listen;  ///< Take what is published here, and no input.
  ExecEach exec_each;  ///< With listen: the streams go to programs, not to output.
  /// In place of `output`, if it is there.
  std::function<Result<std::unique_ptr<formats::Output>>(const media::Tracks&)> open_output;
  std::string fallback;  ///< With retry or listen: what stands in while that is away; "" for none.
  Micros fallback_after{3'000'000};  ///< So long nothing came, and it is away.
  std::string
      slate;  ///< With retry or listen: what is shown in a hole, "black" or a file; "": gaps.
};

struct Surroundings {
  StopSource& stop;  ///< Requested, too, when the work is over.
  Log& log;
  Progress& progress;
  const Clock& clock;
  const Random& random;      ///< For handshakes, and for the times between attempts.
  Health* health = nullptr;  ///< Borrowed. Gathers what is repaired and written.
};

/// A live URL (with `retry`) and a publisher (with `listen`) stay on the clock while they are away:
/// `gap` events are told, and their return is a `discontinuity` (ReopeningSource, ListenFeed,
/// Rejoin, ClockedInput); with `slate` that is shown instead (SlatedInput); with `fallback` that
/// stands in (FallbackFeed), and retry or the window is how long both may be away. Stamps of what
/// Weir did not write are repaired (JumpRepair). Runs until the input ends, the reader goes away or
/// a stop is requested. The stream gets its `end` event unless the input was damaged; with
/// `realtime` it gets an `anchor` first. Threads: works on the caller's thread alone (with
/// exec_each as run_each() says). Blocks on the input, the pace and the output.
Result<void> run(const IngestOptions& options, const Surroundings& around);

/// The same of a feed; of the options those of the output, the duration and the slate count.
Result<void> run_feed(Feed& feed, const IngestOptions& options, const Surroundings& around);

}  // namespace weir::ingest
