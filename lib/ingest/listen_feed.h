// A door for publishers: the stream one of them pushes, and pushes again after a break.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/stop.h"
#include "ingest/feed.h"
#include "ingest/notice_queue.h"
#include "ingest/publisher_desk.h"
#include "ingest/publisher_feed.h"
#include "ingest/reception.h"

namespace weir::ingest {

/// Takes RTMP publishers one after the other; each is an Arrival.
///
/// Who        App and stream have to be right, and with a key file the key. A second publisher with
///            the same right takes over at once; when that has happened six times in a minute two
///            fight, and the newcomer is refused. Players are refused.
///            Beginning, end As PublisherFeed.
/// Memory     Of what is not yet taken, most_waiting; beyond that the publisher is not read.
/// Threads    One of its own for the network; next_within() and the destructor by one other.
class ListenFeed : public Feed {
 public:
  /// Borrows all but the settings. As desk_rules() and Reception::open() fail.
  static Result<std::unique_ptr<ListenFeed>> open(const ListenSettings& settings,
                                                  const Clock& clock, const Random& random,
                                                  const StopSource& stop, Log& log);

  Result<flow::Awaited<FeedItem>> next_within(std::chrono::nanoseconds patience) override {
    return feed_.next_within(patience);
  }
  std::uint16_t port() const { return reception_.port(); }

 private:
  ListenFeed(DeskRules rules, const ListenSettings& settings, const Clock& clock,
             const StopSource& stop, Log& log);

  NoticeQueue queue_;
  PublisherDesk desk_;
  PublisherFeed feed_;
  Reception reception_;  // gone before the desk its handlers use
};

}  // namespace weir::ingest
