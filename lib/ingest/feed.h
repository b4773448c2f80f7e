// Sources that go away and come back: what they give, before it is one stream.
#pragma once

#include <string>
#include <variant>

#include "base/units.h"
#include "flow/stage.h"
#include "media/event.h"
#include "media/track.h"

namespace weir::ingest {

/// As a time to wait: without a limit.
inline constexpr Micros kUnlimited = std::chrono::hours(24 * 365);

/// A source is there, for the first time or again. The items behind it are of these tracks, with
/// stamps of their own that begin at 0 or later, pictures with a key frame.
struct Arrival {
  media::Tracks tracks;
  std::string from;  ///< What words call it.
};
using FeedItem = std::variant<Arrival, media::Item>;
using Feed = flow::PatientSource<FeedItem>;

/// Bytes a feed item holds.
inline std::int64_t feed_cost(const FeedItem& item) {
  const auto* of_stream = std::get_if<media::Item>(&item);
  return of_stream == nullptr ? 0 : media::cost(*of_stream);
}

}  // namespace weir::ingest
