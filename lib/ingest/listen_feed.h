// A door for publishers: the stream one of them pushes, and pushes again after a break.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/stop.h"
#include "base/units.h"
#include "ingest/feed.h"
#include "ingest/flv_section.h"
#include "ingest/notice_queue.h"
#include "media/repairs.h"
#include "rtmp/url.h"

namespace weir::ingest {

struct ListenSettings {
  rtmp::Url url;         ///< Where to listen, and the app; port 0 is one that is free.
  std::string stream;    ///< Its name; "" for the first that comes, and none but that afterwards.
  std::string key_file;  ///< rtmp::StreamKeys; "" lets everybody in, on loopback only.
  std::string certificate_file, certificate_key_file;  ///< For rtmps.
  Micros reconnect_window{15'000'000};  ///< How long a publisher that left is waited for.
  media::Repairs* repairs = nullptr;    ///< Borrowed.
};

/// Takes RTMP publishers one after the other; each is an Arrival.
///
/// Who        App and stream have to be right, and with a key file the key. A second publisher with
///            the same right takes over at once; when that has happened six times in a minute two
///            fight, and the newcomer is refused. Players are refused.
/// Beginning  The first publisher is waited for without a limit.
/// End        A publisher that left and has not come back within the window, or a stop (kStopped).
/// Memory     Of what is not yet taken, 32 MB; beyond that the publisher is not read.
/// Threads    One of its own for the network; next_within() and the destructor by one other.
class ListenFeed : public Feed {
 public:
  /// Borrows all but the settings. kUsage for an address that is not loopback without a key file,
  /// and as rtmp::Server, rtmp::StreamKeys and net::make_tls_server fail.
  static Result<std::unique_ptr<ListenFeed>> open(ListenSettings settings, const Clock& clock,
                                                  const Random& random, const StopSource& stop,
                                                  Log& log);
  ~ListenFeed() override;

  Result<flow::Awaited<FeedItem>> next_within(std::chrono::nanoseconds patience) override;
  std::uint16_t port() const;

 private:
  class Door;
  ListenFeed(std::unique_ptr<Door> door, const ListenSettings& settings, const Clock& clock,
             const StopSource& stop, Log& log);
  void take(Notice notice);
  void give_up(const Error& why);

  std::unique_ptr<Door> door_;
  const std::chrono::nanoseconds window_;
  const Clock& clock_;
  const StopSource& stop_;
  Log& log_;
  media::Repairs* repairs_;
  std::optional<FlvSection> section_;
  std::optional<std::chrono::nanoseconds> gone_;  // when the publisher left
  std::deque<FeedItem> ready_;
};

}  // namespace weir::ingest
