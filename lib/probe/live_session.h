// The reloads of all playlists of a presentation, on an event loop.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include "probe/live_client.h"
#include "probe/live_findings.h"
#include "probe/live_reports.h"
#include "probe/live_track.h"
#include "probe/presentation.h"

namespace weir::probe {

/// One playlist with its own connections: one to reload, one to ask for files.
struct LiveLane {
  LiveLane(const Rendition& rendition, LiveFindings& out, LiveClient reloading, LiveClient asking)
      : name(rendition.name),
        role(rendition.role),
        track(rendition.location, out, is_network(rendition.location)),
        reloads(std::move(reloading)),
        files(std::move(asking)) {}
  static bool is_network(const std::string& location);

  std::string name;
  Rendition::Role role;
  LiveTrack track;
  LiveClient reloads;
  LiveClient files;
  bool over = false;  ///< Nothing more to reload.
};

/// Threads    All on the loop, which it borrows with `tls`; the reports are read when it has
///            stopped.
class LiveSession {
 public:
  LiveSession(const Presentation& presentation, boost::asio::io_context& loop,
              boost::asio::ssl::context& tls, LiveFindings& out, LiveClient::Now now);

  /// Begins to reload, and goes on by itself.
  void start();
  /// Every playlist has ended.
  bool over() const;
  /// Asks once for files that were removed and have to be there still. Then the watch may end.
  boost::asio::awaitable<void> close();
  /// What is known of playlists that were late when the watch ended. With the loop stopped.
  void finish(std::int64_t now_us);

  /// By the index of the rendition in the presentation; null for one that could not be read.
  const std::vector<std::unique_ptr<LiveLane>>& lanes() const { return lanes_; }

 private:
  boost::asio::awaitable<void> reload(LiveLane& lane);
  boost::asio::awaitable<void> ask_files(LiveLane& lane);
  boost::asio::awaitable<void> ask(LiveClient& client, LiveLane& lane, LiveCheck check);
  boost::asio::awaitable<void> ask_wrong();
  boost::asio::awaitable<void> wait_until(std::int64_t at_us);

  boost::asio::io_context& loop_;
  LiveFindings& out_;
  LiveReports reports_;
  LiveClient::Now now_;
  LiveClient wrong_;
  LiveClient once_more_;  // at the end
  std::vector<std::unique_ptr<LiveLane>> lanes_;
  bool closing_ = false;
};

}  // namespace weir::probe
