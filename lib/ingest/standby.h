// What stands in for an input: a live URL, or a file that is played over and over.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "ingest/feed.h"
#include "media/repairs.h"

namespace weir::ingest {

/// Live URLs are opened anew when they end or fail, without a limit. What has a length (a file, or
/// a URL of one) and "test:" are played not faster than real time, and again from the begin.
/// Borrows all but `url`; `repairs` may be null.
/// Threads: one of its own, which opens and reads. It ends when the feed is destroyed.
std::unique_ptr<Feed> open_standby(const std::string& url, const Clock& clock, Log& log,
                                   const Random& random, media::Repairs* repairs);

}  // namespace weir::ingest
