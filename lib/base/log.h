// Where words go. The library never prints: it is handed a Log by whoever runs it.
#pragma once

#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace weir {

enum class LogLevel { kError, kWarning, kInfo, kDebug };

/// Threads: write() may be called from any thread; implementations keep lines whole.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view line) = 0;

  template <typename... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) {
    write(LogLevel::kWarning, fmt::format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) {
    write(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) {
    write(LogLevel::kDebug, fmt::format(format, std::forward<Args>(args)...));
  }
};

/// Forgets everything; for tests and for callers that do not care.
class NullLog : public Log {
 public:
  void write(LogLevel, std::string_view) override {}
};

}  // namespace weir
