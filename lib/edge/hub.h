// The live streams of a server: who publishes each, and who watches it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "base/units.h"
#include "edge/live_stream.h"
#include "edge/viewer.h"
#include "rtmp/takeovers.h"

namespace weir::edge {

struct HubLimits {
  LiveLimits live;
  Micros reconnect_window{15'000'000};  ///< How long viewers wait for a publisher that left.
  std::size_t streams = 1'000;
  int most_changes = 6;  ///< Of publishers in a minute: more are a fight of two.
};

class Hub;

/// The right to fill a stream, until another publisher takes over. The destructor ends it.
class Publication {
 public:
  Publication(Publication&& other) noexcept;
  Publication& operator=(Publication&&) = delete;
  ~Publication();

  void take(const flv::Tag& tag);

 private:
  friend class Hub;
  Publication(Hub& hub, std::string name, std::uint64_t number)
      : hub_(&hub), name_(std::move(name)), number_(number) {}

  Hub* hub_;
  std::string name_;
  std::uint64_t number_;
};

/// Streams by name, "live/show". One begins with its first publisher, and ends when the last one
/// has been gone for the reconnect window: viewers stay through a break and through a takeover.
/// Threads    All on one loop. Outlives its publications and viewers.
class Hub {
 public:
  /// `clock` is borrowed.
  Hub(const HubLimits& limits, const Clock& clock) : limits_(limits), clock_(clock) {}

  /// Takes over from a publisher that is there, whom `put_out` of that one tells so. kRefused when
  /// two fight for the stream, or when there are too many streams.
  Result<Publication> publish(const std::string& name,
                              std::function<void(std::string_view)> put_out);
  /// All publishers are put out and none is taken any more; viewers get what there is, and end.
  void close();
  /// `owner` is borrowed by the viewer. kRefused when there is no such stream.
  Result<std::unique_ptr<Viewer>> play(std::string_view name, ViewerOwner& owner, Form form,
                                       Via via);

  /// When tick() has something to do; it may be called at any time.
  std::optional<std::chrono::nanoseconds> due() const;
  void tick();

  /// For streams that begin from now on.
  void set(const LiveLimits& limits) { limits_.live = limits; }

  /// In the order of their names.
  using Look = std::function<void(const std::string& name, const LiveStream& live, bool published)>;
  void each(const Look& look) const;
  /// nullptr: there is none. Not to be kept over tick().
  const LiveStream* find(std::string_view name) const;
  std::size_t streams() const { return streams_.size(); }
  /// Of all streams.
  std::size_t viewers() const;

 private:
  friend class Publication;
  struct Entry {
    explicit Entry(const LiveLimits& limits, const Clock& clock) : live(limits, clock) {}
    LiveStream live;
    std::uint64_t publisher = 0;  // number of the one there is, 0: none
    std::function<void(std::string_view)> put_out{};
    std::chrono::nanoseconds left{};  // when the last one went
    rtmp::Takeovers takeovers{};
  };

  Result<void> take_over(Entry& entry);
  static void put_out(Entry& entry, std::string_view why);
  void take(std::string_view name, std::uint64_t number, const flv::Tag& tag);
  void leave(std::string_view name, std::uint64_t number);

  HubLimits limits_;
  const Clock& clock_;
  std::map<std::string, Entry, std::less<>> streams_;
  std::uint64_t numbers_ = 0;
  bool closed_ = false;
};

}  // namespace weir::edge
