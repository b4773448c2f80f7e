// Which files of a live playlist have to be there, and until when. No I/O, no clock.
// Source: draft-pantos-hls-rfc8216bis-22 sections 6.2.1 and 6.2.2; appendix B for parts.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "probe/live_findings.h"
#include "probe/live_rules.h"

namespace weir::probe {

/// A question to the server: is this file there?
struct LiveCheck {
  enum class Why {
    kListed,   ///< A segment or part that is listed and no gap: draft-GAP.
    kRemoved,  ///< A segment that was listed: draft-REMOVED.
    kOldPart,  ///< A part that was listed: draft-PART-REMOVED.
  };
  Why why = Why::kListed;
  std::string uri;  ///< As the playlist writes it.
  int line = 0;
  std::int64_t due_us = 0;      ///< Not before this time of the watch.
  std::int64_t removed_us = 0;  ///< It was listed until then at least.
  std::int64_t keep_us = 0;     ///< How long it has to be there from then on.
};

/// The files of one rendition.
///
/// Memory     At most kMostListed and kMostRemoved questions; beyond, the oldest of the listed and
///            the newest of the removed are not asked.
class LiveChecks {
 public:
  static constexpr std::size_t kMostListed = 64, kMostRemoved = 512;
  /// Of the first version, so many segments at the end are asked for.
  static constexpr std::int64_t kFirst = 3;

  void begin(const Reload& first);
  void update(const Reload& before, const Reload& now);
  /// The one that is due first; empty when there is none.
  std::optional<LiveCheck> take(std::int64_t now_us);
  std::optional<std::int64_t> next_due() const;
  /// Removed files that still have to be there now, at most `most`, evenly over what waits; none
  /// is asked twice.
  std::vector<LiveCheck> take_early(std::int64_t now_us, std::size_t most);

 private:
  void listed(const LivePlaylist& list, const LivePosition& from, std::int64_t at_us);
  void add_listed(LiveCheck check);
  void removed(LiveCheck::Why why, const std::string& uri, const Reload& before,
               std::int64_t keep_us);

  std::deque<LiveCheck> listed_;
  std::deque<LiveCheck> removed_;
};

/// What the answer means: an HTTP status, 0 for none. Empty: nothing is wrong.
void judge_check(const LiveCheck& check, int status, std::int64_t asked_us, const LiveScene& scene);

}  // namespace weir::probe
