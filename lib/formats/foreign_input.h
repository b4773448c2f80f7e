// An input that Weir did not write: its packets are brought into canonical form.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "formats/canonical.h"
#include "formats/demuxer.h"
#include "formats/input.h"

namespace weir::formats {

/// A transport stream may go on with other codecs (Demuxer::next_section): a `discontinuity` event
/// then, and before the first packet of each track whose form is another a `track` event
/// (media::change_event). Streams find their tracks by PID, else by kind in order; those without
/// one are left out.
class ForeignInput : public Input {
 public:
  static Result<std::unique_ptr<Input>> open(std::unique_ptr<Demuxer> demuxer,
                                             const InputOptions& options);

  Result<std::optional<media::Item>> next() override;
  const media::Tracks& tracks() const override { return tracks_; }
  const std::string& name() const override { return demuxer_->name(); }
  bool seekable() const override { return demuxer_->seekable(); }
  std::optional<Micros> duration() const override;
  std::string container() const override { return demuxer_->context()->iformat->name; }
  bool has_events() const override { return false; }

 private:
  struct Source {                          // one stream of the container
    std::unique_ptr<Canonical> canonical;  // null: not wanted
    bool cues = false;                     // carries SCTE-35 sections
    bool seen = false;                     // gave its first packet
    bool over = false;                     // reached the end that was asked for
    bool changed = false;                  // its first packet is of another codec than the track
    media::Time end;                       // of its last packet
  };

  ForeignInput(std::unique_ptr<Demuxer> demuxer, const InputOptions& options)
      : demuxer_(std::move(demuxer)), options_(options) {}
  Result<void> open_tracks();
  Result<void> open_track(AVStream& stream, int index);
  Result<void> read_ahead();
  Result<bool> read_one();
  Result<void> check_codec(const Source& source, const media::Packet& packet) const;
  void fix_shift();
  void take(Source& source, std::deque<media::Packet>& packets);
  void hand_on(Source& source, media::Packet packet);
  void take_cue(const media::Packet& packet);
  void shift(media::Item& item) const;
  bool beyond_end(const media::Item& item);
  Result<void> check_complete() const;
  bool all_seen() const;
  bool all_over() const;

  // Later sections of a transport stream.
  Result<bool> begin_section();
  std::map<int, int> match_streams() const;
  media::Time end_of_tracks() const;
  void take_in_section(Source& source, media::Packet packet);
  bool has_pictures() const;
  void go_on(Source& source, media::Packet packet);
  void place_section(const media::Packet& first);
  void release_section();
  void tell_change(Source& source);

  std::unique_ptr<Demuxer> demuxer_;
  InputOptions options_;
  media::Tracks tracks_;
  std::vector<Source> sources_;          // by stream index of the container
  std::deque<media::Item> ready_;        // read, not yet handed out
  media::Time shift_;                    // added to every stamp
  std::map<int, int> ids_;               // of the container's streams, by track
  media::Tracks forms_;                  // tracks_ as they are in this section
  bool in_section_ = false;              // a later one than the first
  media::Time section_begin_;            // where those before ended
  media::Time section_shift_;            // added to stamps of this one beside shift_
  bool placed_ = true;                   // that is known
  std::vector<media::Packet> unplaced_;  // until it is
  std::map<int, media::Time> last_dts_;  // by track
  std::optional<media::Time> limit_;     // stamps at or after it are not handed out
  bool corrupt_ = false;                 // the last packet was cut off
  std::optional<media::Time> latest_;    // dts of the last packet in canonical form
  bool told_damaged_cue_ = false;
};

}  // namespace weir::formats
