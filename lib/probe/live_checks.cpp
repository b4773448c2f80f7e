#include "probe/live_checks.h"

#include <algorithm>

#include "probe/json_text.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

// Asked so much before the file may go: the clock of the server is not ours.
constexpr std::int64_t kMargin = 1'000'000;

std::int64_t margin(std::int64_t keep_us) {
  return std::min(kMargin, keep_us / 10);
}

}  // namespace

void LiveChecks::add_listed(LiveCheck check) {
  if (listed_.size() >= kMostListed) listed_.pop_front();
  listed_.push_back(std::move(check));
}

void LiveChecks::listed(const LivePlaylist& list, const LivePosition& from, std::int64_t at_us) {
  const auto parts = [&](const std::vector<LivePart>& all, std::int64_t number) {
    for (std::size_t i = 0; i < all.size(); ++i)
      if ((number > from.number || std::int64_t(i) > from.part) && !all[i].gap)
        add_listed({LiveCheck::Why::kListed, all[i].uri, all[i].line, at_us, 0, 0});
  };
  for (std::int64_t n = std::max(from.number, list.first()); n < list.next(); ++n) {
    const auto& segment = *list.find(n);
    parts(segment.parts, n);
    if (!segment.gap) add_listed({LiveCheck::Why::kListed, segment.uri, segment.line, at_us, 0, 0});
  }
  parts(list.open, list.next());
}

void LiveChecks::begin(const Reload& first) {
  listed(first.list, {std::max(first.list.first(), first.list.next() - kFirst), -1},
         first.answered_us);
}

void LiveChecks::removed(LiveCheck::Why why, const std::string& uri, const Reload& before,
                         std::int64_t keep_us) {
  if (removed_.size() >= kMostRemoved) return;
  // It may have gone right behind the version that had it.
  const std::int64_t due = before.asked_us + keep_us - margin(keep_us);
  removed_.push_back({why, uri, 0, due, before.asked_us, keep_us});
}

void LiveChecks::update(const Reload& before, const Reload& now) {
  const auto &old = before.list, &fresh = now.list;
  const std::int64_t end = std::min(old.next(), fresh.first());
  for (std::int64_t n = old.first(); n < end; ++n) {
    const auto& segment = *old.find(n);
    if (!segment.gap)
      removed(LiveCheck::Why::kRemoved, segment.uri, before,
              segment.duration_us + old.duration_us());
  }
  for (std::int64_t n = old.first(); n < old.next(); ++n) {
    const auto* still = fresh.find(n);
    if (still != nullptr && !still->parts.empty()) continue;
    for (const auto& part : old.find(n)->parts)
      if (!part.gap) removed(LiveCheck::Why::kOldPart, part.uri, before, 3 * old.target_us);
  }
  const LivePosition awaited = old.awaited();
  listed(fresh, {awaited.number, awaited.part < 0 ? -1 : awaited.part - 1}, now.answered_us);
}

std::optional<LiveCheck> LiveChecks::take(std::int64_t now_us) {
  if (!listed_.empty()) {
    LiveCheck out = std::move(listed_.front());
    listed_.pop_front();
    return out;
  }
  const auto due = std::ranges::min_element(removed_, {}, &LiveCheck::due_us);
  if (due == removed_.end() || due->due_us > now_us) return {};
  LiveCheck out = std::move(*due);
  removed_.erase(due);
  return out;
}

std::optional<std::int64_t> LiveChecks::next_due() const {
  if (!listed_.empty()) return listed_.front().due_us;
  const auto due = std::ranges::min_element(removed_, {}, &LiveCheck::due_us);
  return due == removed_.end() ? std::nullopt : std::optional(due->due_us);
}

std::vector<LiveCheck> LiveChecks::take_early(std::int64_t now_us, std::size_t most) {
  std::erase_if(removed_, [&](const LiveCheck& one) {
    return one.removed_us + one.keep_us - margin(one.keep_us) < now_us;
  });
  std::vector<LiveCheck> out;
  const std::size_t step = removed_.size() / std::max<std::size_t>(most, 1) + 1;
  for (std::size_t i = 0; i < removed_.size(); i += step) out.push_back(removed_[i]);
  removed_.clear();
  return out;
}

void judge_check(const LiveCheck& check, int status, std::int64_t asked_us,
                 const LiveScene& scene) {
  constexpr int kNotFound = 404, kGone = 410;
  if (status / 100 == 2) return;
  const bool missing = status == kNotFound || status == kGone;
  if (check.why == LiveCheck::Why::kListed && missing)
    return scene.add("draft-GAP", check.line, status, nullptr,
                     fmt::format("'{}' is listed without EXT-X-GAP, but is not there", check.uri));
  if (!missing)
    return scene.add("draft-READ", check.line, status, nullptr,
                     status == 0 ? fmt::format("cannot read '{}'", check.uri)
                                 : fmt::format("'{}' is answered with {}", check.uri, status));
  const std::int64_t since = asked_us - check.removed_us;
  scene.add(check.why == LiveCheck::Why::kRemoved ? "draft-REMOVED" : "draft-PART-REMOVED", 0,
            json_seconds(since), json_seconds(check.keep_us),
            fmt::format("'{}' is gone {} after it was listed, not {}", check.uri,
                        seconds_words(since), seconds_words(check.keep_us)));
}

}  // namespace weir::probe
