// Tags in, canonical packets out: the demuxer behind FLV files, FLV pipes and RTMP sessions.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "base/units.h"
#include "flv/tag.h"
#include "formats/flv_lane.h"
#include "formats/input.h"
#include "media/event.h"
#include "media/repairs.h"
#include "media/track.h"

namespace weir::formats {

struct FlvCounters {
  std::int64_t damaged_tags = 0;     ///< Could not be taken apart.
  std::int64_t frames_unusable = 0;  ///< Came before their configuration, or were damaged.
  std::int64_t frames_unwanted = 0;  ///< Of tracks that are not in tracks().
};

/// One FLV stream. An RTMP message of type 8, 9, 18 is a tag.
///
/// Tracks     Known when ready() is true; then packets can be had. Until then frames are kept: till
///            sound and pictures have come and enough of them to know the frame rate, at most
///            `track_wait` of stream time, 4096 frames or 64 MB. A kind that header flags and
///            onMetaData do not promise is waited for half as long; what came is believed.
///            Tracks are in the order of their first tags; each track of a multitrack stream is
///            one.
/// Items      As Input hands them out, but for the shift: stamps are those of the stream.
/// Repair     One bad tag is one lost tag. Frames in front of their configuration are lost;
///            pictures of H.264 and HEVC with parameter sets in them need none. A codec nothing
///            here reads is left out; so is a track that turns up after ready(). Each is said once
///            in the log and counted.
/// Change     A new configuration of pictures goes into the next key frame. Sound that changes its
///            codec, rate, channels or kind of AAC is left out until the next key picture (without
///            pictures: until its own next frame), pictures of another codec until their own, and
///            the track goes on from there behind a `discontinuity` and a `track` event
///            (media::change_event). Another codec within the first frames, or one nothing here
///            reads, is left out while it is so.
/// Time       Tags come with stamps that are unwound.
class FlvStream {
 public:
  /// `name` is what words call the stream; `log` and `repairs` are borrowed and may be null.
  explicit FlvStream(std::string name, Log* log = nullptr, media::Repairs* repairs = nullptr,
                     Micros track_wait = kTrackWait)
      : name_(std::move(name)), log_(log), repairs_(repairs), track_wait_(track_wait) {}

  /// From now on `anchor` events stand for onUtc tags.
  void tell_dates() { dates_ = true; }
  /// What the file header promises.
  void promise(bool audio, bool video);
  /// kUnsupported, naming them, when the stream has but codecs nothing here reads; kBadInput when
  /// nothing of it can be decoded.
  Result<void> push(const flv::TagView& tag);
  /// No more tags come. kBadInput when there never was a frame to be read.
  Result<void> finish();
  /// Tags go on somewhere else in the same stream; what was kept is forgotten. After ready() only.
  Result<void> restart();

  bool ready() const { return ready_; }
  /// As they are behind all that was pushed.
  const media::Tracks& tracks() const { return tracks_; }
  /// The next packet or event, or nothing until more was pushed.
  std::optional<media::Item> next();
  const FlvCounters& counters() const { return counters_; }
  /// The last part of pictures said that no more come.
  bool ended() const { return ended_; }

 private:
  struct Kept {
    std::size_t lane;
    media::Packet packet;
  };

  /// What takes the place of a lane when a frame can be cut at.
  struct Heir {
    std::unique_ptr<FlvLane> lane;
    std::optional<media::Packet> last;  // the frame it would begin with
  };

  FlvLane* lane_of(flv::TagType type, const flv::BodyPart& part);
  Result<void> take(flv::TagType type, const flv::BodyPart& part, std::int64_t dts_ms);
  /// A frame that waits for sound to change with it.
  struct Held {
    flv::BodyPart part;
    Bytes bytes;
    std::int64_t dts_ms;
  };

  bool sound_is_due() const;
  bool holds(const FlvLane& lane, const flv::BodyPart& part, std::int64_t dts_ms);
  bool held_enough() const;
  Result<void> release();
  FlvLane* heir_of(const FlvLane& lane, const flv::BodyPart& part);
  Result<void> take_heir_frame(FlvLane& lane, const flv::BodyPart& part, media::Time at);
  Result<void> succeed(FlvLane& lane, media::Time at);
  void change(const media::Track& now, media::Time at);
  Result<void> turn_sound(media::Time at);
  void turn(FlvLane& lane, media::Time at);
  void hand_on(const FlvLane& lane, std::deque<media::Packet>& packets);
  Result<void> push(FlvLane& lane, media::Packet packet);
  Result<std::optional<media::Packet>> packet_of(FlvLane& lane, const flv::BodyPart& part,
                                                 std::int64_t dts_ms);
  Result<void> take_frame(FlvLane& lane, const flv::BodyPart& part, std::int64_t dts_ms);
  void read_metadata(const flv::TagView& tag);
  void tell_date();
  void count_lost(std::int64_t FlvCounters::*what);
  bool seen(flv::TagType type) const;
  bool known_rates() const;
  bool kept_enough() const;
  Result<void> open_tracks();
  Result<void> open_lane(std::size_t index);
  tl::unexpected<Error> nothing_to_read() const;
  template <typename... Args>
  void say_once(std::string_view key, fmt::format_string<Args...> format, Args&&... args);

  std::string name_;
  Log* log_;
  media::Repairs* repairs_;
  const Micros track_wait_;
  bool audio_promised_ = false;
  bool video_promised_ = false;
  bool dates_ = false;
  std::map<std::pair<flv::TagType, int>, FlvHints> hints_;
  std::vector<std::unique_ptr<FlvLane>> lanes_;
  std::map<const FlvLane*, Heir> heirs_;
  std::deque<Held> held_;
  bool heard_ = false;  // sound has come since the first of them
  std::vector<std::string> said_;
  std::deque<Kept> kept_;
  std::int64_t kept_bytes_ = 0;
  std::optional<std::int64_t> first_ms_;  // of the frames that are kept
  std::int64_t last_ms_ = 0;
  media::WrapCount wraps_;
  bool ready_ = false;
  bool ended_ = false;
  media::Tracks tracks_;
  std::optional<media::Event> date_;  // not yet told
  std::deque<media::Item> out_;
  FlvCounters counters_;
};

}  // namespace weir::formats
