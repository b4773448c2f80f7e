// Moves items from a source to a sink until one of them is done.
#pragma once

#include <optional>
#include <utility>

#include "base/result.h"
#include "flow/stage.h"

namespace weir::flow {

/// Pushes until the end, kDone, a failure or a stop, then finishes the sink, always, once.
/// A requested stop (kStopped) is an end like any other. The first failure is returned; a failure
/// of the source counts before one of finish(), so that the cause is reported and not its echo.
template <typename Item>
Result<void> pump(Source<Item>& source, Sink<Item>& sink) {
  Result<void> outcome;
  while (true) {
    Result<std::optional<Item>> item = source.next();
    if (!item && item.error().code != Code::kStopped) outcome = fail(std::move(item).error());
    if (!item || !*item) break;
    Result<Flow> flow = sink.push(std::move(**item));
    if (!flow) outcome = fail(std::move(flow).error());
    if (!flow || *flow == Flow::kDone) break;
  }
  Result<void> finished = sink.finish();
  return outcome ? finished : outcome;
}

}  // namespace weir::flow
