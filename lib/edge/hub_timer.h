// Turns a hub's clock on an event loop.
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "edge/hub.h"

namespace weir::edge {

/// From its making to its end it calls tick() when that is due, and every 20 ms to see whether
/// something new is.
/// Threads    All on the loop, or while it does not run.
class HubTimer {
 public:
  /// Borrowed, both.
  HubTimer(boost::asio::io_context& loop, Hub& hub, const Clock& clock);
  ~HubTimer();

 private:
  class Beat;
  std::shared_ptr<Beat> beat_;
};

}  // namespace weir::edge
