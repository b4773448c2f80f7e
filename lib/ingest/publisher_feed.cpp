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
    if (stop_.requested()) return fail(Code::kStopped, "stopped");
    const auto now = clock_.monotonic();
    if (gone_ && now - *gone_ >= window_) return Awaited{Awaited::State::kEnd};
    auto wait = std::min<std::chrono::nanoseconds>(kLook, until - now);
    if (gone_) wait = std::min(wait, *gone_ + window_ - now);
    if (auto notice = await(std::max(wait, 0ns)))
      take(std::move(*notice));
    else if (clock_.monotonic() >= until)
      return Awaited{};
  }
  Awaited out{Awaited::State::kItem, std::move(ready_.front())};
  ready_.pop_front();
  return out;
}

void PublisherFeed::take(Notice notice) {
  Result<void> outcome;
  switch (notice.kind) {
    case Notice::Kind::kBegin:
      log_.info("{} gives the stream", notice.text);
      section_.emplace(notice.text, log_, repairs_);
      if (gone_) media::count(repairs_, &media::Repairs::reconnects);
      gone_.reset();
      return;
    case Notice::Kind::kTag:
      if (section_) outcome = section_->push(notice.tag, ready_);
      break;
    case Notice::Kind::kEnd:
      log_.warning("the publisher is gone: {}; it is waited for{}", notice.text,
                   window_ >= kUnlimited
                       ? ""
                       : " " + format_duration(std::chrono::duration_cast<Micros>(window_)));
      if (section_) outcome = section_->finish(ready_);
      section_.reset();
      gone_ = clock_.monotonic();
      break;
  }
  if (!outcome) give_up(outcome.error());
}

// One publisher that sends nonsense is no reason to end: the next may do better.
void PublisherFeed::give_up(const Error& why) {
  log_.warning("{}: what comes is not taken until it begins anew", why.what);
  section_.reset();
}

}  // namespace weir::ingest
