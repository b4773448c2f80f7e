#include "ingest/publisher_feed.h"

#include <algorithm>
#include <utility>

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using Awaited = flow::Awaited<FeedItem>;

constexpr auto kLook = 100ms;  // between looks for a stop

}  // namespace

PublisherFeed::PublisherFeed(NoticeQueue& queue, std::function<void()> make_room,
                             const ListenSettings& settings, const Clock& clock,
                             const StopSource& stop, Log& log)
    : queue_(queue),
      make_room_(std::move(make_room)),
      most_(settings.most_waiting),
      window_(settings.reconnect_window),
      track_wait_(settings.track_wait),
      clock_(clock),
      stop_(stop),
      log_(log),
      repairs_(settings.repairs) {}

std::optional<Notice> PublisherFeed::await(std::chrono::nanoseconds patience) {
  auto notice = queue_.take(patience);
  const bool full = queue_.bytes() > most_ / 2;
  if (std::exchange(full_, full) && !full) make_room_();
  return notice;
}

Result<Awaited> PublisherFeed::next_within(std::chrono::nanoseconds patience) {
  const auto until = clock_.monotonic() + std::min(patience, flow::kForEver);
  while (ready_.empty()) {
    const auto now = clock_.monotonic();
    const bool over = gone_ && now - *gone_ >= window_;
    if ((over || stop_.requested()) && give_brief()) break;
    if (stop_.requested()) return fail(Code::kStopped, "stopped");
    if (over) return Awaited{Awaited::State::kEnd};
    auto wait = std::min<std::chrono::nanoseconds>(kLook, until - now);
    if (gone_) wait = std::min(wait, *gone_ + window_ - now);
    if (auto notice = await(std::max(wait, 0ns)))
      take(std::move(*notice));
    else if (clock_.monotonic() >= until)
      return Awaited{};
  }
  arrived_ = true;
  Awaited out{Awaited::State::kItem, std::move(ready_.front())};
  ready_.pop_front();
  return out;
}

void PublisherFeed::take(Notice notice) {
  Result<void> outcome;
  if (notice.kind == Notice::Kind::kBegin)
    begin(notice);
  else if (notice.kind == Notice::Kind::kEnd)
    outcome = end(notice);
  else if (section_)
    outcome = section_->push(notice.tag, ready_);
  if (!outcome) give_up(outcome.error());
}

void PublisherFeed::begin(const Notice& notice) {
  log_.info("{} gives the stream", notice.text);
  if (brief_)
    log_.warning("what the one before gave was too short to know its tracks: it is left out");
  brief_.reset();
  section_ = std::make_unique<FlvSection>(notice.text, log_, repairs_, track_wait_);
  if (gone_) media::count(repairs_, &media::Repairs::reconnects);
  gone_.reset();
}

Result<void> PublisherFeed::end(const Notice& notice) {
  log_.warning("the publisher is gone: {}; it is waited for{}", notice.text,
               window_ >= kUnlimited
                   ? ""
                   : " " + format_duration(std::chrono::duration_cast<Micros>(window_)));
  gone_ = clock_.monotonic();
  auto section = std::exchange(section_, nullptr);
  if (section && !arrived_ && !section->begun())
    brief_ = std::move(section);
  else if (section)
    return section->finish(ready_);
  return {};
}

// Nobody came behind it: it was the stream.
bool PublisherFeed::give_brief() {
  auto section = std::exchange(brief_, nullptr);
  if (!section) return false;
  if (auto outcome = section->finish(ready_); !outcome) give_up(outcome.error());
  return !ready_.empty();
}

// One publisher that sends nonsense is no reason to end: the next may do better.
void PublisherFeed::give_up(const Error& why) {
  log_.warning("{}: what comes is not taken until it begins anew", why.what);
  section_.reset();
}

}  // namespace weir::ingest
