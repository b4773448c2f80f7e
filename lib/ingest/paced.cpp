#include "ingest/paced.h"

#include <algorithm>
#include <utility>

#include "base/wait.h"
#include "media/end_mark.h"

namespace weir::ingest {

Result<std::optional<media::Item>> Paced::next() {
  if (ended_) return std::optional<media::Item>();
  if (held_) return std::exchange(held_, std::nullopt);
  auto item = source_.next();
  if (!item && item.error().code != Code::kStopped) return item;
  if (!item) return end();
  if (!*item && options_.marks_end && !marked_) return fail(media::ended_early());
  if (!*item) return end();
  if (!first_) first_ = media::position(**item);
  position_ = std::max(position_, media::position(**item));
  if (beyond_duration()) return end();
  if (options_.realtime) keep_pace(**item);
  if (options_.anchored && !anchored_) return anchor(std::move(**item));
  if (media::is_end_mark(**item)) {
    marked_ = true;  // ours follows when all is over
    return next();
  }
  report(**item);
  return item;
}

bool Paced::beyond_duration() const {
  return options_.duration && position_.micros() - first_->micros() >= options_.duration->count();
}

std::optional<media::Item> Paced::end() {
  ended_ = true;
  return media::Item(media::make_event(media::event::kEnd, position_));
}

std::optional<media::Item> Paced::anchor(media::Item item) {
  anchored_ = true;
  const media::Time at = media::position(item);
  held_ = std::move(item);
  return media::Item(media::anchor_event(at, clock_.utc_us()));
}

void Paced::keep_pace(const media::Item& item) {
  const auto now = clock_.monotonic();
  const auto at = std::chrono::microseconds(media::position(item).micros());
  if (!begin_) begin_ = now - at;
  wait_for(*begin_ + at - now, stop_);
}

void Paced::report(const media::Item& item) {
  const auto* packet = std::get_if<media::Packet>(&item);
  if (packet == nullptr) return report_change(std::get<media::Event>(item));
  if (options_.health != nullptr) options_.health->take(*packet);
  const auto* track = media::find_track(tracks_, packet->track());
  report_.frames += track != nullptr && track->video() ? 1 : 0;
  report_.bytes_out += packet->raw()->size;
  report_.media_us = position_.micros();
  report_.total_us = options_.total_us;
  progress_.update(report_);
}

void Paced::report_change(const media::Event& event) {
  const auto* changed = media::apply_change(event, tracks_);
  if (changed != nullptr && options_.health != nullptr) options_.health->change(*changed);
}

}  // namespace weir::ingest
