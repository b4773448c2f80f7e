#include "cli/hangup.h"

#include <atomic>

namespace weir::cli {
namespace {

// A signal handler has no user data, hence the global.
std::atomic<bool> hung_up{false};

extern "C" void on_hangup(int) {
  hung_up.store(true);
}

}  // namespace

Hangups::Hangups() {
  hung_up.store(false);
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_hangup;
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, &old_);
}

Hangups::~Hangups() {
  sigaction(SIGHUP, &old_, nullptr);
}

bool Hangups::take() {
  return hung_up.exchange(false);
}

}  // namespace weir::cli
