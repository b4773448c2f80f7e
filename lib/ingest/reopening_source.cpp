#include "ingest/reopening_source.h"

#include <utility>

namespace weir::ingest {

Result<std::optional<FeedItem>> ReopeningSource::next() {
  if (!heard_) heard_ = services_.clock.monotonic();
  while (true) {
    auto item = read();
    if ((item && *item) || is_final(item)) return item;
    current_.reset();
    services_.wait(net::backoff(policy_, failures_, services_.random()));
    if (services_.stop.requested()) return fail(Code::kStopped, "stopped");
  }
}

Result<std::optional<FeedItem>> ReopeningSource::read() {
  if (!current_) {
    WEIR_TRY_ASSIGN(current_, opener_());
    return std::optional<FeedItem>(Arrival{current_->tracks(), current_->name()});
  }
  WEIR_TRY_ASSIGN(auto item, current_->next());
  if (!item) return std::optional<FeedItem>();
  if (std::exchange(failures_, 0) > 0) {
    services_.log.info("{} is there{}", name_, came_ ? " again" : "");
    if (came_) media::count(services_.repairs, &media::Repairs::reconnects);
  }
  came_ = true;
  heard_ = services_.clock.monotonic();
  return std::optional<FeedItem>(std::move(*item));
}

// An end or a failure behind which nothing can come, or for which the time is over.
bool ReopeningSource::is_final(const Result<std::optional<FeedItem>>& outcome) {
  const Code code = outcome ? Code::kIo : outcome.error().code;
  if (code == Code::kStopped || code == Code::kUsage || code == Code::kUnsupported) return true;
  if (outcome && is_whole()) return true;
  if (services_.clock.monotonic() - *heard_ >= policy_.budget) return true;
  const std::string what = outcome ? fmt::format("{} ended", name_) : outcome.error().what;
  const bool limited = policy_.budget < kUnlimited;
  if (failures_++ == 0)
    services_.log.warning("{}; it is tried again{}", what,
                          limited ? " for " + format_duration(policy_.budget) : "");
  else
    services_.log.debug("{}", what);
  return false;
}

// What has a length, or an end of its own, has come to it.
bool ReopeningSource::is_whole() const {
  return current_->duration().has_value() || current_->container() == "hls" ||
         current_->has_events();
}

}  // namespace weir::ingest
