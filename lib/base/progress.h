// How far long work has come, told by the library and shown by whoever runs it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// One of several places the stream is sent to.
struct TargetReport {
  std::string name;
  std::string state;         ///< "publishing".
  std::int64_t bytes = 0;    ///< Sent.
  std::int64_t dropped = 0;  ///< Messages left out.
  std::int64_t reconnects = 0;
  std::int64_t queued_bytes = 0;
  std::int64_t queued_ms = 0;
};

struct ProgressReport {
  std::int64_t media_us = 0;   ///< Stream time done, microseconds.
  std::int64_t total_us = 0;   ///< Stream time there will be; 0 when not known.
  std::int64_t frames = 0;     ///< Source pictures done.
  std::int64_t bytes_out = 0;  ///< Bytes written.
  std::int64_t dropped = 0;    ///< Pictures left out.
  std::vector<TargetReport> targets{};
};

/// Threads: update() may be called from any thread, often; implementations throttle themselves.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void update(const ProgressReport& report) = 0;
};

class NullProgress : public Progress {
 public:
  void update(const ProgressReport&) override {}
};

}  // namespace weir
