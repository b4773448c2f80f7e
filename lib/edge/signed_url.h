// URLs that are good for a time, signed by whoever knows a secret of the server.
// Source: FIPS 198-1 (HMAC), FIPS 180-4 (SHA-256).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"

namespace weir::edge {

/// A token is "EXPIRES-SIGN": seconds since 1970, and HMAC-SHA256 of "PATH\nEXPIRES" in 64
/// hexadecimal digits. It is good for PATH alone, as PATH?token=TOKEN, or, when PATH ends with '/',
/// for all below it, as PATH~TOKEN/REST: so what a playlist names beside itself has it too.
class UrlSigner {
 public:
  static constexpr std::size_t kLeastSecret = 16;  ///< Bytes.

  /// A secret a line; any of them is good, so that one may follow another. Spaces around it, empty
  /// lines and those that begin with '#' do not count. kIo when the file cannot be read, kUsage for
  /// a secret that is too short and for none at all. A file that everyone may read is said in the
  /// log.
  static Result<UrlSigner> load(const std::string& path, Log& log);
  static Result<UrlSigner> parse(std::string_view text);

  std::string token(std::string_view path, std::int64_t expires) const;
  /// How long this takes tells nothing about how much of it is right.
  bool is_good(std::string_view path, std::string_view token, std::int64_t now) const;

 private:
  std::vector<std::string> secrets_;
};

/// A path with the token of a folder in it: "/hls/~TOKEN/a.m3u8".
struct PathToken {
  std::string_view folder;  ///< "/hls/"
  std::string_view token;
  std::string_view rest;  ///< "a.m3u8"
};
/// Empty when there is no token in it; of several the first counts.
PathToken path_token(std::string_view path);

/// For logs: "/hls/~/a.m3u8".
std::string without_token(std::string_view path);

}  // namespace weir::edge
