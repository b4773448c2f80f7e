// The seam between the grid and the encoders: an engine owns the encoders of all renditions.
#pragma once

#include <memory>
#include <vector>

#include "flow/stage.h"
#include "ladder/grid.h"
#include "ladder/plan.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::ladder {

/// A source picture, turned and stamped as it shall be shown, with its place on the grid.
struct GridFrame {
  media::Frame frame;
  Mark mark;
};

/// Where one rendition's packets go, and word of when there are none.
class RenditionSink : public flow::Sink<media::Packet> {
 public:
  /// The rendition is dropped from the segment that begins at `at` on, or back from there on. Said
  /// before the packets, of any rendition, that show from then on.
  virtual void change(bool dropped, media::Time at) = 0;
  /// Said while it is dropped: no packet with an earlier dts will come.
  virtual void advance(media::Time dts) = 0;
};

/// Takes every picture of the source in order and gives every rendition's packets, each rendition
/// in order, to the sink of that rendition.
///
/// Key frames  Of every rendition: the pictures whose mark says so, and no others.
/// Threads     push() and finish() from one thread. The sinks are called from TBB tasks, one at a
///             time each; they must not block.
/// Waiting     push() blocks while too many pictures are in work.
/// End         finish() returns when every sink was finished.
class Engine : public flow::Sink<GridFrame> {
 public:
  /// What the packets of each rendition are, in the plan's order; complete before the first push().
  virtual const media::Tracks& tracks() const = 0;
};

/// Where each rendition's packets go, in the plan's order; borrowed.
using PacketSinks = std::vector<RenditionSink*>;

}  // namespace weir::ladder
