// The packets of one track that are in no finished segment yet.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/units.h"
#include "hls/segment.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::hls {

class CutLane {
 public:
  explicit CutLane(media::Track track);

  struct Taken {
    bool dropped = false;         ///< No key frame came before it.
    bool new_parameters = false;  ///< A key frame with other parameter sets than the ones before.
    bool new_form = false;        ///< The first packet of another form; new_parameters, too.
  };
  Taken take(media::Packet packet);

  const media::Track& track() const { return track_; }
  /// The newest packet taken, and those that follow, are of this form.
  const media::Track& form() const {
    const FormPtr& newest = changes_.empty() ? first_form_ : changes_.back().form;
    return newest ? *newest : track_;
  }
  /// From the next packet on, of a picture a key frame, the track is as this one.
  void change(media::Track form) {
    next_form_ = std::make_shared<const media::Track>(std::move(form));
  }
  /// The next packet is the first behind a break.
  void note_break();
  /// Of the first packet held.
  const FormPtr& first_form() const { return first_form_; }
  /// How many of the first `count` packets are of the form of the first.
  std::size_t alike(std::size_t count) const;
  /// The first packet behind a break that is no further than `most` from `cut`.
  std::optional<std::size_t> break_near(media::Time cut, Micros most) const;
  /// The packet is the first behind a break, and the open segment has some before it.
  bool behind_break(std::size_t index) const;
  /// A break was told, and nothing came since.
  bool awaits_break() const { return !breaks_.empty() && breaks_.back() == next_serial(); }
  /// As words name it: its rendition, else its number.
  std::string name() const;
  bool started() const { return started_; }
  bool empty() const { return packets_.empty(); }
  std::size_t size() const { return packets_.size(); }
  std::int64_t bytes() const { return bytes_; }
  const media::Packet& packet(std::size_t index) const { return packets_[index]; }
  const media::Packet& back() const { return packets_.back(); }
  /// Of the last packet taken; only when started.
  media::Time last_dts() const { return *last_dts_; }

  /// Length of a picture or of a packet of sound, in the track's base; at least one tick.
  media::Time step() const { return step_; }
  /// A key frame somebody may cut at; not the one the open segment begins with.
  struct Key {
    std::int64_t serial = 0;  ///< Place of its packet among all packets of the track.
    media::Time pts;
  };
  const std::deque<Key>& keys() const { return keys_; }
  std::size_t index_of(const Key& key) const {
    return static_cast<std::size_t>(key.serial - first_);
  }
  /// The key frame that serves a boundary: the first not more than half a picture before it, or,
  /// if that one is more than a picture late, one not more than a picture early. Or nullptr.
  const Key* key_for(media::Time boundary) const;
  /// Where pictures can be parted without a key frame.
  struct Place {
    std::size_t index = 0;  ///< Of the first packet behind it.
    media::Time at;         ///< When the first picture behind it is shown.
  };
  /// The last at or before `at`, or the first after it, where all pictures before are shown before
  /// all those behind. Nothing while more packets may tell.
  std::optional<Place> place_for(media::Time at) const;
  /// In front of the newest packet, when parts went ahead and no choice is left.
  std::optional<Place> newest_place() const;
  /// True when more than a second passes between the packet before `index` and that one.
  bool hole_before(std::size_t index) const;
  /// End of presentation of all packets held; only when not empty.
  media::Time presentation_end() const;

  /// Where decoding goes on after `taken`, the packets just taken out for a segment that ends at
  /// `end`: at the next packet, but not after `end` when a hole follows; where the last one ends
  /// when the rendition is dropped.
  media::Time decode_end(const std::vector<media::Packet>& taken, media::Time end) const;

  /// Takes the first `count` packets out.
  std::vector<media::Packet> take_out(std::size_t count);
  /// The same for packets that go ahead of their segment: a key frame behind them stays a place to
  /// cut at.
  std::vector<media::Packet> take_ahead(std::size_t count);
  /// Something of the open segment went ahead.
  bool ahead() const { return ahead_.has_value(); }
  /// The segment ends here: nothing of the next one went ahead.
  void end_segment();
  /// A segment or a part may begin with the packet: a key frame, or any packet of sound.
  bool independent(std::size_t index) const;
  /// `time` in the track's base.
  media::Time in_base(media::Time time) const {
    return {time.in(track_.time_base), track_.time_base};
  }

  /// By more than half a picture: exact times and rounded stamps may differ by less.
  bool before(media::Time a, media::Time b) const;
  /// Where the next part of the open segment begins.
  media::Time next_part() const {
    return {parts.count > 0 ? parts.next : start.ticks, track_.time_base};
  }

  // Outages: the ladder drops the rendition and brings it back. One is remembered until a segment
  // begins at or after its end.
  /// False, and nothing is changed, when it is so already.
  bool drop(media::Time at);
  bool bring_back(media::Time at);
  bool dropped() const { return !outages_.empty() && !outages_.back().to; }
  bool dropped_at(media::Time at) const;
  bool interrupted() const { return !outages_.empty(); }
  bool interrupted_before(media::Time at) const;
  /// Of the first outage; only when interrupted.
  media::Time outage_begin() const { return outages_.front().from; }
  /// Whether a packet is to be taken: of a dropped rendition only stragglers and the key frame it
  /// comes back with, which ends the outage when no event did.
  enum class Welcome { kNo, kYes, kReturns };
  Welcome welcome(const media::Packet& packet);
  /// How many of the first `count` packets are from before the first outage.
  std::size_t before_outage(std::size_t count) const;
  void forget_outages();

  // The segment being collected, kept by the cutter.
  media::Time start;                   ///< Where it begins.
  bool discontinuity = false;          ///< What it will be marked with.
  bool pending_discontinuity = false;  ///< A break was passed without a cut.
  std::int64_t number = 0;             ///< Segments handed on so far.
  std::int64_t next_boundary = 0;      ///< Number of the boundary to look at next.
  struct PartRun {
    int count = 0;            ///< Of the open segment, handed on.
    std::int64_t next = 0;    ///< Where the last of them ends.
    std::int64_t offset = 0;  ///< From decoding to presentation at the last key frame.
  };
  PartRun parts;
  bool lost = false;   ///< Dropped for want of any input.
  bool leads = false;  ///< It began long before the first picture.
  bool told_off_grid = false;
  bool told_open = false;
  bool told_long = false;
  bool told_no_key = false;

 private:
  struct Outage {
    media::Time from;
    std::optional<media::Time> to;  // empty while it lasts
  };
  std::int64_t next_serial() const { return first_ + std::ssize(packets_); }
  void begin_form();
  bool may_begin_segment(const media::Packet& packet);
  bool changed_parameters(const media::Packet& packet);
  std::int64_t shown_till(const media::Packet& packet) const;
  std::vector<media::Packet> take_front(std::size_t count);
  void learn_step(const media::Packet& packet);

  const media::Track track_;
  struct Ahead {
    media::Time dts;         // of the last packet
    media::Time shown_till;  // end of presentation of all
  };

  struct Change {
    std::int64_t serial = 0;  // of the first packet of the form
    FormPtr form;
  };

  std::deque<media::Packet> packets_;
  FormPtr first_form_, next_form_;   // of packets_.front(); told for the next packet
  std::deque<Change> changes_;       // among packets_, behind the first
  std::deque<std::int64_t> breaks_;  // serials; of no segment's first packet
  std::optional<Ahead> ahead_;
  std::deque<Key> keys_;
  std::int64_t first_ = 0;  // serial of packets_.front()
  std::int64_t bytes_ = 0;
  media::Time step_;
  std::optional<media::Time> last_dts_;
  Bytes parameters_;
  bool started_ = false;
  bool seen_idr_ = false;
  std::deque<Outage> outages_;
  bool awaits_key_ = false;  // nothing came since the last drop
};

}  // namespace weir::hls
