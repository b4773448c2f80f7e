// How an RTMP server keeps its side of a connection, as a player of ours meets it.
// Source: Adobe RTMP 1.0 (2012) sections 5.2 (handshake), 5.3 (chunks) and 5.4 (protocol control).
#pragma once

#include <string>

#include "base/stop.h"
#include "base/units.h"
#include "probe/live_findings.h"
#include "rtmp/wire.h"

namespace weir::probe {

struct RtmpFacts {
  bool media = false;  ///< Tags came; else nothing is judged.
  rtmp::WireFacts wire;
};

/// Plays the stream at `url` over a connection of its own, until 200 tags have come or that time is
/// over. Blocks; the stop ends it within 50 ms. What cannot be played has no media.
RtmpFacts observe_rtmp(const std::string& url, Micros most, const StopSource& stop);

/// The rules weir-RTMP-*.
void check_rtmp(const RtmpFacts& facts, const LiveScene& scene);

}  // namespace weir::probe
