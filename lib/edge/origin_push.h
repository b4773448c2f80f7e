// Files that are put into an origin's folder over HTTP.
// Source: RFC 9110 sections 9.3.4 (PUT), 9.3.5 (DELETE) and 11; RFC 6750 (Bearer), RFC 7617
// (Basic).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "edge/http_server.h"
#include "rtmp/stream_name.h"

namespace weir::edge {

/// Whether who gives this key may write what belongs to `stream`. Called from any thread.
using MayPush = std::function<bool(std::string_view stream, const rtmp::StreamKey& key)>;

struct PushRules {
  MayPush may;                         ///< Empty: everybody may.
  std::uint64_t most_bytes = 1 << 30;  ///< Of one file.
};

/// The key of a request: the password of Basic credentials, whose user counts for nothing, or the
/// token of Bearer. Empty when there is none.
rtmp::StreamKey key_of(const HttpRequest& request);

/// A file is written under a temporary name beside its own, ".NAME.tmp", and renamed when all of it
/// is there; one that breaks off leaves nothing. Folders are made as needed, by no link and never
/// outside. Names are at most kLongestPart bytes between slashes and kDeepest folders deep.
///
/// Keys       The stream of a file is the folder it is in, the outermost one; the key of the
///            stream named like the path all of it is found under, "hls", is good for everything.
/// Answers    201 and 204; 401 without the right key, 403 for a name nobody is given, 413 above the
///            limit, 503 while the same file is being put, 507 when the disk is full.
/// Threads    All calls from any; contents are written on the exchange's.
class OriginPush {
 public:
  static constexpr std::size_t kLongestPart = 200;
  static constexpr std::size_t kLongestName = 1000;
  static constexpr int kDeepest = 8;
  /// A file of that name is there, or gone.
  using Changed = std::function<void(const std::string& name)>;

  /// `folder` is borrowed; `path` is "/hls", or "".
  OriginPush(int folder, std::string path, PushRules rules, Changed changed);
  /// `name` as origin_name() gives it; "" where it gives none.
  void put(std::string_view name, const HttpRequest& request, HttpExchangePtr exchange);
  void remove(std::string_view name, const HttpRequest& request, HttpExchangePtr exchange);

 private:
  class Upload;
  struct State;
  unsigned refusal(std::string_view name, const HttpRequest& request) const;

  const std::shared_ptr<State> state_;
};

}  // namespace weir::edge
