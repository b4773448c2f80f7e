// The parts that playlists say will come next.
// Source: draft-pantos-hls-rfc8216bis sections 4.4.5.3 and 6.2.6.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "hls/reload.h"

namespace weir::edge {

/// Of playlists as they were read last. Names are those of files below a folder, as a server finds
/// it under a path.
/// Threads    All calls from any.
class PartHints {
 public:
  /// `path` is "/hls", or "" for all there is.
  explicit PartHints(std::string path) : path_(std::move(path)) {}

  void put(std::string_view playlist, const hls::PlaylistReach& reach);
  /// The target duration of a playlist that hints at this file.
  std::optional<Micros> target_of(std::string_view name) const;
  /// Those of that folder that hint at anything.
  std::vector<std::string> playlists_in(std::string_view folder) const;

 private:
  struct Hinted {
    std::vector<std::string> names;
    Micros target{};
  };
  Hinted hinted(std::string_view playlist, const hls::PlaylistReach& reach) const;

  const std::string path_;
  mutable std::mutex mutex_;  // of what follows
  std::map<std::string, Hinted, std::less<>> hinted_;
};

}  // namespace weir::edge
