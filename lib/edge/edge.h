// The delivery server as a whole: its doors, its hub, its folders.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/result.h"
#include "edge/config.h"

namespace weir::edge {

/// Borrowed, all.
struct EdgeServices {
  const Clock& clock;
  const Random& random;
  Log& log;
};

/// Empty: it does not listen there.
struct EdgePorts {
  std::optional<std::uint16_t> http, https, rtmp, rtmps;
};

/// RTMP comes in and goes out, HTTP goes out, both plain and under TLS: /APP/STREAM.flv is a live
/// stream, every folder lies under its path, and StatusHttp says how it all fares.
/// End        drain(), or the destructor, which ends everybody at once.
/// Threads    One loop for the live streams, RTMP and all who watch them, one that is told what
///            changes in the folders; EdgeConfig::threads more for HTTP. All calls by one other
///            thread.
class Edge {
 public:
  /// It listens when this returns. kUsage for a configuration that cannot be, kIo for a file, a
  /// folder or a port that cannot be had.
  static Result<std::unique_ptr<Edge>> open(const EdgeConfig& config, const EdgeServices& services);
  /// The same faults but for those of ports; nothing is opened that stays so.
  static Result<void> check(const EdgeConfig& config, Log& log);
  ~Edge();

  EdgePorts ports() const;

  /// Takes nobody any more, puts the publishers out, and gives viewers and requests what there is.
  /// Waiting    Until all have it, or for EdgeConfig::drain.
  void drain();
  /// Goes on by another configuration: certificates and keys are read anew, and so are rules of
  /// access, limits of HTTP connections, and those of live streams that begin later. Nobody is
  /// disturbed. A failure, as of check(), leaves all as it was. What only a new start can change
  /// (fixed_changes()) stays, and is said in the log.
  Result<void> reload(const EdgeConfig& config);
  /// The access log is written as far as it goes; to be called about once a second.
  void flush_log();

 private:
  class Impl;
  explicit Edge(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::edge
