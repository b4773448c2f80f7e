// What may change from one reload of a live playlist to the next. No I/O, no clock.
// Source: draft-pantos-hls-rfc8216bis-22 sections 4.4.3, 6.2.1, 6.2.2, 6.2.5.1 and 6.2.6.
#pragma once

#include <cstdint>

#include "probe/live_findings.h"
#include "probe/live_playlist.h"

namespace weir::probe {

/// A playlist as it was answered; times since the begin of the watch.
struct Reload {
  LivePlaylist list;
  std::int64_t asked_us = 0;
  std::int64_t answered_us = 0;
  bool delta = false;  ///< It was a delta update, which `list` is no more.
};

/// The rules draft-RELOAD-*, draft-PRELOAD-HINT-KEPT, and draft-DELTA where `before` is put
/// together from delta updates and `now` is whole.
void compare_reloads(const Reload& before, const Reload& now, const LiveScene& scene);

/// draft-DELTA: what a delta update that was asked for says by itself, and beside what is held.
void check_delta(const LivePlaylist& held, const LivePlaylist& delta, const LiveScene& scene);

}  // namespace weir::probe
