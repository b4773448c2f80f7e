// Several files of one presentation read as one stream, as if a ladder had written it to a pipe.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flow/read_ahead.h"
#include "formats/input.h"

namespace weir::publish {

/// Packets and events of all inputs in order of dts; those of one input keep their order. Inputs
/// share one time axis.
///
/// Time       Where none is a pipe stream, all are moved by one shift, as the tracks of one file
///            are: what begins later in its file begins later.
/// Tracks     Numbered anew. With more than one input, a picture without a rendition name gets the
///            name of its file without folder and extension. A sound track that an earlier input
///            has as well (same parameters, same first packets) is left out.
/// Events     Those of the first input; of the others only `rendition`, its track numbered anew,
///            and `end`, which decides (see next()).
/// Failure    As formats::Input; the message names the file.
/// Threads    None of its own until read_ahead().
class MergedInput : public flow::PatientSource<media::Item> {
 public:
  /// `urls` is not empty.
  static Result<std::unique_ptr<MergedInput>> open(const std::vector<std::string>& urls,
                                                   const formats::InputOptions& options);

  /// An `end` event comes only when every input that marks its end has done so. Waits as long as it
  /// takes before read_ahead().
  Result<flow::Awaited<media::Item>> next_within(std::chrono::nanoseconds patience) override;

  /// From now on every input is read by a thread of its own, some megabytes ahead. `stop`, which
  /// the inputs were opened with, is borrowed, and requested on destruction before their end.
  void read_ahead(StopSource& stop);

  const media::Tracks& tracks() const { return tracks_; }
  bool has_events() const;
  /// The longest of all; empty when one of them is not known.
  std::optional<Micros> duration() const;

 private:
  struct Lane {
    std::unique_ptr<formats::Input> input;
    std::unique_ptr<flow::ReadAhead<media::Item>> reader;  // uses `input` alone while it is there
    media::Time own_shift;
    bool has_events = false;
    std::string name;
    std::deque<media::Item> ahead;  // read, not handed out
    std::vector<int> numbers;       // new number of each of its tracks, -1: left out
    bool ended = false;
    bool end_marked = false;
  };

  void fix_shift();
  void shift(const Lane& lane, media::Item& item) const;
  Result<bool> fill(Lane& lane, std::chrono::nanoseconds patience);
  Result<void> look_ahead(Lane& lane);
  void take_tracks(Lane& lane, bool first);
  bool already_taken(const Lane& lane, const media::Track& track) const;
  std::optional<media::Item> pass_on(Lane& lane, media::Item item);
  static std::optional<media::Item> renumbered(const Lane& lane, media::Event event);

  std::vector<Lane> lanes_;
  media::Tracks tracks_;
  std::optional<media::Time> shift_;  // in place of that of each lane
};

}  // namespace weir::publish
