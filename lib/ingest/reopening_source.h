// A live URL that is opened again whenever it ends or fails.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "flow/stage.h"
#include "formats/input.h"
#include "ingest/feed.h"
#include "media/repairs.h"
#include "net/retry.h"

namespace weir::ingest {

/// For what is reopened: silence of a live URL, after which it is opened anew, and bytes of it that
/// are read ahead.
inline constexpr Micros kSilence{10'000'000};
inline constexpr std::int64_t kMostAhead = 64 << 20;

/// Each opening is an Arrival, and the items behind it are those of the input as it gives them.
///
/// Again      When the input fails, or ends without having been a whole one: a stream whose length
///            is known, one of playlists and a pipe stream end for good. RetryPolicy::budget counts
///            from the last packet, or from the begin; when it is over the outcome of the last
///            attempt stands. kUsage and kUnsupported stand at once.
/// Threads    None: next() blocks while it opens, reads and waits, and comes back on a stop.
/// Words      What happened, and when it is back; attempts in between only at level debug.
class ReopeningSource : public flow::Source<FeedItem> {
 public:
  using Opener = std::function<Result<std::unique_ptr<formats::Input>>()>;
  using Wait = std::function<void(std::chrono::nanoseconds)>;
  struct Services {
    const Clock& clock;
    const StopSource& stop;
    Log& log;
    net::Random random;
    Wait wait;
    media::Repairs* repairs = nullptr;
  };

  ReopeningSource(std::string name, Opener opener, net::RetryPolicy policy, Services services)
      : name_(std::move(name)),
        opener_(std::move(opener)),
        policy_(policy),
        services_(std::move(services)) {}

  Result<std::optional<FeedItem>> next() override;

 private:
  Result<std::optional<FeedItem>> read();
  bool is_final(const Result<std::optional<FeedItem>>& outcome);
  bool is_whole() const;

  const std::string name_;
  const Opener opener_;
  const net::RetryPolicy policy_;
  const Services services_;
  std::unique_ptr<formats::Input> current_;
  std::optional<std::chrono::nanoseconds> heard_;  // when the last packet came
  int failures_ = 0;                               // in a row
  bool came_ = false;                              // something, ever
};

}  // namespace weir::ingest
