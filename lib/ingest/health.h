// How a run fares: gathered by all that take part in it, told once a second.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "media/packet.h"
#include "media/repairs.h"
#include "media/track.h"

namespace weir::ingest {

/// Where what is written comes from.
enum class HealthState {
  kWaiting,   ///< Nowhere: for more than a second nothing was written.
  kLive,      ///< The input.
  kFallback,  ///< The fallback.
  kSlate,     ///< The slate.
};

struct TrackHealth {
  int index = 0;
  media::Kind kind = media::Kind::kOther;
  std::string codec;
  std::int64_t bitrate = 0;  ///< Bits a second of real time since the report before.
  double fps = 0;            ///< Packets a second, likewise.
  std::int64_t packets = 0;  ///< In all.
  std::int64_t bytes = 0;    ///< In all.
};

struct HealthReport {
  HealthState state = HealthState::kWaiting;
  std::int64_t media_us = 0;  ///< Stream time that was written.
  /// How far the pictures that were written reach beyond the sound; empty without both.
  std::optional<std::int64_t> av_offset_us{};
  std::int64_t bytes = 0;  ///< Of all packets.
  std::vector<TrackHealth> tracks{};
  std::vector<std::pair<std::string_view, std::int64_t>> repairs{};  ///< Names of media::Repairs.
};

class HealthSink {
 public:
  virtual ~HealthSink() = default;
  virtual void take(const HealthReport& report) = 0;
};

/// Threads: safe from any thread.
class Health {
 public:
  /// `clock` is borrowed.
  explicit Health(const Clock& clock) : clock_(clock), told_(clock.monotonic()) {}

  media::Repairs repairs;

  /// What the run is made of; before its first packet.
  void begin(const media::Tracks& tracks);
  /// A track goes on as this one.
  void change(const media::Track& track);
  /// A packet is on its way out.
  void take(const media::Packet& packet);
  void set_fallback(bool on);
  void set_slate(bool on);

  /// As of now. The rates are those since the last call.
  HealthReport report();

 private:
  struct Lane {
    TrackHealth told;
    std::int64_t packets_before = 0, bytes_before = 0;  // at the last report
    std::int64_t end_us = 0;
  };
  Lane* find(int track);
  HealthState state(std::chrono::nanoseconds now) const;
  std::optional<std::int64_t> av_offset() const;

  const Clock& clock_;
  std::mutex mutex_;  // guards the rest
  std::vector<Lane> lanes_;
  std::int64_t media_us_ = 0;
  std::chrono::nanoseconds told_;
  std::optional<std::chrono::nanoseconds> heard_;
  bool fallback_ = false, slate_ = false;
};

/// Reports once a second, and a last time at the end of its life.
/// Threads: one of its own, which calls the sink.
class HealthTicker {
 public:
  /// Both borrowed.
  HealthTicker(Health& health, HealthSink& sink);
  ~HealthTicker();
  HealthTicker(const HealthTicker&) = delete;
  HealthTicker& operator=(const HealthTicker&) = delete;

 private:
  void tick();

  Health& health_;
  HealthSink& sink_;
  std::mutex mutex_;  // guards over_
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace weir::ingest
