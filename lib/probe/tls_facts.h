// What a TLS server shows of itself to a client that would take anything.
// Source: RFC 8446 and RFC 5246 (TLS 1.3 and 1.2); RFC 5280 (certificates).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include "net/url.h"

namespace weir::probe {

struct CertificateFacts {
  std::string subject;       ///< Its common name.
  std::string digest;        ///< Of its signature, "SHA256"; "" where the algorithm has none.
  std::string key_type;      ///< "RSA", "EC", "ED25519".
  int key_bits = 0;          ///< 0 for keys nobody can choose the size of.
  bool self_signed = false;  ///< Its signature proves nothing then.
};

struct TlsFacts {
  std::string host;          ///< "https://host:port".
  std::string version;       ///< "TLSv1.2".
  bool old_version = false;  ///< Before 1.2.
  std::string cipher;        ///< By OpenSSL's name.
  bool forward_secrecy = false;
  std::string distrust;  ///< Why the certificate is not accepted for the host; "" when it is.
  std::vector<CertificateFacts> certificates;  ///< As sent, the server's own first.
};

/// Takes any version, cipher and certificate: whom nobody should take is to be seen, not refused.
boost::asio::ssl::context make_observing_tls_client();

/// Shakes hands with the host of an https URL and hangs up; empty when that does not come about.
/// Trusts whom net::make_tls_client() trusts, for `distrust` alone.
/// Waiting    5 s for each address, and the handshake 5 s.
boost::asio::awaitable<std::optional<TlsFacts>> observe_tls(net::Url url);

}  // namespace weir::probe
