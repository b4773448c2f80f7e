// What `transcode-ladder` does: one source in, a ladder of renditions out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/units.h"
#include "flow/stage.h"
#include "ladder/chunk_engine.h"
#include "ladder/grid.h"
#include "ladder/ladder.h"
#include "ladder/picture.h"
#include "media/event.h"

namespace weir::ladder {

struct TranscodeOptions {
  Ladder ladder;
  GridOptions grid;
  ChunkOptions chunks;       ///< What concerns the engine; `gop` is taken from the grid.
  bool low_latency = false;  ///< One pass without look-ahead instead of chunks.
  bool audio = true;
  PictureOptions picture;  ///< Before the renditions part.
  /// Of a live run, which warns when it cannot keep up; null when it may take its time. Borrowed.
  const Clock* clock = nullptr;
  std::int64_t total_us = 0;  ///< Of the source, for progress; 0 when not known.
};

/// Opens every encoder at once, so tracks() is complete before the first packet.
///
/// Threads   run() works on the caller's thread (decoding), a thread that reads `source`, a thread
///           that writes `output`, and TBB tasks; all have ended when it returns.
/// Output    Packets of all renditions and of the sound by dts, `segment` events before the
///           packets they cut, `rendition` events where a guard drops one, foreign events of the
///           source, and `end` when the source is whole.
/// Codecs    Of the source may change; the renditions go on as they were.
/// Memory    Source pictures in work, packets read ahead and packets waiting for the output are
///           each bounded.
class Transcoder {
 public:
  virtual ~Transcoder() = default;
  static Result<std::unique_ptr<Transcoder>> open(const TranscodeOptions& options,
                                                  const media::Tracks& source_tracks, Log& log,
                                                  Progress& progress);
  virtual const media::Tracks& tracks() const = 0;
  /// Once. A requested stop and a reader that went away are a clean end. `marked`: the source is a
  /// pipe stream, whose end must be marked; without the mark it was cut off (kBadInput).
  virtual Result<void> run(flow::Source<media::Item>& source, bool marked,
                           flow::Sink<media::Item>& output) = 0;
};

}  // namespace weir::ladder
