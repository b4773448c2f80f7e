// Who asked for what: a JSON object a line.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace weir::edge {

/// Secrets are in none of it: no query, no key, no token.
struct AccessRecord {
  std::string_view protocol;  ///< "http", "http-flv", "ws-flv", "rtmp", "rtmp-publish".
  std::string_view peer;      ///< Address, without a port.
  std::string_view method{};
  std::string_view path;
  unsigned status = 0;      ///< Of HTTP; 0: none.
  std::uint64_t bytes = 0;  ///< Of content: the answer's, or what was really sent of a live stream.
  std::chrono::nanoseconds begun{};  ///< AccessLog::now() when the request was there.
  std::string_view agent{};          ///< What the peer calls itself.
  std::string_view referer{};        ///< Without its query.
};

/// "time" is when the answer was given, or the stream ended; "ms" how long that took. Lines gather
/// up to 64 KiB before they are written; what cannot be written is lost, and counted.
/// Threads    All calls from any thread.
class AccessLog {
 public:
  /// "-" is standard error; a file is appended to. `clock` is borrowed. kIo, naming the file.
  static Result<std::unique_ptr<AccessLog>> open(const std::string& path, const Clock& clock);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  std::chrono::nanoseconds now() const { return clock_.monotonic(); }
  void write(const AccessRecord& record);
  void flush();
  /// Goes on in the file of that name, which may be another by now. kIo: it stays with the old one.
  Result<void> reopen();
  /// Lines that could not be written.
  std::uint64_t lost() const;

 private:
  AccessLog(std::string path, int fd, const Clock& clock)
      : path_(std::move(path)), clock_(clock), fd_(fd) {}
  void write_out();

  const std::string path_;
  const Clock& clock_;
  mutable std::mutex mutex_;  // of what follows
  int fd_;
  std::string waiting_;
  std::uint64_t lines_ = 0;  // in it
  std::uint64_t lost_ = 0;
};

/// A line of the log, without its end.
std::string access_line(const AccessRecord& record, std::int64_t utc_us,
                        std::chrono::nanoseconds now);

}  // namespace weir::edge
