#include "ingest/loop_input.h"

#include <algorithm>

#include "media/end_mark.h"

namespace weir::ingest {

Result<std::unique_ptr<formats::Input>> LoopInput::open(Opener opener, std::int64_t times,
                                                        std::optional<Micros> most) {
  std::unique_ptr<LoopInput> self(new LoopInput(std::move(opener), times, most));
  WEIR_TRY_ASSIGN(self->current_, self->opener_(most));
  self->tracks_ = self->current_->tracks();
  self->name_ = self->current_->name();
  self->leader_ = media::main_video(self->tracks_);
  if (self->leader_ == nullptr) self->leader_ = &self->tracks_.front();
  return std::unique_ptr<formats::Input>(std::move(self));
}

std::optional<Micros> LoopInput::duration() const {
  const auto once = current_->duration();
  if (!once || times_ == 0) return most_;
  return std::min(*once * times_, most_.value_or(Micros::max()));
}

void LoopInput::measure(const media::Packet& packet) {
  if (packet.track() != leader_->index) return;
  const media::Time end{packet.raw()->pts + std::max<std::int64_t>(packet.raw()->duration, 1),
                        packet.base()};
  if (!begin_ || packet.pts() < *begin_) begin_ = packet.pts();
  if (end_.ticks == 0 || end > end_) end_ = end;
}

void LoopInput::move(media::Item& item) const {
  media::shift_item(item, {length_.ticks * round_, length_.base});
}

// What is left of a round's sound when its picture is over plays first; the next round's sound
// joins where that ends.
bool LoopInput::surplus(const media::Item& item) {
  const auto* packet = std::get_if<media::Packet>(&item);
  if (packet == nullptr) return media::is_end_mark(item) && !last_round();
  const media::Time end{packet->raw()->dts + packet->raw()->duration, packet->base()};
  auto [last, first] = ends_.try_emplace(packet->track(), end);
  const std::int64_t slack = packet->raw()->duration / 2;
  if (!first && packet->raw()->dts + slack < last->second.ticks) return true;
  last->second = end;
  return false;
}

Result<std::optional<media::Item>> LoopInput::next() {
  while (true) {
    WEIR_TRY_ASSIGN(auto item, current_->next());
    if (item) {
      // The next round would begin with the codec of the first.
      if (const auto* event = std::get_if<media::Event>(&*item))
        WEIR_TRY(media::refuse_change(*event, tracks_));
      if (const auto* packet = std::get_if<media::Packet>(&*item); packet && round_ == 0)
        measure(*packet);
      move(*item);
      if (surplus(*item)) continue;
      return item;
    }
    if (last_round() || !begin_) return item;
    WEIR_TRY(begin_round());
    if (reached_most()) return item;
  }
}

// A round that was cut short lasts to the end of its last picture: not less than was left.
Result<void> LoopInput::begin_round() {
  if (round_ == 0) length_ = {end_.ticks - begin_->ticks, end_.base};
  ++round_;
  if (most_) left_ = *most_ - Micros(media::Time{length_.ticks * round_, length_.base}.micros());
  if (reached_most()) return {};
  WEIR_TRY_ASSIGN(current_, opener_(left_));
  return {};
}

}  // namespace weir::ingest
