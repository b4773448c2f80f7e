#include "ladder/merge.h"

#include <algorithm>

namespace weir::ladder {

Merge::Merge(std::vector<bool> dense, std::int64_t limit) : lanes_(dense.size()), limit_(limit) {
  for (std::size_t i = 0; i < dense.size(); ++i) lanes_[i].dense = dense[i];
}

void Merge::start(media::Time shift) {
  const std::lock_guard lock(mutex_);
  shift_ = shift;
  settle();
}

flow::Flow Merge::push(int lane, media::Packet packet) {
  const std::lock_guard lock(mutex_);
  if (cancelled_) return flow::Flow::kDone;
  packet.raw()->stream_index = lane;
  lanes_[static_cast<std::size_t>(lane)].packets.push_back(std::move(packet));
  settle();
  return flow::Flow::kMore;
}

void Merge::push_event(media::Event event) {
  const std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
  settle();
}

void Merge::insert_event(media::Event event) {
  const std::lock_guard lock(mutex_);
  const auto later = [&](const media::Event& other) { return other.at > event.at; };
  events_.insert(std::find_if(events_.begin(), events_.end(), later), std::move(event));
  settle();
}

void Merge::advance(int lane, media::Time time) {
  const std::lock_guard lock(mutex_);
  lanes_[static_cast<std::size_t>(lane)].reached = time;
  settle();
}

void Merge::finish(int lane) {
  const std::lock_guard lock(mutex_);
  lanes_[static_cast<std::size_t>(lane)].finished = true;
  settle();
}

void Merge::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  wake_.notify_all();
}

bool Merge::wait_for_room() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return cancelled_ || ready_bytes_ < limit_; });
  return !cancelled_;
}

bool Merge::holds_back(const Lane& lane, media::Time dts) const {
  if (!lane.packets.empty() || lane.finished) return false;
  return !lane.reached || *lane.reached <= dts;
}

Merge::Lane* Merge::earliest() {
  Lane* first = nullptr;
  for (auto& lane : lanes_)
    if (!lane.packets.empty() &&
        (first == nullptr || lane.packets.front().dts() < first->packets.front().dts()))
      first = &lane;
  return first;
}

void Merge::move(media::Packet& packet) const {
  packet.shift(*shift_);
}

// Everything whose place in the order is certain moves on to the reader.
void Merge::settle() {
  while (shift_) {
    Lane* lane = earliest();
    if (lane == nullptr) break;
    auto& packet = lane->packets.front();
    const auto dts = packet.dts();
    if (std::any_of(lanes_.begin(), lanes_.end(),
                    [&](const Lane& l) { return holds_back(l, dts); }))
      break;
    while (!events_.empty() && lane->dense && packet.pts() >= events_.front().at) release_event();
    move(packet);
    media::Item item(std::move(packet));
    lane->packets.pop_front();
    ready_bytes_ += media::cost(item);
    ready_.push_back(std::move(item));
  }
  while (shift_ && over() && !events_.empty()) release_event();
  wake_.notify_all();
}

void Merge::release_event() {
  media::Event event = std::move(events_.front());
  events_.pop_front();
  media::shift_event(event, *shift_);
  ready_.push_back(std::move(event));
}

bool Merge::over() const {
  return std::all_of(lanes_.begin(), lanes_.end(),
                     [](const Lane& l) { return l.finished && l.packets.empty(); });
}

media::Time Merge::position() {
  const std::lock_guard lock(mutex_);
  return position_;
}

Result<std::optional<media::Item>> Merge::next() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return cancelled_ || !ready_.empty() || over(); });
  if (cancelled_ || ready_.empty()) return std::optional<media::Item>();
  media::Item item = std::move(ready_.front());
  ready_.pop_front();
  if (std::holds_alternative<media::Packet>(item)) {
    ready_bytes_ -= media::cost(item);
    position_ = media::position(item);
  }
  wake_.notify_all();
  return std::optional(std::move(item));
}

}  // namespace weir::ladder
