// From the tags of one publisher to an arrival and its items.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "flv/tag.h"
#include "formats/flv_stream.h"
#include "ingest/feed.h"
#include "media/repairs.h"

namespace weir::ingest {

/// Stamps are moved so that the earliest is 0; pictures in front of the first key frame of their
/// track are left out.
class FlvSection {
 public:
  /// `log` and `repairs` are borrowed; `repairs` may be null.
  FlvSection(std::string from, Log& log, media::Repairs* repairs, Micros track_wait)
      : from_(std::move(from)), repairs_(repairs), stream_(from_, &log, repairs, track_wait) {}

  /// What it gives is appended to `out`. Fails as formats::FlvStream does, and then has nothing
  /// more to give.
  Result<void> push(const flv::Tag& tag, std::deque<FeedItem>& out);
  Result<void> finish(std::deque<FeedItem>& out);
  /// The arrival was given: its tracks are known.
  bool begun() const { return shift_.has_value(); }

 private:
  void drain(std::deque<FeedItem>& out);
  void begin(const std::deque<media::Item>& items, std::deque<FeedItem>& out);
  bool wanted(const media::Item& item);

  const std::string from_;
  media::Repairs* repairs_;
  formats::FlvStream stream_;
  std::optional<media::Time> shift_;
  std::set<int> begun_;  // tracks of which a packet was handed out
};

}  // namespace weir::ingest
