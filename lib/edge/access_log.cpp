#include "edge/access_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <boost/json.hpp>

#include "base/os_error.h"
#include "base/text.h"
#include "base/write_all.h"
#include "edge/signed_url.h"

namespace weir::edge {
namespace {

constexpr std::size_t kGather = 64 << 10;
constexpr mode_t kMode = 0640;
constexpr std::size_t kLongest = 512;  // bytes of a text from outside

Result<int> open_log(const std::string& path) {
  const int fd = path == "-"
                     ? ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
                     : ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kMode);
  if (fd < 0) return fail(Code::kIo, "cannot open access log '{}': {}", path, os_error_text(errno));
  return fd;
}

// JSON is UTF-8; what comes from outside need not be.
std::string legal(std::string_view text) {
  std::string out;
  text = text.substr(0, kLongest);
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    out.append(length > 0 ? text.substr(0, length) : "?");
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string_view without_query(std::string_view url) {
  return url.substr(0, std::min(url.find_first_of("?#"), url.size()));
}

}  // namespace

std::string access_line(const AccessRecord& record, std::int64_t utc_us,
                        std::chrono::nanoseconds now) {
  boost::json::object out{{"time", format_utc(utc_us)},
                          {"protocol", record.protocol},
                          {"peer", record.peer},
                          {"path", legal(without_token(record.path))}};
  if (!record.method.empty()) out["method"] = legal(record.method);
  if (record.status != 0) out["status"] = record.status;
  out["bytes"] = record.bytes;
  out["ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(now - record.begun).count();
  if (!record.agent.empty()) out["agent"] = legal(record.agent);
  if (!record.referer.empty()) out["referer"] = legal(without_query(record.referer));
  return boost::json::serialize(out);
}

Result<std::unique_ptr<AccessLog>> AccessLog::open(const std::string& path, const Clock& clock) {
  WEIR_TRY_ASSIGN(const int fd, open_log(path));
  return std::unique_ptr<AccessLog>(new AccessLog(path, fd, clock));
}

AccessLog::~AccessLog() {
  flush();
  ::close(fd_);
}

void AccessLog::write(const AccessRecord& record) {
  const std::string line = access_line(record, clock_.utc_us(), clock_.monotonic());
  const std::lock_guard lock(mutex_);
  waiting_.append(line).push_back('\n');
  ++lines_;
  if (waiting_.size() >= kGather) write_out();
}

void AccessLog::flush() {
  const std::lock_guard lock(mutex_);
  write_out();
}

void AccessLog::write_out() {
  const std::uint64_t lines = std::exchange(lines_, 0);
  const std::string text = std::exchange(waiting_, {});
  if (!text.empty() && write_all(fd_, as_bytes(text)) != 0) lost_ += lines;
}

Result<void> AccessLog::reopen() {
  WEIR_TRY_ASSIGN(const int fd, open_log(path_));
  const std::lock_guard lock(mutex_);
  write_out();
  ::close(std::exchange(fd_, fd));
  return {};
}

std::uint64_t AccessLog::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace weir::edge
