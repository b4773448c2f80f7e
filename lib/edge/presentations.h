// What is to be seen in the folders a packager writes.
// Source: RFC 8216bis section 4.4.6 (multivariant playlists).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "edge/http_answer.h"

namespace weir::edge {

/// A playlist a player begins with.
struct Presentation {
  std::string name;  ///< Of its folder, as the path has it: "hls/talk".
  std::string path;  ///< Percent-encoded, from '/' on: "/hls/talk/master.m3u8".
  bool operator==(const Presentation&) const = default;
};

/// The multivariant playlists of a folder; of one that has none, its media playlists. Only where
/// there is no playlist at all it is looked for further down, four folders deep. Two in one folder
/// have the file's name behind that of the folder.
/// As with HlsOrigin, symbolic links and names that begin with '.' are not there.
/// Bounds     10 000 names and 1000 presentations are looked at, 64 kB of each playlist.
class PresentationFolder {
 public:
  /// `prefix` is the path it is served under. kIo, naming the folder, when it cannot be opened.
  static Result<PresentationFolder> open(std::string prefix, const std::string& folder);

  /// In the order of their paths.
  /// Waiting    For the disk.
  std::vector<Presentation> list() const;

 private:
  PresentationFolder(std::string prefix, std::shared_ptr<const OpenFile> folder)
      : prefix_(std::move(prefix)), folder_(std::move(folder)) {}

  std::string prefix_;  // without '/' at its end
  std::shared_ptr<const OpenFile> folder_;
};

/// {"version":1,"presentations":[{"name":"hls/talk","url":"/hls/talk/master.m3u8"}]}
std::string presentations_json(const std::vector<Presentation>& all);

}  // namespace weir::edge
