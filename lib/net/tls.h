// TLS. As a client, who the server is gets checked, always.
#pragma once

#include <string>

#include <openssl/ssl.h>
#include <boost/asio/ssl/context.hpp>

#include "base/result.h"

namespace weir::net {

/// TLS 1.2 or later. Trusts what the system trusts; the variables SSL_CERT_FILE and SSL_CERT_DIR
/// name other places, as they do for every program with OpenSSL.
boost::asio::ssl::context make_tls_client();

/// TLS 1.2 or later, for clients that show no certificate. The file of certificates begins with the
/// server's own, PEM as the key. kUsage, naming the file, when one cannot be read or they do not
/// belong together.
Result<boost::asio::ssl::context> make_tls_server(const std::string& certificate_file,
                                                  const std::string& key_file);

/// Before the handshake: asks for the certificate of `host` (a name, or an address without
/// brackets) and accepts no other.
Result<void> expect_host(SSL* session, const std::string& host);

/// After a handshake that failed: why the certificate was not accepted, "" when it was not that.
std::string certificate_fault(const SSL* session);

}  // namespace weir::net
