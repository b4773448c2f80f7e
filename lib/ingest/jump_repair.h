// Foreign streams whose stamps jump: what is lost becomes gaps, what begins anew goes on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/log.h"
#include "base/units.h"
#include "flow/stage.h"
#include "media/event.h"
#include "media/repairs.h"
#include "media/track.h"

namespace weir::ingest {

/// A jump     Stamps that go on more than `patience` behind all that came, in whatever track, or
///            that go back by more than half a second. What follows is held, for two seconds of it
///            at most, until the other tracks have jumped too; a single packet whose stamps are
///            far from those before and behind it is dropped.
/// Loss       Forward, and no more than ten minutes: a `gap` event up to where the stream goes on.
/// Reset      Any other: all tracks are moved by one offset, to where the stream was, behind a
///            `discontinuity` event.
/// Pictures   After a jump from the next key frame on; sound held with it not from before.
/// Else       Items pass in order and untouched. `gap` and `discontinuity` events that come count
///            as time that passed.
class JumpRepair : public flow::Stage<media::Item, media::Item> {
 public:
  /// `log`, `next` and `repairs` are borrowed; `repairs` may be null.
  JumpRepair(const media::Tracks& tracks, Micros patience, Log& log, flow::Sink<media::Item>& next,
             media::Repairs* repairs = nullptr);

  Result<flow::Flow> push(media::Item item) override;
  Result<void> finish() override;

 private:
  struct Lane {
    bool is_video = false;
    bool begun = false;
    bool jumped = false;  // what comes is held
    bool awaits_key = false;
    std::int64_t last = 0;  // dts of the last packet that was handed on, moved
  };

  Result<flow::Flow> take(media::Packet packet);
  bool is_jump(const Lane& lane, std::int64_t at) const;
  bool continues(const Lane& lane, std::int64_t at) const;
  void forget_jump(int track, Lane& lane);
  bool all_jumped() const;
  Result<flow::Flow> hold(media::Packet packet, Lane& lane);
  Result<flow::Flow> release();
  std::int64_t new_begin() const;
  void begin_anew(std::int64_t at);
  void drop_sound_before(std::int64_t begin);
  Result<flow::Flow> tell_jump(std::int64_t begin);
  Result<flow::Flow> hand_on(media::Packet packet, Lane& lane);

  const std::int64_t patience_;  // all times are microseconds
  Log& log_;
  media::Repairs* repairs_;
  std::map<int, Lane> lanes_;
  std::int64_t position_ = 0;  // end of all that was handed on
  std::int64_t offset_ = 0;    // all stamps are moved by it
  std::vector<media::Packet> held_;
  std::int64_t held_bytes_ = 0;
};

}  // namespace weir::ingest
