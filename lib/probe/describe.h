// Reads an input to its end and reports what it holds.
#pragma once

#include <functional>

#include "base/progress.h"
#include "formats/input.h"
#include "probe/report.h"

namespace weir::probe {

/// `path` is what the input was opened by. Blocks until the end of the input, a failure or a stop.
/// A broken input is not a failure of this function: the report says what could be read and why it
/// ended (Report::damage). A stop is an end like any other. Memory does not grow with the input
/// beyond the limits of TrackMeter.
/// `also` is shown every item after it was looked at.
using Watch = std::function<void(const media::Item&)>;
Report describe(formats::Input& input, const std::string& path, Progress& progress,
                const Watch& also = {});

/// Bytes of a regular file; empty for anything else.
std::optional<std::int64_t> file_size(const std::string& path);

/// A description from items alone, for inputs that are not files. Threads: one call at a time.
class Describer {
 public:
  explicit Describer(const media::Tracks& tracks);
  void add(const media::Item& item);
  /// Tracks, offsets and events; the describer is done.
  Report finish();
  /// Stream time reached, microseconds.
  std::int64_t position_us() const { return position_us_; }
  std::int64_t pictures() const { return pictures_; }

 private:
  void add_packet(const media::Packet& packet);
  void find_hdr(std::size_t index, const media::Packet& packet);
  void add_event(const media::Event& event);

  media::Tracks tracks_;
  std::vector<TrackMeter> meters_;
  std::vector<bool> seen_;  // by track: a key picture, which tells of high dynamic range
  EventReport events_;
  std::int64_t position_us_ = 0;
  std::int64_t pictures_ = 0;
};

}  // namespace weir::probe
