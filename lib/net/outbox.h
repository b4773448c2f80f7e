// What is still to be sent, and in which order it may be: no thread, no clock, no socket.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/store.h"
#include "base/units.h"

namespace weir::net {

enum class JobKind {
  kNeeded,   ///< What segments cannot do without: initialization sections, keys.
  kSegment,  ///< May be lost.
  kListing,
  kRemoval,
};

struct Job {
  JobKind kind = JobKind::kNeeded;
  std::string name;
  Bytes bytes{};
  Micros duration{};                 ///< Of a segment.
  Listing listing{};                 ///< Of a listing; its bytes are made when its turn has come.
  std::chrono::nanoseconds since{};  ///< When it was added, by the caller's clock.
  std::uint64_t number{};            ///< Given by the outbox: order of arrival.
  bool taken = false;                ///< Being sent.
};
using JobPtr = std::shared_ptr<Job>;

struct OutboxLimits {
  std::int64_t bytes = 64 << 20;  ///< In all.
  Micros duration{30'000'000};    ///< Of the segments of one folder.
};

/// A folder is a lane: its jobs are taken one at a time, in their order. Lanes are independent,
/// except that a listing waits for what was added before it and
///   is in a folder above its own, listings and removals excepted;
///   is in a folder below its own, removals excepted;
/// and as long as a listing in a folder below has never arrived, though one was given up.
/// Threads    None; calls are ordered by the caller. A Job taken is its taker's until it is
/// settled.
class Outbox {
 public:
  explicit Outbox(OutboxLimits limits) : limits_(limits) {}

  /// Of listings with one name the oldest and the newest not yet taken are kept: the oldest so that
  /// its turn comes, however fast they follow each other. A thousand removals are kept.
  void add(Job job);
  /// No place for another job in this folder. Overshot by one job at most.
  bool full(std::string_view folder) const;
  /// When full: how much longer to wait before something is given up. What waits has been made in
  /// no more time than it lasts, or the target would have kept up; a source quicker than real time
  /// is slowed down by this, and one in real time never is. 0 or less: now.
  std::chrono::nanoseconds patience(std::string_view folder, std::chrono::nanoseconds now) const;
  /// Gives up the oldest segments not yet taken until the folder is no longer full, or there is
  /// none left; their names.
  std::vector<std::string> make_room(std::string_view folder);

  /// The oldest job that may be sent now; nullptr when there is none.
  JobPtr take();
  /// Of a job that was taken: it has arrived; of a removal, it was tried.
  void settle(const JobPtr& job);
  /// Of a job that was taken: it is given up.
  void lose(const JobPtr& job);
  /// Of a listing that was taken: it is given up, but unless a newer one of its name waits it goes
  /// behind all else in its folder.
  void postpone(const JobPtr& job);
  /// Gives up the first segment behind a needed job that was taken; its name, "" if there is none.
  std::string lose_next(const JobPtr& job);

  bool lost(std::string_view name) const { return lost_.contains(name); }
  bool empty() const { return lanes_.empty(); }
  /// Not empty, nothing is taken and nothing may be: what is left waits for a listing given up.
  bool stuck() const;
  /// Forgets all that is not taken.
  void clear();

 private:
  struct Lane {
    std::deque<JobPtr> jobs;
    Micros duration{};  // of all segments in it
  };
  using Lanes = std::map<std::string, Lane, std::less<>>;

  using JobAt = std::deque<JobPtr>::iterator;

  bool ready(std::string_view folder, const Job& job) const;
  bool all_there(std::string_view folder) const;
  void forget(const JobPtr& job);
  void drop_middle(Lane& lane, std::string_view name);
  struct Place {
    Lanes::iterator lane;
    JobAt at;
  };
  /// Of the jobs of this kind that are not taken, in the lane or, with lanes_.end(), in any.
  std::optional<Place> oldest(JobKind kind, Lanes::iterator only);
  std::string give_up(const Place& place);
  void erase(const Place& place);
  bool too_long(std::string_view folder) const;

  const OutboxLimits limits_;
  Lanes lanes_;  // none is empty
  std::int64_t bytes_ = 0;
  std::size_t removals_ = 0;
  std::uint64_t next_ = 1;
  std::map<std::string, bool, std::less<>> lost_;  // true: some of it may be there
  std::set<std::string, std::less<>> listed_;      // listings that have arrived
  std::set<std::string, std::less<>> absent_;      // those given up before they ever did
};

/// Everything before the last '/'; "" for a name without one.
std::string_view folder_of(std::string_view name);

}  // namespace weir::net
