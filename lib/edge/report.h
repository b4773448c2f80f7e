// How a server fares, as those who watch over it read it.
// Source: Prometheus exposition formats, text version 0.0.4.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "edge/guarded_api.h"
#include "edge/http_server.h"
#include "edge/hub.h"
#include "edge/live_counters.h"

namespace weir::edge {

struct StreamReport {
  std::string name;
  bool published = false;  ///< Somebody publishes it now.
  LiveCounters counters;
  std::array<ViewerQueues, kAllVia.size()> queues{};
  std::uint64_t jumps = 0;  ///< Of its publishers' stamps, taken out.
  std::size_t kept = 0;     ///< Bytes for new and slow viewers.
  std::optional<StampTime> time{};
};

struct RtmpReport {
  std::size_t connections = 0;
  std::uint64_t refused = 0;  ///< Closed at once, because there were too many.
};

struct EdgeReport {
  std::chrono::nanoseconds uptime{};
  std::int64_t utc_us = 0;  ///< Now.
  std::vector<StreamReport> streams{};
  std::optional<HttpCounters> http{};
  std::optional<RtmpReport> rtmp{};
  std::optional<GuardedApiReport> api{};
};

std::vector<StreamReport> report_streams(const Hub& hub);

/// Of each family all lines in one place, streams in the order of the report.
std::string metrics_text(const EdgeReport& report);
/// {"version":1,"now_ms":1767225600000,"streams":[{"name":"live/show","url":"/live/show.flv", …}]}
std::string streams_json(const EdgeReport& report);

}  // namespace weir::edge
