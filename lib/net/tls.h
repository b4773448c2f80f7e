// TLS. As a client, who the server is gets checked, always.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <openssl/ssl.h>
#include <boost/asio/ssl/context.hpp>

#include "base/result.h"

namespace weir::net {

/// TLS 1.2 or later. Trusts what the system trusts; the variables SSL_CERT_FILE and SSL_CERT_DIR
/// name other places, as they do for every program with OpenSSL.
boost::asio::ssl::context make_tls_client();

/// TLS 1.2 or later with forward secrecy and authenticated ciphers only, for clients that show no
/// certificate; nothing is renegotiated or compressed, and no session is kept here. The file of
/// certificates begins with the server's own, PEM as the key. kUsage, naming the file, when one
/// cannot be read or they do not belong together.
Result<boost::asio::ssl::context> make_tls_server(const std::string& certificate_file,
                                                  const std::string& key_file);

/// What an HTTP server shows, from files that may be replaced while it runs. Of the protocols a
/// client offers by ALPN (RFC 7301) takes "h2" before "http/1.1"; one that offers neither is
/// refused, one that offers nothing is not.
/// Threads    All calls from any thread.
class HttpIdentity {
 public:
  /// Fails as make_tls_server().
  static Result<std::unique_ptr<HttpIdentity>> load(const std::string& certificate_file,
                                                    const std::string& key_file);
  /// For a connection that begins.
  std::shared_ptr<boost::asio::ssl::context> current() const;
  /// A failure leaves what is.
  Result<void> reload(const std::string& certificate_file, const std::string& key_file);

 private:
  HttpIdentity() = default;

  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> current_;
};

/// Before the handshake: asks for the certificate of `host` (a name, or an address without
/// brackets) and accepts no other.
Result<void> expect_host(SSL* session, const std::string& host);

/// After a handshake that failed: why the certificate was not accepted, "" when it was not that.
std::string certificate_fault(const SSL* session);

}  // namespace weir::net
