// What a configuration becomes: the parts of a server, each made by itself.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "edge/config.h"
#include "edge/hls_origin.h"
#include "edge/http_server.h"
#include "edge/presentations_http.h"
#include "edge/rtmp_edge.h"
#include "net/event_loop.h"
#include "rtmp/keys.h"

namespace weir::edge {

using Folders = std::vector<std::unique_ptr<HlsOrigin>>;
using PublishKeys = std::optional<rtmp::StreamKeys>;  // empty: everybody may

/// kIo and kUsage as StreamKeys::load().
Result<PublishKeys> publish_keys(const EdgeConfig& config, Log& log);

/// Keys that are asked for and replaced.
/// Threads    All calls from any thread.
class HeldKeys {
 public:
  explicit HeldKeys(PublishKeys keys) : keys_(std::move(keys)) {}
  void replace(PublishKeys keys);
  bool allow(std::string_view stream, const rtmp::StreamKey& key) const;

 private:
  mutable std::mutex mutex_;
  PublishKeys keys_;
};
using HeldKeysPtr = std::shared_ptr<HeldKeys>;

/// Borrows `loop` and `clock`. What was opened before a failure is in `out`, to be ended behind the
/// loop. kIo, naming the folder.
Result<void> open_folders(const EdgeConfig& config, net::EventLoop& loop, const Clock& clock,
                          const HeldKeysPtr& keys, Folders& out);
/// The same folders, to be looked through. kIo likewise.
Result<std::vector<PresentationFolder>> presentations(const EdgeConfig& config);

/// Where a door is: of one that was handed over, where that listens.
struct Place {
  std::string address;
  std::uint16_t port = 0;
  int fd = -1;  ///< Of such a one.
};
/// kUsage when it was not handed over.
Result<Place> place_of(const Door& door);

/// Of a door, as it is written.
RtmpRules rtmp_rules(const EdgeConfig& config, const Door& door, PublishKeys keys, Log& log);

HttpCensusLimits census_limits(const EdgeConfig& config);
/// Without doors.
HttpServerOptions http_options(const EdgeConfig& config);

}  // namespace weir::edge
