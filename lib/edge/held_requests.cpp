#include "edge/held_requests.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::edge {
namespace {

constexpr std::array<std::string_view, 5> kNames{"Accept-Encoding", "Range", "If-Range",
                                                 "If-None-Match", "If-Modified-Since"};

}  // namespace

KeptRequest::KeptRequest(const HttpRequest& request) {
  for (std::size_t i = 0; i < kFields; ++i) {
    values_[i] = request.field(kNames[i]);
    fields_[i] = {kNames[i], values_[i]};
  }
  view_.fields = fields_;
}

bool HeldRequests::add(HeldRequestPtr held) {
  const std::lock_guard lock(mutex_);
  if (count_ >= most_) return false;
  ++count_;
  held_[held->name].push_back(std::move(held));
  return true;
}

void HeldRequests::take_from(std::vector<HeldRequestPtr>& list, const Which& which,
                             std::vector<HeldRequestPtr>& out) {
  const auto first = std::stable_partition(list.begin(), list.end(),
                                           [&](const auto& each) { return !which(*each); });
  count_ -= static_cast<std::size_t>(list.end() - first);
  out.insert(out.end(), std::make_move_iterator(first), std::make_move_iterator(list.end()));
  list.erase(first, list.end());
}

std::vector<HeldRequestPtr> HeldRequests::take(const std::string& name, const Which& which) {
  const std::lock_guard lock(mutex_);
  std::vector<HeldRequestPtr> out;
  const auto at = held_.find(name);
  if (at == held_.end()) return out;
  take_from(at->second, which, out);
  if (at->second.empty()) held_.erase(at);
  return out;
}

std::vector<HeldRequestPtr> HeldRequests::take_all(const Which& which) {
  std::vector<HeldRequestPtr> out;
  for (const auto& name : names()) {
    auto some = take(name, which);
    out.insert(out.end(), std::make_move_iterator(some.begin()),
               std::make_move_iterator(some.end()));
  }
  return out;
}

bool HeldRequests::remove(const HeldRequest& held) {
  return !take(held.name, [&](const HeldRequest& each) { return &each == &held; }).empty();
}

std::vector<std::string> HeldRequests::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [name, list] : held_) out.push_back(name);
  return out;
}

std::vector<HeldRequestPtr> HeldRequests::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<HeldRequestPtr> out;
  for (const auto& [name, list] : held_) out.insert(out.end(), list.begin(), list.end());
  return out;
}

std::size_t HeldRequests::size() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

bool HeldRequests::any_for(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return held_.contains(name);
}

}  // namespace weir::edge
