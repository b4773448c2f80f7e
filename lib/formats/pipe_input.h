// A pipe stream that Weir wrote: packets are canonical already, events tell what NUT leaves out.
#pragma once

#include <map>
#include <memory>

#include "formats/demuxer.h"
#include "formats/dts_clock.h"
#include "formats/input.h"

namespace weir::formats {

/// Tag of the event track, a data stream without a codec.
inline constexpr unsigned kEventTag = MKTAG('W', 'E', 'V', 'T');
/// The index of the event track of an opened container; -1 for a foreign stream.
int find_event_stream(const AVFormatContext& context);

class PipeInput : public Input {
 public:
  static Result<std::unique_ptr<Input>> open(std::unique_ptr<Demuxer> demuxer,
                                             const InputOptions& options);

  Result<std::optional<media::Item>> next() override;
  const media::Tracks& tracks() const override { return tracks_; }
  const std::string& name() const override { return demuxer_->name(); }
  bool seekable() const override { return demuxer_->seekable(); }
  std::optional<Micros> duration() const override { return {}; }
  std::string container() const override { return "nut"; }
  bool has_events() const override { return true; }

 private:
  PipeInput(std::unique_ptr<Demuxer> demuxer, int events)
      : demuxer_(std::move(demuxer)), event_stream_(events) {}
  Result<void> open_tracks();
  Result<void> read_track_events();
  Result<media::Item> restore(media::Packet packet);
  void start_clock(const media::Track& track);

  std::unique_ptr<Demuxer> demuxer_;
  int event_stream_;
  media::Tracks tracks_;
  media::Tracks forms_;  // the same as they are by now
  std::map<int, DtsClock> dts_clocks_;
};

}  // namespace weir::formats
