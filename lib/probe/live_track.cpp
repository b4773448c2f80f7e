#include "probe/live_track.h"

#include <algorithm>

#include "probe/check.h"
#include "probe/json_text.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr int kBadRequest = 400, kUnavailable = 503;

// Further than any server may let a client look ahead.
constexpr std::int64_t kFar = 100;

}  // namespace

std::string LiveAsk::query() const {
  std::string out;
  if (awaited) out = fmt::format("_HLS_msn={}", awaited->number);
  if (awaited && awaited->part >= 0) out += fmt::format("&_HLS_part={}", awaited->part);
  if (skip) out += out.empty() ? "_HLS_skip=YES" : "&_HLS_skip=YES";
  return out;
}

std::optional<LiveAsk> LiveTrack::next() const {
  if (over_) return {};
  return next_;
}

std::optional<std::int64_t> LiveTrack::patience_us() const {
  if (!next_.awaited || !last_) return {};
  return 3 * last_->list.target_us + 5 * kSlack;
}

void LiveTrack::answer(const LiveAsk& ask, const LiveAnswer& answer) {
  ++stats_.reloads;
  if (ask.awaited) ++stats_.blocking;
  if (answer.status / 100 != 2) return fail(ask, answer);
  auto read = read_live_playlist(answer.text);
  if (!read) {
    scene(answer.answered_us).add("draft-READ", 0, nullptr, nullptr, read.error().what);
    return retry(answer);
  }
  failing_ = false;
  const bool delta = ask.skip && read->skipped.has_value();
  if (!delta) check_text(answer);
  check_held(ask, answer, *read);
  check_modified(answer);
  auto list = resolve(ask, answer, std::move(*read));
  if (!list) return retry(answer);
  take(ask, {std::move(*list), answer.asked_us, answer.answered_us, delta});
}

// One outage is one finding.
void LiveTrack::fail(const LiveAsk& ask, const LiveAnswer& answer) {
  ++stats_.failures;
  const std::int64_t held = answer.answered_us - answer.asked_us;
  const std::int64_t longest = last_ ? 3 * last_->list.target_us : 0;
  if (ask.awaited && answer.timed_out) {
    scene(answer.answered_us)
        .add("draft-BLOCKING-503", 0, json_seconds(held), json_seconds(longest),
             fmt::format("no answer for {}, three target durations are {}", seconds_words(held),
                         seconds_words(longest)));
    return retry(answer);
  }
  const bool allowed = ask.awaited && answer.status == kUnavailable && held >= longest - kSlack;
  if (!allowed && !std::exchange(failing_, true))
    scene(answer.answered_us)
        .add("draft-READ", 0, answer.status == 0 ? boost::json::value(nullptr) : answer.status,
             nullptr,
             answer.status == 0 ? answer.failure
                                : fmt::format("the playlist is answered with {}{}", answer.status,
                                              ask.query().empty() ? "" : " to " + ask.query()));
  retry(answer);
}

void LiveTrack::retry(const LiveAnswer& answer) {
  const std::int64_t wait = last_ ? last_->list.target_us / 2 : kSecond;
  if (last_) old_until_ = std::max(old_until_, answer.asked_us);
  deltas_ = 0;
  next_ = {answer.answered_us + std::max(wait, kSecond / 10), {}, false};
}

std::optional<LivePlaylist> LiveTrack::resolve(const LiveAsk& ask, const LiveAnswer& answer,
                                               LivePlaylist list) {
  if (!list.skipped) return list;
  if (ask.skip && last_) check_delta(last_->list, list, scene(answer.answered_us));
  if (ask.skip) ++stats_.deltas;
  if (!last_) return {};
  auto whole = apply_delta(last_->list, std::move(list));
  return whole ? std::optional(std::move(*whole)) : std::nullopt;
}

// The rules for a playlist by itself hold for every version.
void LiveTrack::check_text(const LiveAnswer& answer) {
  auto playlist = hls::read_playlist(answer.text);
  auto tags = hls::read_tags(answer.text);
  if (!playlist || !tags || playlist->media() == nullptr) return;
  Presentation lone;
  lone.location = uri_;
  Rendition rendition;
  rendition.location = rendition.name = uri_;
  rendition.text = *playlist->media();
  rendition.lines = lone.lines = std::move(tags->lines);
  rendition.problems = std::move(playlist->problems);
  if (rendition.text.iframes_only) rendition.role = Rendition::Role::kIFrames;
  lone.renditions.push_back(std::move(rendition));
  for (auto& finding : check_presentation(lone).findings) {
    finding.time_us = answer.answered_us;
    out_.add_new(std::move(finding));
  }
}

void LiveTrack::check_held(const LiveAsk& ask, const LiveAnswer& answer, const LivePlaylist& list) {
  if (!ask.awaited || !last_) return;
  const auto& wanted = *ask.awaited;
  if (!list.ended && !list.has(wanted))
    scene(answer.answered_us)
        .add("draft-BLOCKING-HOLD", 0, list.next() - (list.open.empty() ? 1 : 0), wanted.number,
             fmt::format("answered {} without what it asks for", ask.query()));
  const std::int64_t held = answer.answered_us - answer.asked_us;
  const std::int64_t longest = 3 * last_->list.target_us;
  if (held > longest + kSlack)
    scene(answer.answered_us)
        .add("draft-BLOCKING-503", 0, json_seconds(held), json_seconds(longest),
             fmt::format("held for {}, three target durations are {}", seconds_words(held),
                         seconds_words(longest)));
}

void LiveTrack::check_modified(const LiveAnswer& answer) {
  if (!answer.date_utc_us || !answer.modified_utc_us || !last_ || last_->list.ended) return;
  const std::int64_t age = *answer.date_utc_us - *answer.modified_utc_us;
  const std::int64_t limit = 3 * last_->list.target_us;
  // One stretch without changes is one finding.
  if (age <= limit) {
    stale_ = false;
  } else if (!std::exchange(stale_, true)) {
    scene(answer.answered_us)
        .add("general-8.24", 0, json_seconds(age), json_seconds(limit),
             fmt::format("Last-Modified is {} before Date", seconds_words(age)));
  }
}

void LiveTrack::take(const LiveAsk& ask, Reload now) {
  const bool first = !last_;
  bool fresh = first;
  if (first) {
    checks_.begin(now);
  } else {
    const auto was = last_->list.last(), is = now.list.last();
    fresh = std::pair(is.number, is.part) != std::pair(was.number, was.part) ||
            now.list.next() != last_->list.next() || now.list.ended;
    compare_reloads(*last_, now, scene(now.answered_us));
    checks_.update(*last_, now);
    stats_.segments += std::max<std::int64_t>(0, now.list.next() - last_->list.next());
  }
  // Whoever holds a request has nothing newer until it answers.
  const bool held = ask.awaited && now.answered_us - now.asked_us > kSecond;
  if (!first && (!fresh || held))
    old_until_ = std::max(old_until_, held ? now.answered_us : now.asked_us);
  if (fresh) {
    ++stats_.fresh;
    if (!first) check_late(now.answered_us);
    fresh_us_ = old_until_ = now.answered_us;
  }
  deltas_ = now.delta ? deltas_ + 1 : 0;
  over_ = last_ && last_->list.ended;
  last_ = std::move(now);
  plan(ask, fresh);
}

void LiveTrack::check_late(std::int64_t at_us) {
  const std::int64_t late = old_until_ - fresh_us_;
  stats_.longest_us = std::max(stats_.longest_us, late);
  const std::int64_t limit = last_->list.target_us * 3 / 2;
  if (late <= limit || last_->list.ended) return;
  scene(at_us).add("draft-RELOAD-LATE", 0, json_seconds(late), json_seconds(limit),
                   fmt::format("nothing new for {}, 1.5 target durations are {}",
                               seconds_words(late), seconds_words(limit)));
}

void LiveTrack::plan(const LiveAsk& ask, bool fresh) {
  const auto& list = last_->list;
  LiveAsk next;
  // A server that answered a blocking request with nothing new would be asked without end.
  if (directives_ && list.can_block && !list.ended && (fresh || !ask.awaited)) {
    next.at_us = last_->answered_us;
    next.awaited = list.awaited();
  } else {
    next.at_us =
        last_->asked_us + std::max(fresh ? list.target_us : list.target_us / 2, kSecond / 10);
  }
  // Never with a copy so old that what is skipped may not be in it.
  const bool young = next.at_us - last_->answered_us < list.skip_until_us / 2;
  next.skip = directives_ && list.skip_until_us > 0 && young && deltas_ < kWholeEvery;
  next_ = next;
}

std::string LiveTrack::wrong_query(WrongAsk wrong) const {
  if (!directives_ || !last_ || !last_->list.can_block || last_->list.ended) return "";
  if (wrong == WrongAsk::kPartAlone) return last_->list.part_target_us > 0 ? "_HLS_part=0" : "";
  return fmt::format("_HLS_msn={}", last_->list.next() + kFar);
}

void LiveTrack::wrong_answered(WrongAsk wrong, int status, std::int64_t at_us) {
  if (status == kBadRequest) return;
  const bool alone = wrong == WrongAsk::kPartAlone;
  scene(at_us).add(
      alone ? "draft-BLOCKING-PART" : "draft-BLOCKING-AHEAD", 0, status, kBadRequest,
      fmt::format("{} is {}, not refused with 400",
                  alone ? "_HLS_part without _HLS_msn" : "a segment that is far ahead",
                  status == 0 ? "not answered" : fmt::format("answered with {}", status)));
}

void LiveTrack::finish(std::int64_t now_us) {
  if (last_) check_late(now_us);
}

}  // namespace weir::probe
