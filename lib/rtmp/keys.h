// Who may publish: streams and their keys, from a file only their owner can read.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "rtmp/stream_name.h"

namespace weir::rtmp {

/// The time this takes depends on the length of `given` alone.
bool same_key(std::string_view given, std::string_view right);

/// One "STREAM:KEY" a line; spaces around both, empty lines and lines that begin with '#' do not
/// count. A stream may have several keys, and what is not listed has none.
class StreamKeys {
 public:
  /// kIo when the file cannot be read; otherwise as parse(). A file that everyone may read is said
  /// in the log. Borrows nothing.
  static Result<StreamKeys> load(const std::string& path, Log& log);
  /// kUsage for a line without ':', without stream or key, or longer than names may be, and when
  /// there is no key at all; the text has the number of the line, nothing of what is in it.
  static Result<StreamKeys> parse(std::string_view text);

  /// Compares with every key there is, so that the time tells nothing about which streams exist.
  bool allow(std::string_view stream, const StreamKey& key) const;

 private:
  std::vector<std::pair<std::string, StreamKey>> keys_;
};

}  // namespace weir::rtmp
