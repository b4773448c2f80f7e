// An engine with one encoder for each rendition, all running at the same time under TBB.
#pragma once

#include <memory>
#include <string>

#include "ladder/engine.h"

namespace weir::ladder {

struct EngineOptions {
  std::string preset = "veryfast";  ///< x264's name.
  int jobs = 0;                     ///< Threads that work; 0: as many as there are cores.
  std::int64_t memory = 0;          ///< Bytes of source pictures in work; at least a few pictures.
  bool low_latency = false;         ///< No look-ahead and no reordering.
};

/// `source` tells time base, frame rate and colour. The bytes do not depend on `jobs`.
Result<std::unique_ptr<Engine>> open_one_pass(const Plan& plan, const media::Track& source,
                                              const EngineOptions& options,
                                              const PacketSinks& sinks);

}  // namespace weir::ladder
