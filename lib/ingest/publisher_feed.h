// One stream of the publishers at a desk, as they come and go.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "ingest/feed.h"
#include "ingest/flv_section.h"
#include "ingest/notice_queue.h"
#include "ingest/reception.h"
#include "media/repairs.h"

namespace weir::ingest {

/// Takes what a desk has put into its queue; each publisher is an Arrival.
///
/// Beginning  The first publisher is waited for without a limit.
///            When one leaves before its tracks are known, which takes settings.track_wait at most,
///            and no other was there before, what it gave waits for the next, whose tracks then
///            count in its place; if none comes, it is the stream.
/// End        A publisher that left and has not come back within the window, or a stop (kStopped).
/// Threads    One, beside that of the desk.
class PublisherFeed : public Feed {
 public:
  /// `queue`, `clock`, `stop` and `log` are borrowed. `make_room` is called when the queue, that
  /// was more than half full, is not any more: the desk's make_room(), on the desk's thread.
  PublisherFeed(NoticeQueue& queue, std::function<void()> make_room, const ListenSettings& settings,
                const Clock& clock, const StopSource& stop, Log& log);

  Result<flow::Awaited<FeedItem>> next_within(std::chrono::nanoseconds patience) override;

 private:
  std::optional<Notice> await(std::chrono::nanoseconds patience);
  void take(Notice notice);
  void begin(const Notice& notice);
  Result<void> end(const Notice& notice);
  bool give_brief();
  void give_up(const Error& why);

  NoticeQueue& queue_;
  const std::function<void()> make_room_;
  const std::int64_t most_;
  const std::chrono::nanoseconds window_;
  const Micros track_wait_;
  const Clock& clock_;
  const StopSource& stop_;
  Log& log_;
  media::Repairs* repairs_;
  bool full_ = false;
  std::unique_ptr<FlvSection> section_;
  std::unique_ptr<FlvSection> brief_;  // of a first publisher that left too soon
  bool arrived_ = false;
  std::optional<std::chrono::nanoseconds> gone_;  // when the publisher left
  std::deque<FeedItem> ready_;
};

}  // namespace weir::ingest
