// One media playlist that is reloaded as a client does it: what to ask for next and when, and what
// the answers say. No I/O, no clock; times are microseconds since the begin of the watch.
// Source: draft-pantos-hls-rfc8216bis-22 sections 6.2.5 and 6.3.4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "probe/live_checks.h"
#include "probe/live_findings.h"
#include "probe/live_rules.h"

namespace weir::probe {

/// A request for the playlist.
struct LiveAsk {
  std::int64_t at_us = 0;               ///< Not before.
  std::optional<LivePosition> awaited;  ///< Blocking: until it has this.
  bool skip = false;                    ///< A delta update is welcome.

  /// Delivery directives, in the order the draft wants: "_HLS_msn=7&_HLS_part=2", or "".
  std::string query() const;
};

struct LiveAnswer {
  std::int64_t asked_us = 0;
  std::int64_t answered_us = 0;
  int status = 0;                                 ///< 0: there was no answer, `failure` says why.
  std::string failure{};                          ///< Lower case.
  bool timed_out = false;                         ///< Of status 0.
  std::string_view text{};                        ///< The playlist.
  std::optional<std::int64_t> date_utc_us{};      ///< Of the header fields.
  std::optional<std::int64_t> modified_utc_us{};  ///< Last-Modified.
};

/// Requests that a server has to refuse.
enum class WrongAsk { kPartAlone, kFarAhead };

struct LiveTrackStats {
  std::int64_t reloads = 0;
  std::int64_t fresh = 0;  ///< With something new in them.
  std::int64_t blocking = 0;
  std::int64_t deltas = 0;
  std::int64_t failures = 0;
  std::int64_t segments = 0;    ///< That appeared while it was watched.
  std::int64_t longest_us = 0;  ///< Without anything new, for certain.
};

class LiveTrack {
 public:
  /// Every so many reloads with delta updates a whole one is asked for, and compared.
  static constexpr int kWholeEvery = 8;
  /// A blocking request may be answered so much later than three target durations.
  static constexpr std::int64_t kSlack = 1'000'000;

  /// `out` is borrowed. Without `directives` the server is one that takes no queries: a folder.
  LiveTrack(std::string uri, LiveFindings& out, bool directives = true)
      : uri_(std::move(uri)), out_(out), directives_(directives) {}

  /// Empty once the playlist has ended, and was seen once more afterwards.
  std::optional<LiveAsk> next() const;
  /// How long that request may take; empty: no longer than any other.
  std::optional<std::int64_t> patience_us() const;
  void answer(const LiveAsk& ask, const LiveAnswer& answer);
  /// The query of a request that has to be refused; "" unless the server can block.
  std::string wrong_query(WrongAsk wrong) const;
  void wrong_answered(WrongAsk wrong, int status, std::int64_t at_us);
  /// The watch ends.
  void finish(std::int64_t now_us);

  const std::string& uri() const { return uri_; }
  /// The last version; nullptr before the first.
  const LivePlaylist* list() const { return last_ ? &last_->list : nullptr; }
  const Reload* reload() const { return last_ ? &*last_ : nullptr; }
  LiveChecks& checks() { return checks_; }
  const LiveTrackStats& stats() const { return stats_; }

 private:
  LiveScene scene(std::int64_t at_us) const { return {out_, uri_, at_us}; }
  void fail(const LiveAsk& ask, const LiveAnswer& answer);
  void retry(const LiveAnswer& answer);
  std::optional<LivePlaylist> resolve(const LiveAsk& ask, const LiveAnswer& answer,
                                      LivePlaylist list);
  void check_text(const LiveAnswer& answer);
  void check_held(const LiveAsk& ask, const LiveAnswer& answer, const LivePlaylist& list);
  void check_modified(const LiveAnswer& answer);
  void take(const LiveAsk& ask, Reload now);
  void check_late(std::int64_t at_us);
  void plan(const LiveAsk& ask, bool fresh);

  const std::string uri_;
  LiveFindings& out_;
  const bool directives_;
  std::optional<Reload> last_;
  LiveChecks checks_;
  LiveTrackStats stats_;
  LiveAsk next_;
  std::int64_t fresh_us_ = 0;   // when the last version was seen first
  std::int64_t old_until_ = 0;  // it was still the last one
  int deltas_ = 0;              // since a whole one
  bool failing_ = false;
  bool stale_ = false;
  bool over_ = false;
};

}  // namespace weir::probe
