// An engine that codes chunks of the source for themselves: one analysis for all renditions, then
// every (chunk, rendition) as a task of its own.
#pragma once

#include <memory>
#include <optional>

#include "ladder/engine.h"
#include "ladder/grid.h"
#include "ladder/guard.h"
#include "ladder/one_pass.h"
#include "ladder/profile.h"
#include "ladder/work.h"

namespace weir::ladder {

struct ChunkOptions {
  EngineOptions engine;
  std::optional<double> quality;  ///< Constant quality (x264's CRF scale) under the peak rate.
  Micros gop{2'000'000};          ///< Of the grid; chunks are about as long.
  Profile profile;                ///< Of the whole source when it is known, else empty.
  Work* work = nullptr;           ///< Where finished chunks are kept; borrowed, may be null.
  Guard* guard = nullptr;         ///< Of a live run, not with `work`; borrowed, may be null.
};

/// True when two chunks of pictures and an encoder fit in the memory allowed.
bool chunks_fit(const media::Track& source, const ChunkOptions& options);

/// Chunks    A chunk ends at the first key picture at least a second after its begin.
/// Rates     Average, peak and buffer of every rendition hold over the joined stream; a chunk that
///           would break the peak is coded again.
/// Bytes     Depend on the source and the options but not on `jobs`, nor on what was found in
///           `work`; with a guard on what that decides.
/// Waiting   push() blocks while as many chunks are in work as the memory allows.
Result<std::unique_ptr<Engine>> open_chunk_engine(const Plan& plan, const media::Track& source,
                                                  const ChunkOptions& options,
                                                  const PacketSinks& sinks);

}  // namespace weir::ladder
