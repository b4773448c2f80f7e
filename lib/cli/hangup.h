// SIGHUP, which asks a server to read its configuration again.
#pragma once

#include <csignal>

namespace weir::cli {

/// While this lives, SIGHUP is counted instead of ending the process. One at a time.
class Hangups {
 public:
  Hangups();
  ~Hangups();
  Hangups(const Hangups&) = delete;
  Hangups& operator=(const Hangups&) = delete;

  /// Whether there was one since the last call.
  bool take();

 private:
  struct sigaction old_ {};
};

}  // namespace weir::cli
