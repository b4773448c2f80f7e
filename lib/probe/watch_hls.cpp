#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <condition_variable>
#include <mutex>

#include "net/event_loop.h"
#include "net/tls.h"
#include "probe/check.h"
#include "probe/live_session.h"
#include "probe/watch.h"

namespace weir::probe {
namespace {

namespace asio = boost::asio;

constexpr Micros kLook{50'000};               // between two looks whether it is over
constexpr std::int64_t kClosing = 3'000'000;  // for the last questions

/// One watch from begin to end.
class Watch {
 public:
  Watch(const Presentation& presentation, const WatchOptions& options, const StopSource& stop,
        Progress& progress, const Clock& clock)
      : options_(options),
        stop_(stop),
        progress_(progress),
        clock_(clock),
        begun_(clock.monotonic()),
        session_(presentation, loop_.context(), tls_, findings_, [this] { return now(); }) {}

  WatchReport run(std::vector<Finding> begin) {
    loop_.post([this] {
      session_.start();
      asio::co_spawn(loop_.context(), supervise(), asio::detached);
    });
    wait();
    loop_.stop();
    session_.finish(now());
    for (auto& finding : begin) findings_.add_new(std::move(finding));
    return report();
  }

 private:
  std::int64_t now() const {
    return std::chrono::duration_cast<Micros>(clock_.monotonic() - begun_).count();
  }

  asio::awaitable<void> supervise() {
    const std::int64_t end = options_.duration.count();
    while (now() < end && !stop_.requested() && !session_.over()) {
      co_await net::pause(kLook);
      progress_.update({std::min(now(), end), end, 0, 0, 0, {}});
    }
    watched_us_ = now();
    if (!stop_.requested()) co_await session_.close();
    done();
  }

  void done() {
    const std::lock_guard lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }

  // A server that does not answer the last questions is left.
  void wait() {
    std::unique_lock lock(mutex_);
    const auto longest = options_.duration + Micros(kClosing);
    while (!done_ && Micros(now()) < longest && !stop_.requested()) changed_.wait_for(lock, kLook);
  }

  WatchReport report() {
    WatchReport out;
    out.input = options_.input;
    out.kind = "hls";
    out.watched_us = watched_us_ > 0 ? watched_us_ : now();
    for (const auto& lane : session_.lanes()) {
      if (!lane) continue;
      const auto* list = lane->track.list();
      out.tracks.push_back({lane->name, lane->track.stats(), list == nullptr ? 0 : list->target_us,
                            list == nullptr ? 0 : list->part_target_us,
                            list != nullptr && list->ended});
    }
    out.findings = findings_.take();
    return out;
  }

  const WatchOptions& options_;
  const StopSource& stop_;
  Progress& progress_;
  const Clock& clock_;
  const std::chrono::nanoseconds begun_;
  LiveFindings findings_;
  asio::ssl::context tls_ = net::make_tls_client();
  std::mutex mutex_;  // guards done_
  std::condition_variable changed_;
  bool done_ = false;
  std::int64_t watched_us_ = 0;  // of the loop, until it has stopped
  // The session goes first of these: what waits on the loop uses it.
  net::EventLoop loop_;
  LiveSession session_;
};

}  // namespace

Result<WatchReport> watch_hls(const WatchOptions& options, const StopSource& stop, Log& log,
                              Progress& progress, const Clock& clock) {
  (void)log;
  const Fetcher fetcher(&stop);
  WEIR_TRY_ASSIGN(const Presentation presentation,
                  load_presentation(options.input, fetcher, progress, LoadScope::kPlaylists));
  auto begin = check_presentation(presentation).findings;
  Watch watch(presentation, options, stop, progress, clock);
  return watch.run(std::move(begin));
}

}  // namespace weir::probe
