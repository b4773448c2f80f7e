#include "edge/hub.h"

#include <algorithm>

namespace weir::edge {

Publication::Publication(Publication&& other) noexcept
    : hub_(std::exchange(other.hub_, nullptr)),
      name_(std::move(other.name_)),
      number_(other.number_) {}

Publication::~Publication() {
  if (hub_ != nullptr) hub_->leave(name_, number_);
}

void Publication::take(const flv::Tag& tag) {
  hub_->take(name_, number_, tag);
}

Result<Publication> Hub::publish(const std::string& name,
                                 std::function<void(std::string_view)> put_out) {
  if (closed_) return fail(Code::kRefused, "the server is about to end");
  auto found = streams_.find(name);
  if (found == streams_.end()) {
    if (streams_.size() >= limits_.streams)
      return fail(Code::kRefused, "there are {} streams already", streams_.size());
    found = streams_.try_emplace(name, limits_.live, clock_).first;
  }
  Entry& entry = found->second;
  if (entry.publisher != 0) WEIR_TRY(take_over(entry));
  entry.publisher = ++numbers_;
  entry.put_out = std::move(put_out);
  entry.live.begin();
  return Publication(*this, name, entry.publisher);
}

Result<void> Hub::take_over(Entry& entry) {
  WEIR_TRY(entry.takeovers.add(clock_.monotonic(), limits_.most_changes));
  put_out(entry, "another publisher has taken over");
  return {};
}

void Hub::put_out(Entry& entry, std::string_view why) {
  entry.publisher = 0;
  if (const auto put_out = std::exchange(entry.put_out, nullptr)) put_out(why);
}

void Hub::close() {
  closed_ = true;
  for (auto& [name, entry] : streams_) {
    put_out(entry, "the server is about to end");
    entry.live.end();
  }
}

void Hub::take(std::string_view name, std::uint64_t number, const flv::Tag& tag) {
  const auto found = streams_.find(name);
  if (found != streams_.end() && found->second.publisher == number) found->second.live.take(tag);
}

void Hub::leave(std::string_view name, std::uint64_t number) {
  const auto found = streams_.find(name);
  if (found == streams_.end() || found->second.publisher != number) return;
  found->second.publisher = 0;
  found->second.put_out = nullptr;
  found->second.left = clock_.monotonic();
}

Result<std::unique_ptr<Viewer>> Hub::play(std::string_view name, ViewerOwner& owner, Form form,
                                          Via via) {
  const auto found = streams_.find(name);
  if (found == streams_.end() || found->second.live.ended())
    return fail(Code::kRefused, "there is no such stream");
  return std::make_unique<Viewer>(found->second.live, owner, form, via);
}

std::optional<std::chrono::nanoseconds> Hub::due() const {
  std::optional<std::chrono::nanoseconds> first;
  const auto consider = [&](std::chrono::nanoseconds at) {
    first = std::min(first.value_or(at), at);
  };
  for (const auto& [name, entry] : streams_) {
    if (const auto at = entry.live.due()) consider(*at);
    if (entry.publisher == 0 && !entry.live.ended())
      consider(entry.left + limits_.reconnect_window);
  }
  return first;
}

void Hub::tick() {
  const auto now = clock_.monotonic();
  for (auto& [name, entry] : streams_) {
    entry.live.tick();
    if (entry.publisher == 0 && !entry.live.ended() && now - entry.left >= limits_.reconnect_window)
      entry.live.end();
  }
  std::erase_if(streams_, [](const auto& one) {
    return one.second.publisher == 0 && one.second.live.ended() && one.second.live.viewers() == 0;
  });
}

std::size_t Hub::viewers() const {
  std::size_t count = 0;
  for (const auto& [name, entry] : streams_) count += entry.live.viewers();
  return count;
}

void Hub::each(const Look& look) const {
  for (const auto& [name, entry] : streams_) look(name, entry.live, entry.publisher != 0);
}

const LiveStream* Hub::find(std::string_view name) const {
  const auto found = streams_.find(name);
  return found != streams_.end() ? &found->second.live : nullptr;
}

}  // namespace weir::edge
