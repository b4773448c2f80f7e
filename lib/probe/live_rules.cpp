#include "probe/live_rules.h"

#include <algorithm>
#include <cstdlib>

#include "probe/json_text.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kSameDate = 100'000;

/// Both versions and where to speak.
struct Step {
  const Reload& before;
  const Reload& now;
  const LiveScene& scene;

  const LivePlaylist& old() const { return before.list; }
  const LivePlaylist& fresh() const { return now.list; }
  /// Numbers of the segments that both list: [from, to).
  std::int64_t from() const { return std::max(old().first(), fresh().first()); }
  std::int64_t to() const { return std::min(old().next(), fresh().next()); }
  /// What was put together from delta updates differs from the whole.
  const char* change_rule() const {
    return before.delta && !now.delta ? "draft-DELTA" : "draft-RELOAD-CHANGE";
  }
};

void check_constants(const Step& step) {
  const auto same = [&](const char* name, std::int64_t was, std::int64_t is) {
    if (was == is) return;
    step.scene.add("draft-RELOAD-TARGET", 0, json_seconds(is), json_seconds(was),
                   fmt::format("{} was {} and is {}", name, seconds_words(was), seconds_words(is)));
  };
  same("EXT-X-TARGETDURATION", step.old().target_us, step.fresh().target_us);
  if (step.old().part_target_us > 0 && step.fresh().part_target_us > 0)
    same("PART-TARGET", step.old().part_target_us, step.fresh().part_target_us);
}

void check_type(const Step& step) {
  const std::string& type = step.old().type;
  const auto told = [&](const std::string& what) {
    step.scene.add("draft-RELOAD-TYPE", 0, boost::json::string(step.fresh().type),
                   boost::json::string(type), what);
  };
  if (type != step.fresh().type)
    return told(fmt::format("EXT-X-PLAYLIST-TYPE was '{}' and is '{}'", type, step.fresh().type));
  const std::int64_t gone = step.fresh().sequence - step.old().sequence;
  if (!type.empty() && gone > 0)
    told(fmt::format("{} removed from a playlist of type {}",
                     count_words(gone, "segment was", "segments were"), type));
}

void check_end(const Step& step) {
  if (!step.old().ended) return;
  const auto told = [&](std::int64_t measured, std::int64_t limit, const char* what) {
    step.scene.add("draft-RELOAD-END", 0, measured, limit, what);
  };
  if (!step.fresh().ended)
    told(0, 1, "EXT-X-ENDLIST was there and is gone");
  else if (step.fresh().next() > step.old().next())
    told(step.fresh().next(), step.old().next(), "segments were added behind EXT-X-ENDLIST");
}

// False when the numbers do not mean the same segments any more.
bool check_numbers(const Step& step) {
  const auto told = [&](int line, std::int64_t measured, std::int64_t limit, std::string what) {
    step.scene.add("draft-RELOAD-SEQUENCE", line, measured, limit, std::move(what));
    return false;
  };
  const auto &old = step.old(), &fresh = step.fresh();
  if (fresh.sequence < old.sequence)
    return told(
        0, fresh.sequence, old.sequence,
        fmt::format("EXT-X-MEDIA-SEQUENCE went back from {} to {}", old.sequence, fresh.sequence));
  const std::int64_t passed = step.now.answered_us - step.before.answered_us;
  const std::int64_t unseen = fresh.first() - old.next();
  if (unseen > 0 && passed < 3 * old.target_us)
    return told(0, fresh.first(), old.next(),
                fmt::format("numbers go on at {} instead of {}, {} later", fresh.first(),
                            old.next(), seconds_words(passed)));
  for (std::int64_t number = step.from(); number < step.to(); ++number) {
    const auto& was = *old.find(number);
    const auto same = [&](const LiveSegment& one) {
      return one.uri == was.uri && one.range == was.range;
    };
    if (same(*fresh.find(number))) continue;
    const auto moved = std::ranges::find_if(fresh.segments, same);
    if (moved == fresh.segments.end()) continue;
    const std::int64_t is = fresh.first() + (moved - fresh.segments.begin());
    return told(moved->line, is, number,
                fmt::format("'{}' was number {} and is number {}", was.uri, number, is));
  }
  return true;
}

std::int64_t discontinuities(const LivePlaylist& list, std::int64_t up_to) {
  std::int64_t count = list.discontinuity_sequence;
  for (std::int64_t n = list.first(); n <= up_to; ++n) count += list.find(n)->discontinuity ? 1 : 0;
  return count;
}

void check_discontinuities(const Step& step) {
  if (step.from() >= step.to()) return;
  const std::int64_t was = discontinuities(step.old(), step.from());
  const std::int64_t is = discontinuities(step.fresh(), step.from());
  if (was == is) return;
  step.scene.add(
      "draft-RELOAD-DISCONTINUITY", 0, is, was,
      fmt::format("'{}' stood behind {} and stands behind {}", step.old().find(step.from())->uri,
                  count_words(was, "discontinuity", "discontinuities"),
                  count_words(is, "discontinuity", "discontinuities")));
}

bool same_map(const std::optional<hls::MapText>& a, const std::optional<hls::MapText>& b) {
  return a.has_value() == b.has_value() && (!a || (a->uri == b->uri && a->range == b->range));
}

/// What of a segment is another, "" when nothing is. The tag of a discontinuity may go with the
/// segment in front; numbers are compared elsewhere.
std::string_view difference(const LiveSegment& was, const LiveSegment& is, bool first) {
  if (was.uri != is.uri) return "the URI";
  if (was.range != is.range) return "EXT-X-BYTERANGE";
  if (was.duration_us != is.duration_us) return "EXTINF";
  if (was.gap != is.gap) return "EXT-X-GAP";
  if (was.discontinuity != is.discontinuity && !first) return "EXT-X-DISCONTINUITY";
  if (was.key.value_or("") != is.key.value_or("")) return "EXT-X-KEY";
  return same_map(was.map, is.map) ? "" : "EXT-X-MAP";
}

// Parts may be gone, the first ones first, when they are old; those that are there are the same.
bool same_parts(const std::vector<LivePart>& was, const std::vector<LivePart>& is) {
  const std::size_t both = std::min(was.size(), is.size());
  return std::equal(was.end() - std::ptrdiff_t(both), was.end(), is.end() - std::ptrdiff_t(both),
                    [](const LivePart& a, const LivePart& b) { return a.same_media(b); });
}

/// Parts of the segment with that number, whether it is listed or open.
const std::vector<LivePart>* parts_of(const LivePlaylist& list, std::int64_t number) {
  if (number == list.next()) return &list.open;
  const auto* segment = list.find(number);
  return segment == nullptr ? nullptr : &segment->parts;
}

bool begins_with(const std::vector<LivePart>& all, const std::vector<LivePart>& begin) {
  return all.size() >= begin.size() &&
         std::equal(begin.begin(), begin.end(), all.begin(),
                    [](const LivePart& a, const LivePart& b) { return a.same_media(b); });
}

void check_kept(const Step& step) {
  const auto told = [&](int line, std::string what) {
    step.scene.add(step.change_rule(), line, nullptr, nullptr, std::move(what));
  };
  for (std::int64_t number = step.from(); number < step.to(); ++number) {
    const auto &was = *step.old().find(number), &is = *step.fresh().find(number);
    const auto other = difference(was, is, number == step.fresh().first());
    if (!other.empty())
      return told(is.line, fmt::format("{} of number {}, '{}', is another than before", other,
                                       number, was.uri));
    if (!same_parts(was.parts, is.parts))
      return told(is.line, fmt::format("the parts of '{}' are others than before", was.uri));
  }
  if (step.fresh().next() < step.old().next())
    return told(0, fmt::format("{} at the end taken away",
                               count_words(step.old().next() - step.fresh().next(), "segment was",
                                           "segments were")));
  const auto* parts = parts_of(step.fresh(), step.old().next());
  const bool gone = parts == nullptr || (parts->empty() && step.fresh().next() > step.old().next());
  if (!gone && !begins_with(*parts, step.old().open))
    told(parts->empty() ? 0 : parts->front().line,
         fmt::format("the parts of number {} are others than before", step.old().next()));
}

void check_dates(const Step& step) {
  for (std::int64_t number = step.from(); number < step.to(); ++number) {
    const auto &was = *step.old().find(number), &is = *step.fresh().find(number);
    if (!was.date_us || !is.date_us || std::abs(*is.date_us - *was.date_us) <= kSameDate) continue;
    return step.scene.add("draft-RELOAD-DATE", is.line,
                          json_seconds(std::abs(*is.date_us - *was.date_us)),
                          json_seconds(kSameDate),
                          fmt::format("the date of '{}' moved by {}", is.uri,
                                      offset_words(*is.date_us - *was.date_us)));
  }
}

/// The first part that was not there before; of a segment that ends without it, the next one's.
const LivePart* first_new_part(const Step& step) {
  const LivePosition at = step.old().awaited();
  const auto* parts = parts_of(step.fresh(), at.number);
  if (parts == nullptr) return nullptr;
  if (at.part < std::int64_t(parts->size())) return &(*parts)[std::size_t(at.part)];
  const auto* next = parts_of(step.fresh(), at.number + 1);
  return next == nullptr || next->empty() ? nullptr : &next->front();
}

void check_hints(const Step& step) {
  const auto hint = std::ranges::find(step.old().hints, "PART", &LiveHint::type);
  if (hint == step.old().hints.end() || step.old().part_target_us == 0) return;
  const LivePart* part = first_new_part(step);
  const auto* segment = step.fresh().find(step.old().next());
  const bool broken_off = segment != nullptr && segment->discontinuity && step.old().open.empty();
  if (part == nullptr || part->gap || broken_off || part->uri == hint->uri) return;
  step.scene.add("draft-PRELOAD-HINT-KEPT", part->line, boost::json::string(part->uri),
                 boost::json::string(hint->uri),
                 fmt::format("'{}' came where '{}' was hinted at", part->uri, hint->uri));
}

}  // namespace

void compare_reloads(const Reload& before, const Reload& now, const LiveScene& scene) {
  const Step step{before, now, scene};
  check_constants(step);
  check_type(step);
  check_end(step);
  if (!check_numbers(step)) return;
  check_discontinuities(step);
  check_kept(step);
  check_dates(step);
  check_hints(step);
}

void check_delta(const LivePlaylist& held, const LivePlaylist& delta, const LiveScene& scene) {
  const std::int64_t skipped = delta.skipped.value_or(0);
  if (skipped == 0) return;
  const auto told = [&](boost::json::value measured, boost::json::value limit, std::string what) {
    scene.add("draft-DELTA", delta.skip_line, std::move(measured), std::move(limit),
              std::move(what));
  };
  if (delta.sequence < held.first() || delta.first() > held.next())
    return told(skipped, std::max<std::int64_t>(0, held.next() - delta.sequence),
                fmt::format("{} skipped from number {} on, more than the version before had",
                            count_words(skipped, "segment is", "segments are"), delta.sequence));
  const std::int64_t listed = delta.duration_us();
  if (delta.skip_until_us > 0 && listed < delta.skip_until_us)
    told(json_seconds(listed), json_seconds(delta.skip_until_us),
         fmt::format("only the last {} are listed, CAN-SKIP-UNTIL is {}", seconds_words(listed),
                     seconds_words(delta.skip_until_us)));
}

}  // namespace weir::probe
