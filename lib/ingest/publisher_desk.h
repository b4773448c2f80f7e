// Decides which publisher a stream is taken from.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/sparing_log.h"
#include "ingest/notice_queue.h"
#include "media/repairs.h"
#include "rtmp/keys.h"
#include "rtmp/server.h"
#include "rtmp/takeovers.h"

namespace weir::ingest {

struct DeskRules {
  std::string app{};
  std::string stream{};                    ///< "": the first that comes, and only that afterwards.
  std::optional<rtmp::StreamKeys> keys{};  ///< Empty: everybody may.
  std::int64_t most_waiting = 32 << 20;    ///< Bytes in the queue, beyond which nobody is read.
  media::Repairs* repairs = nullptr;       ///< Borrowed.
};
/// Whether app, stream and key are right. kRefused; who knows no key is not told which streams
/// there are.
Result<void> check_visitor(const DeskRules& rules, const rtmp::StreamName& name);

/// So many changes of the publisher in a minute are a fight of two.
inline constexpr int kMostChanges = 6;

/// One publisher at a time; a second with the same right takes over at once. Only what the current
/// one sends reaches the queue.
/// Threads    All on the server's loop. Outlives every handler it gave.
class PublisherDesk {
 public:
  /// `queue`, `clock` and `log` are borrowed.
  PublisherDesk(DeskRules rules, NoticeQueue& queue, const Clock& clock, Log& log)
      : rules_(std::move(rules)), queue_(queue), clock_(clock), log_(log), refusals_(log) {}

  /// A StreamGate. What is refused is said in the log, sparingly, without names that may be
  /// secrets.
  Result<std::unique_ptr<rtmp::StreamHandler>> admit(const rtmp::Visitor& visitor,
                                                     std::shared_ptr<rtmp::ServedStream> stream);
  /// The queue was emptied below half of its limit.
  void make_room();
  /// Puts the publisher out that is there, with a line for the person there.
  void put_out(const std::string& text);

 private:
  class Handler;
  Result<void> take_over(const rtmp::Visitor& visitor);
  void take(std::int64_t publisher, flv::Tag tag);
  void end(std::int64_t publisher, const Error& why);

  DeskRules rules_;
  NoticeQueue& queue_;
  const Clock& clock_;
  Log& log_;
  SparingLog refusals_;
  std::shared_ptr<rtmp::ServedStream> current_;
  std::int64_t publisher_ = 0;  // number of the current one
  rtmp::Takeovers takeovers_;
  bool held_ = false;
};

}  // namespace weir::ingest
