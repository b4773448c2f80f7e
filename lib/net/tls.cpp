#include "net/tls.h"

#include <openssl/x509v3.h>
#include <boost/asio/ip/address.hpp>

namespace weir::net {

namespace ssl = boost::asio::ssl;

ssl::context make_tls_client() {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(ssl::verify_peer);
  boost::system::error_code ignored;  // a system that trusts nobody shows at the handshake
  context.set_default_verify_paths(ignored);
  return context;
}

Result<ssl::context> make_tls_server(const std::string& certificate_file,
                                     const std::string& key_file) {
  ssl::context context(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  boost::system::error_code ec;
  context.use_certificate_chain_file(certificate_file, ec);
  if (ec)
    return fail(Code::kUsage, "cannot read certificates from '{}': {}", certificate_file,
                ec.message());
  context.use_private_key_file(key_file, ssl::context::pem, ec);
  if (ec)
    return fail(Code::kUsage, "cannot use the key in '{}' with the certificate in '{}': {}",
                key_file, certificate_file, ec.message());
  return context;
}

// A server name in the first message is for names only; RFC 6066 section 3.
Result<void> expect_host(SSL* session, const std::string& host) {
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  const bool set = not_an_address
                       ? SSL_set_tlsext_host_name(session, host.c_str()) == 1 &&
                             SSL_set1_host(session, host.c_str()) == 1
                       : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
  if (!set) return fail(Code::kInternal, "TLS cannot be told to expect host '{}'", host);
  return {};
}

std::string certificate_fault(const SSL* session) {
  const long result = SSL_get_verify_result(session);
  return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
}

}  // namespace weir::net
