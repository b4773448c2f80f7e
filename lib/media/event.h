// What travels beside the packets: one JSON object, stamped with stream time (man page
// weir-pipe(7)).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "media/packet.h"
#include "media/time.h"
#include "media/track.h"

namespace weir::media {

/// Kinds Weir writes itself; any other kind passes through untouched.
namespace event {
inline constexpr std::string_view kTrack = "track";
inline constexpr std::string_view kAnchor = "anchor";
inline constexpr std::string_view kDiscontinuity = "discontinuity";
inline constexpr std::string_view kGap = "gap";
inline constexpr std::string_view kSegment = "segment";
inline constexpr std::string_view kCue = "cue";
inline constexpr std::string_view kRendition = "rendition";
inline constexpr std::string_view kEnd = "end";
}  // namespace event

struct Event {
  Time at;  ///< Stream time it belongs to; also in `body` as "pts" and "base", exact.
  boost::json::object body;  ///< "event" names the kind.

  std::string_view kind() const;
  /// A member as text or as a number; empty when absent or of another type.
  std::optional<std::string> text(std::string_view key) const;
  std::optional<std::int64_t> number(std::string_view key) const;
  /// A member written by set_time().
  std::optional<Time> time(std::string_view key) const;
  void set_time(std::string_view key, Time value);
};

/// An event of `kind` at `at`.
Event make_event(std::string_view kind, Time at);
/// One line of JSON, and back. Unknown kinds and members survive; anything but an object with a
/// known "event" string and a valid time is kBadInput.
std::string to_json(const Event& event);
Result<Event> parse_event(std::string_view json);

/// What NUT drops of a track: rates, rotation, priming, colour, language, rendition.
Event track_event(const Track& track, Time at);
/// Puts what a track event says into the track of that index; others stay as they are.
void apply_track_event(const Event& event, Tracks& tracks);

/// In mid-stream: what follows of this track is as `track` has it, of another codec than before.
/// Its index and time base stay. The next packet of a picture is a key picture.
Event change_event(const Track& track, Time at);
/// The track an event of that kind is about, as it is from there on; empty for any other event, for
/// a track that is not in `tracks`, and where the codec is not known here.
std::optional<Track> changed_track(const Event& event, const Tracks& tracks);
/// Puts that track in the place of the one it was; the new one, or nullptr when nothing changed.
const Track* apply_change(const Event& event, Tracks& tracks);
/// For who cannot go on with another codec: kBadInput for such a change of one of `tracks`.
Result<void> refuse_change(const Event& event, const Tracks& tracks);

/// The cut grid: the segment with this number starts at `at` and is `length` long by plan.
Event segment_event(std::int64_t number, Time at, Time length);
/// Stream time `at` was on air at this UTC (microseconds since 1970).
Event anchor_event(Time at, std::int64_t utc_us);

/// A SCTE-35 section that arrived at `at`; `splice` is when what it says takes place, empty for at
/// once.
Event cue_event(Time at, ByteView section, std::optional<Time> splice);
/// The section of such an event; empty for any other, and when it is not base64.
std::optional<Bytes> cue_section(const Event& event);
/// When its splice is: `at` when it says nothing else.
Time cue_time(const Event& event);

/// Moves an event, and every moment of stream time it tells, by so much.
void shift_event(Event& event, Time by);

/// A picture track is dropped: from `at`, where every other rendition has an IDR picture, no packet
/// of it comes until it is back; the first one then is an IDR picture.
Event rendition_event(const Track& track, bool dropped, Time at);
struct RenditionChange {
  int track = 0;
  bool dropped = false;  ///< Else it is back.
};
/// What such an event says; empty for any other event, and when members are missing.
std::optional<RenditionChange> rendition_change(const Event& event);

/// The one kind of thing that flows between stages.
using Item = std::variant<Packet, Event>;

/// A copy that shares the bytes of a packet.
Item share(const Item& item);
/// Bytes an item holds, for queues and budgets.
std::int64_t cost(const Item& item);
/// Moves it and every moment of stream time it tells by so much.
void shift_item(Item& item, Time by);
/// Its place in stream time: dts of a packet, time of an event.
Time position(const Item& item);

}  // namespace weir::media
