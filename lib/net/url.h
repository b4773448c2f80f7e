// URLs of the places we talk to, taken apart; what is secret in them is never shown again.
// Source: RFC 3986 sections 2 and 3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::net {

struct Url {
  std::string scheme;      ///< Lower case.
  std::string user;        ///< Percent-encoding undone, as is that of the password.
  std::string password;    ///< Secret.
  std::string host;        ///< Name or address, lower case; an IPv6 address without its brackets.
  std::uint16_t port = 0;  ///< 0: none was given.
  std::string path;        ///< As written, at least "/".
  std::string query;       ///< As written, without the '?'. May hold a secret.

  /// Host and port as a Host header has them: the port only when one was given.
  std::string authority() const;
  /// For messages: without user, password and query.
  std::string shown() const;
};

/// "scheme://[user[:password]@]host[:port][/path][?query]". kUsage otherwise, with a text that
/// does not repeat what may be secret. Hosts are ASCII names, IPv4 addresses, or IPv6 addresses in
/// brackets; a fragment is refused, it means nothing to a server.
Result<Url> parse_url(std::string_view text);

/// A relative name as part of a path: every byte but letters, digits, "-._~" and '/' becomes %XX.
std::string encode_path(std::string_view name);

}  // namespace weir::net
