// SIGHUP, by which an operator asks a tool to read its lists again.
#pragma once

#include <csignal>

namespace weir::cli {

/// While this lives, SIGHUP is counted in place of ending the process. One at a time.
class HangUp {
 public:
  HangUp();
  ~HangUp();
  HangUp(const HangUp&) = delete;
  HangUp& operator=(const HangUp&) = delete;

  /// Whether one came since the last call.
  bool take();

 private:
  struct sigaction before_ {};
};

}  // namespace weir::cli
