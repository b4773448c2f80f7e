// URLs of streams: rtmp://HOST[:PORT]/APP[/INSTANCE]/STREAM[?QUERY], and rtmps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::rtmp {

inline constexpr std::uint16_t kPort = 1935;
inline constexpr std::uint16_t kSecurePort = 443;

struct Url {
  bool secure = false;  ///< rtmps: TLS.
  std::string host;     ///< Name or address; an IPv6 address without its brackets.
  std::uint16_t port = kPort;
  std::string app;     ///< As written, with the instance if there is one; may be empty.
  std::string stream;  ///< As written. Many services make the secret of it: never to be shown.
  std::string query;   ///< As written, without the '?'. Likewise.

  /// What `connect` calls tcUrl: all but stream and query.
  std::string tc_url() const;
  /// What publish and play name: the stream with its query.
  std::string name() const;
  /// For words: tc_url(), and dots for the stream.
  std::string shown() const;
  /// A text of somebody else with stream and query struck out, should they be in it.
  std::string struck_from(std::string text) const;
};

/// The last part of the path is the stream. kUsage for another scheme, for a URL without a stream
/// and for one with user and password, which RTMP does not send; no text repeats a secret.
Result<Url> parse_url(std::string_view text);
/// All of the path is the app: what servers call themselves, and where they send clients.
Result<Url> parse_tc_url(std::string_view text);

}  // namespace weir::rtmp
