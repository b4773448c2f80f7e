// One state of one file of an origin, and the answers it gives.
// Source: RFC 8216bis section 6.2.5 and appendix B.1 (caching); RFC 9110 sections 8.8, 13 and 14;
// RFC 9111 section 5.2; RFC 8246 (immutable).
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "edge/http_conditions.h"
#include "edge/http_server.h"
#include "edge/origin_name.h"
#include "hls/reload.h"

namespace weir::edge {

/// Pages of any origin may read what an origin serves.
inline constexpr std::string_view kOriginCors =
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Expose-Headers: Content-Length, Content-Range, Date\r\n";

/// Playlists (.m3u8, .mpd) and what is small are held in memory, of the rest the open file. A
/// playlist may be kept by clients and caches for half a target duration, one that was blocked for
/// under its own URL for six; those without a target duration are asked for again each time, with
/// what the client has; everything else never changes under its name and may be kept for ever.
/// Compressed forms and delta updates are made when the first client asks, once.
/// Threads    All calls from any.
class OriginFile {
 public:
  /// Empty when it cannot be read to its end. Waits for the disk.
  static std::shared_ptr<const OriginFile> read(std::string_view name, FoundFile found);

  struct Form {
    hls::Directives::Skip skip = hls::Directives::Skip::kNone;
    bool was_asked_for = false;  ///< A state of it by its number: _HLS_msn.
  };
  /// 200, 206, 304 or 416, as the request's fields say. Of a Range in a compressed form the plain
  /// one is sent.
  HttpAnswer answer(const HttpRequest& request, const Form& form) const;

  bool is_playlist() const { return is_playlist_; }
  /// Of what is no playlist nothing is there.
  const hls::PlaylistReach& reach() const { return reach_; }
  /// What it takes in memory; of an open file kOpenFileCost.
  std::int64_t cost() const;
  static constexpr std::int64_t kOpenFileCost = 64 << 10;

 private:
  struct Body {
    HttpAnswer content;  // without a head
    Validators state;
    bool is_gzip = false;
    HttpAnswer whole;  // what most get
  };

  /// Made when the first one asks; `body` stays empty where there is nothing to make.
  struct Lazy {
    std::once_flag once;
    std::unique_ptr<Body> body;
  };

  OriginFile(std::string_view name, const struct stat& facts);
  void finish(Body& body) const;
  const Body& body_for(const HttpRequest& request, hls::Directives::Skip skip) const;
  const Body* delta() const;
  const Body* zipped(const Body& plain) const;
  std::string fields(const Body& body, std::string_view caching) const;
  static HttpAnswer part(const HttpRequest& request, const Body& body, std::string fields);

  const bool is_playlist_;
  const std::string_view type_;
  const std::string modified_;
  hls::PlaylistReach reach_;
  std::string caching_;
  Body plain_;
  mutable Lazy zipped_, delta_, zipped_delta_;
};

}  // namespace weir::edge
