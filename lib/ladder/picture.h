// What is done to the pictures of the source, once, before the renditions part.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/units.h"
#include "flow/stage.h"
#include "ladder/fixed_rate.h"
#include "media/event.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::ladder {

enum class Corner { kTopLeft, kTopRight, kBottomLeft, kBottomRight };

struct Crop {
  int width = 0;
  int height = 0;
  int x = 0;
  int y = 0;
};

struct Watermark {
  std::string file;  ///< A PNG; "" for none.
  Corner corner = Corner::kTopRight;
  int margin = 16;              ///< Pixels of the source, to both edges.
  double opacity = 1;           ///< Times the picture's own.
  std::optional<Micros> start;  ///< Stream time; from the begin.
  std::optional<Micros> end;    ///< To the end.
};

struct Text {
  std::string text;  ///< "" for none; {timecode} and {utc} stand for what each picture has.
  Corner corner = Corner::kBottomLeft;
  double size = 4;  ///< Of the letters, in percent of the height.
};

/// In the order in which they are applied.
struct PictureOptions {
  bool deinterlace = true;   ///< Interlaced pictures.
  AVRational fps{0, 1};      ///< Exactly this many pictures a second; 0: as they come.
  std::optional<Crop> crop;  ///< Of the upright picture.
  bool tone_map = true;      ///< High dynamic range to BT.709.
  double denoise = 0;        ///< 0 to 1.
  double beauty = 0;         ///< 0 to 1.
  std::string filter;        ///< A graph in libavfilter's language.
  Watermark watermark;
  Text text;
};

/// Decoded pictures in, processed ones out, on the caller's thread.
class PictureChain : public flow::Sink<media::Frame> {
 public:
  /// `next` is borrowed. kUsage, with libavfilter's words, for a graph that cannot be built and for
  /// what does not fit the picture; kIo for a watermark that cannot be read. `clock` tells {utc}
  /// where the stream has no anchor.
  static Result<std::unique_ptr<PictureChain>> open(const PictureOptions& options,
                                                    const media::Track& source, const Clock& clock,
                                                    flow::Sink<media::Frame>& next);
  /// What the pictures are that come out: size, colour, rate and time base.
  virtual const media::Track& track() const = 0;
  /// What --fps left out and put in.
  virtual const FixedRate::Counts& counts() const = 0;
  /// An anchor of the stream, for {utc}; any other event is nothing to it.
  virtual void note(const media::Event& event) = 0;
};

/// What its pictures would be; fails as open().
Result<media::Track> processed_track(const PictureOptions& options, const media::Track& source);

/// One line: what will be done, in order; "" for nothing.
std::string describe(const PictureOptions& options, const media::Track& source);

/// True for PQ and HLG.
bool is_hdr(const media::Track& track);

}  // namespace weir::ladder
