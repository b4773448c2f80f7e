#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "net/event_loop.h"
#include "net/tls.h"
#include "probe/check.h"
#include "probe/hls_viewer.h"
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
  /// `begun` on the monotonic clock: when the first playlist was asked for.
  Watch(const Presentation& presentation, const WatchOptions& options, const StopSource& stop,
        Progress& progress, const Clock& clock, std::chrono::nanoseconds begun)
      : options_(options),
        stop_(stop),
        progress_(progress),
        clock_(clock),
        begun_(begun),
        offer_(viewer_offer(presentation)),
        desk_(loop_.context()),
        session_(presentation, loop_.context(), tls_, findings_, [this] { return now(); }) {
    if (options.viewer)
      viewer_.emplace(offer_, session_, loop_.context(), tls_, desk_, clock,
                      [this] { return now(); });
  }

  WatchReport run(std::vector<Finding> begin) {
    loop_.post([this] {
      session_.start();
      if (viewer_) viewer_->start();
      asio::co_spawn(loop_.context(), supervise(), asio::detached);
    });
    desk_.work();
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
    while (now() < end && !stop_.requested() && !over()) {
      co_await net::pause(kLook);
      if (viewer_) viewer_->tick();
      progress_.update({std::min(now(), end), end, 0, 0, 0, {}});
    }
    watched_us_ = now();
    asio::co_spawn(loop_.context(), close(), asio::detached);
    while (!closed_ && !stop_.requested() && now() < watched_us_ + kClosing)
      co_await net::pause(kLook);
    desk_.close();
  }

  asio::awaitable<void> close() {
    co_await session_.close();
    closed_ = true;
  }

  bool over() const { return session_.over() && (!viewer_ || viewer_->over()); }

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
    if (viewer_) {
      out.viewer = viewer_->finish();
      check_viewer(*out.viewer, {findings_, options_.input, out.watched_us});
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
  // Of the loop, until it has stopped:
  std::int64_t watched_us_ = 0;
  bool closed_ = false;
  const ViewerOffer offer_;
  // What waits on the loop uses those below it, and does nothing once the loop was stopped.
  net::EventLoop loop_;
  DecodeDesk desk_;
  LiveSession session_;
  std::optional<HlsViewer> viewer_;
};

}  // namespace

Result<WatchReport> watch_hls(const WatchOptions& options, const StopSource& stop, Log&,
                              Progress& progress, const Clock& clock) {
  const auto begun = clock.monotonic();
  const Fetcher fetcher(&stop);
  WEIR_TRY_ASSIGN(const Presentation presentation,
                  load_presentation(options.input, fetcher, progress, LoadScope::kPlaylists));
  auto begin = check_presentation(presentation).findings;
  Watch watch(presentation, options, stop, progress, clock, begun);
  return watch.run(std::move(begin));
}

}  // namespace weir::probe
