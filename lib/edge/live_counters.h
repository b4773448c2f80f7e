// What happened on a stream, in numbers.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::edge {

/// How a viewer gets a stream.
enum class Via : std::uint8_t { kHttpFlv, kRtmp, kWebSocket };
inline constexpr std::array kAllVia{Via::kHttpFlv, Via::kRtmp, Via::kWebSocket};
/// "http-flv"
std::string_view via_name(Via via);

/// How long viewers waited from being let in to their first bytes.
struct StartTimes {
  static constexpr std::array kBounds{0.01, 0.05, 0.1, 0.25, 0.5,
                                      1.0,  2.0,  5.0, 10.0};  ///< Seconds.
  /// How many within each bound and above the one before; the last are those beyond all.
  std::array<std::uint64_t, kBounds.size() + 1> counts{};
  double seconds = 0;  ///< Of all together.

  void add(std::chrono::nanoseconds time);
};

struct ViewerCounters {
  std::uint64_t came = 0;
  std::uint64_t sent = 0;            ///< Bytes given to them.
  std::uint64_t skips = 0;           ///< Times one was too far behind.
  std::uint64_t skipped_frames = 0;  ///< What that cost them.
  std::uint64_t evicted = 0;
  StartTimes starts{};
};

struct LiveCounters {
  std::uint64_t frames = 0;      ///< Taken from publishers, as are `bytes`.
  std::uint64_t bytes = 0;       ///< As FLV.
  std::uint64_t damaged = 0;     ///< Tags that could not be read.
  std::uint64_t before_key = 0;  ///< Pictures of a publisher in front of its first key frame.
  std::uint64_t publishers = 0;
  std::array<ViewerCounters, kAllVia.size()> by_via{};

  ViewerCounters& of(Via via) { return by_via[static_cast<std::size_t>(via)]; }
  const ViewerCounters& of(Via via) const { return by_via[static_cast<std::size_t>(via)]; }
};

/// What waits for the viewers of a stream right now.
struct ViewerQueues {
  std::size_t viewers = 0;
  std::uint64_t bytes = 0;    ///< Of all together.
  std::uint64_t longest = 0;  ///< Of the one that is furthest behind.
};

}  // namespace weir::edge
