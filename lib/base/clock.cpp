#include "base/clock.h"

#include <ctime>

#include <fmt/format.h>

namespace weir {
namespace {

class SystemClock : public Clock {
 public:
  std::chrono::nanoseconds monotonic() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
  std::int64_t utc_us() const override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  }
};

}  // namespace

const Clock& Clock::system() {
  static const SystemClock clock;
  return clock;
}

std::string format_utc(std::int64_t utc_us) {
  using namespace std::chrono;
  const auto ms = floor<milliseconds>(sys_time<microseconds>(microseconds(utc_us)));
  const auto seconds_part = floor<seconds>(ms);
  const std::time_t t = system_clock::to_time_t(seconds_part);
  std::tm tm{};
  gmtime_r(&t, &tm);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", tm.tm_year + 1900, tm.tm_mon + 1,
                     tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (ms - seconds_part).count());
}

}  // namespace weir
