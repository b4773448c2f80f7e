// Bytes from a local file or over HTTP, for playlists and what they name.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stop.h"
#include "hls/playlist_text.h"
#include "media/av_ptr.h"

namespace weir::probe {

/// One resource being read from front to back.
class Resource {
 public:
  /// Bytes put into `to`; 0 is the end. kIo when the source breaks, kStopped on a stop.
  Result<std::size_t> read(std::span<std::uint8_t> to);
  std::int64_t bytes_read() const { return position_; }
  /// Of bytes that are there, borrowed.
  static Resource of(ByteView bytes);

 private:
  friend class Fetcher;
  struct Close {
    void operator()(AVIOContext* io) const noexcept { avio_closep(&io); }
  };
  std::string location_;
  const StopSource* stop_ = nullptr;
  std::unique_ptr<AVIOContext, Close> io_;
  ByteView memory_;  // without io_
  std::int64_t position_ = 0;
  std::optional<std::int64_t> length_;  // of the byte range
};

/// Opens resources. A location is a local path or an http(s) URL; anything else is kUnsupported,
/// so that no playlist can reach another of libavformat's protocols. A read that brings nothing
/// for 20 s fails.
class Fetcher {
 public:
  /// `stop` is borrowed and may be null.
  explicit Fetcher(const StopSource* stop) : stop_(stop) {}
  Result<Resource> open(const std::string& location, std::optional<hls::ByteRange> range) const;
  /// The whole resource; kRefused when it has more than `limit` bytes, kBadInput when a byte range
  /// reaches beyond its end.
  Result<Bytes> whole(const std::string& location, std::optional<hls::ByteRange> range,
                      std::int64_t limit) const;
  const StopSource* stop() const { return stop_; }

 private:
  const StopSource* stop_;
};

/// What a playlist at `base` names; kRefused when one from the network reaches into our files.
Result<std::string> locate(const std::string& base, const std::string& reference);

/// True when the first bytes at `location` are those of a playlist. What cannot be opened is none:
/// whoever opens it next says why.
bool is_playlist(const Fetcher& fetcher, const std::string& location);

}  // namespace weir::probe
