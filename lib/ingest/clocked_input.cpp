#include "ingest/clocked_input.h"

#include <algorithm>
#include <utility>

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr nanoseconds kStep = 500ms;   // between two gap events
constexpr nanoseconds kExact = 100ms;  // a whole number of ticks in all usual time bases

nanoseconds time_of(const media::Item& item) {
  return Micros(media::position(item).micros());
}
media::Time to_time(nanoseconds at) {
  return {std::chrono::duration_cast<Micros>(at).count(), media::kMicros};
}
double seconds(nanoseconds length) {
  return std::chrono::duration<double>(length).count();
}

}  // namespace

Result<std::optional<media::Item>> ClockedInput::next() {
  using State = flow::Awaited<media::Item>::State;
  while (true) {
    if (!ready_.empty()) {
      media::Item item = std::move(ready_.front());
      ready_.pop_front();
      return item;
    }
    if (ended_) return std::nullopt;
    const auto at = due();
    const nanoseconds wait = at ? std::max(0ns, *at - clock_.monotonic()) : flow::kForEver;
    WEIR_TRY_ASSIGN(auto awaited, input_.next_within(wait));
    if (awaited.state == State::kItem) take(std::move(*awaited.item), clock_.monotonic());
    if (awaited.state == State::kNothingYet)
      if (auto event = gap(clock_.monotonic())) return std::move(*event);
    if (awaited.state != State::kEnd) continue;
    ended_ = true;
    std::swap(ready_, held_);
  }
}

std::optional<ClockedInput::Point> ClockedInput::due() const {
  if (!start_) return {};
  if (till_) return told_ + kStep;
  return std::max(arrival_, *start_ + latest_) + patience_;
}

std::optional<media::Event> ClockedInput::gap(Point now) {
  if (!due() || now < *due()) return {};
  if (!till_) {
    media::count(repairs_, &media::Repairs::stalls);
    log_.warning("nothing has come for {:.1f} s: gaps are listed until something does",
                 seconds(now - arrival_));
  }
  till_ = std::max(till_.value_or(latest_), stream_time(now) - patience_);
  told_ = now;
  return media::make_event(media::event::kGap, to_time(*till_));
}

void ClockedInput::take(media::Item item, Point now) {
  const bool is_packet = std::holds_alternative<media::Packet>(item);
  if (till_ && !is_packet) {
    held_.push_back(std::move(item));
    return;
  }
  if (till_) take_return(time_of(item) + offset_, now);
  hand_on(std::move(item));
  if (!is_packet) return;
  const Point at = time_of(ready_.back());
  if (!start_) start_ = now - at;
  latest_ = std::max(latest_, at);
  arrival_ = now;
}

void ClockedInput::take_return(Point at, Point now) {
  log_.info("the input is back after {:.1f} s", seconds(now - arrival_));
  if (at < *till_) {
    const Point by = (stream_time(now) - at) / kExact * kExact;
    offset_ += by;
    media::count(repairs_, &media::Repairs::resets);
    log_.warning("its stamps do not count that time: they are moved by {:.1f} s", seconds(by));
    ready_.push_back(media::make_event(media::event::kDiscontinuity, to_time(at + by)));
  }
  till_.reset();
  for (auto& event : std::exchange(held_, {})) hand_on(std::move(event));
}

void ClockedInput::hand_on(media::Item item) {
  if (offset_ != 0ns) media::shift_item(item, to_time(offset_));
  ready_.push_back(std::move(item));
}

}  // namespace weir::ingest
