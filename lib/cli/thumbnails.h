// The options about thumbnails that packagers share.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "base/units.h"
#include "codec/thumbnails.h"
#include "flow/stage.h"
#include "media/event.h"
#include "media/track.h"
#include "publish/hls_options.h"

namespace weir::cli {

struct Thumbnails {
  Micros interval{};  ///< 0: none.
  std::string tiles;  ///< "5x4"; "": by the kind of playlist.
  int size = 320;
};

/// Adds --thumbnails, --thumbnail-tiles and --thumbnail-size.
void bind_thumbnails(CLI::App& app, Thumbnails& chosen);

/// A stage that makes them in front of a publisher.
class ThumbnailStage {
 public:
  /// Sets hls.thumbnails, if any are wanted. kUsage for options that contradict each other, else
  /// as codec::Thumbnails::open().
  Result<void> plan(const Thumbnails& chosen, const media::Tracks& tracks,
                    publish::HlsOptions& hls);
  /// The sink to push into: the stage, or `next` itself. Both are borrowed.
  Result<flow::Sink<media::Item>*> before(const media::Tracks& tracks,
                                          flow::Sink<media::Item>& next);

 private:
  std::optional<codec::ThumbnailSettings> settings_;
  std::unique_ptr<codec::Thumbnails> stage_;
};

}  // namespace weir::cli
