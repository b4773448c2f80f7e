// Standard error: whole lines, and below them one status line that rewrites itself.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

namespace weir::cli {

/// Threads: all calls are safe from any thread; lines are never mixed.
/// Failure: a stderr that cannot be written is ignored, there is nobody to tell.
class Words {
 public:
  /// `fd` is borrowed. `terminal`: a status line may be drawn there.
  Words(int fd, bool terminal) : fd_(fd), terminal_(terminal) {}

  bool terminal() const { return terminal_; }
  /// One line, without its newline; newlines inside become spaces.
  void line(std::string_view text);
  /// Replaces the status line, cut to the width of the terminal; "" removes it.
  void status(std::string_view text);
  /// Leaves the last status line standing and goes below it.
  void keep_status();

 private:
  void write_all(std::string_view text) const;
  std::string drawn() const;

  const int fd_;
  const bool terminal_;
  std::mutex mutex_;
  std::string status_;  // guarded by mutex_
};

}  // namespace weir::cli
