// SIGHUP, by which an operator asks a tool to read its lists or its configuration again.
#pragma once

#include <csignal>

namespace weir::cli {

/// While this lives, SIGHUP is counted in place of ending the process. One at a time.
class HangUp {
 public:
  /// What becomes of a system call that waits when the signal comes.
  enum class Calls {
    kInterrupted,  ///< It returns (EINTR), so a tool that waits for input sees the signal at once.
    kGoOn,         ///< It goes on, for libraries that do not expect an interrupted call.
  };
  explicit HangUp(Calls calls);
  ~HangUp();
  HangUp(const HangUp&) = delete;
  HangUp& operator=(const HangUp&) = delete;

  /// Whether one came since the last call.
  bool take();

 private:
  struct sigaction before_ {};
};

}  // namespace weir::cli
