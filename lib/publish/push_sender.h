// One target of a push: an RTMP server that gets the tags of a stream, and gets them again after a
// break.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/units.h"
#include "publish/push_queue.h"
#include "publish/push_target.h"
#include "rtmp/url.h"

namespace weir::publish {

struct PushOptions {
  rtmp::Url url;
  std::string name;  ///< For words, the report among them; nothing secret.
  PushLimits limits{};
  PushRetry retry{};
  Micros drain{10'000'000};  ///< How long finish() waits for a target that is behind.
  bool pictures = true;      ///< The stream has them: begin with a key frame.
};

struct PushReport {
  std::string name;
  PushState state = PushState::kWaiting;
  std::int64_t bytes = 0;  ///< Of bodies given to connections, as is the next.
  std::uint64_t tags = 0;
  PushDrops drops{};
  std::uint64_t reconnects = 0;
  bool ever = false;  ///< It published at least once.
  std::int64_t queued_bytes = 0;
  Micros queued{};
  std::string failure{};  ///< Why it does not publish, "" when it does.
};

/// Has its own thread, connection and queue: what becomes of other targets does not touch it.
///
/// Connection Made at once, and again after every break, see PushTarget; each begins as PushQueue
///            says. A server that names its codecs and lacks one of the stream's is given up.
/// Queue      What a server does not take in time waits in the queue, and 256 KB in front of it.
/// Words      Every change goes to the log, and drops at most every ten seconds.
/// Threads    push(), finish() and the destructor by one thread; report() from any.
class PushSender {
 public:
  /// All borrowed.
  PushSender(PushOptions options, const Clock& clock, const Random& random, Log& log);
  /// At once, whatever waits.
  ~PushSender();

  /// Never waits.
  void push(TagPtr tag);
  /// No more comes: sends what waits, takes leave, and returns, at the latest after `drain`. At
  /// once for a target that cannot be reached.
  void finish();
  PushReport report() const;

 private:
  class Core;
  const std::unique_ptr<Core> core_;
};

}  // namespace weir::publish
