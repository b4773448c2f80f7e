#include "cli/hang_up.h"

#include <atomic>

namespace weir::cli {
namespace {

// A signal handler has no user data, hence the global.
std::atomic<bool> hung_up{false};

extern "C" void on_hang_up(int) {
  hung_up.store(true);
}

}  // namespace

HangUp::HangUp(Calls calls) {
  hung_up.store(false);
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_hang_up;
  action.sa_flags = calls == Calls::kGoOn ? SA_RESTART : 0;
  sigaction(SIGHUP, &action, &before_);
}

HangUp::~HangUp() {
  sigaction(SIGHUP, &before_, nullptr);
}

bool HangUp::take() {
  return hung_up.exchange(false);
}

}  // namespace weir::cli
