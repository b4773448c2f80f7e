// Renditions of a stream as FLV to RTMP servers, any number of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/result.h"
#include "flow/stage.h"
#include "media/event.h"
#include "media/track.h"
#include "publish/push_sender.h"

namespace weir::publish {

struct FlvPushOptions {
  std::vector<std::string> urls;  ///< rtmp or rtmps; "{rendition}" in one stands for every name.
  std::string rendition = {};     ///< As FlvFileOptions; with "{rendition}": the only one.
  std::string encoder = {};
  bool nanoseconds = false;
  bool multitrack = false;
  PushLimits limits{};
  PushRetry retry{};
  Micros drain{10'000'000};
};

struct FlvPushTools {
  const Clock& clock;
  const Random& random;
  Log& log;
  Progress& progress;  ///< Is told of every target, see ProgressReport.
};

/// A sink for all items of a stream. Every URL is a target of its own, or with "{rendition}" one
/// for each rendition there is; see PushSender.
///
/// Time       As FlvFileOptions: stamps begin at 0, and UTC is told where the stream knows it. A
/// source quicker than real time is not slowed
///            down: what a server does not take is left out.
/// End        push() answers kDone once every target is given up. finish() takes leave of all of
///            them at the same time, says in the log what each got, and is kIo when one was given
///            up or never published.
/// Failure    open: kUsage for a URL, an unknown rendition, or "{rendition}" in a stream without
///            named ones; kUnsupported for a codec FLV cannot carry. push: kBadInput (damaged
///            parameter sets).
/// The tools are borrowed.
Result<std::unique_ptr<flow::Sink<media::Item>>> open_flv_push(const media::Tracks& tracks,
                                                               const FlvPushOptions& options,
                                                               const FlvPushTools& tools);

}  // namespace weir::publish
