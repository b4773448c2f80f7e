#include "net/tls.h"

#include <string_view>
#include <utility>

#include <openssl/x509v3.h>
#include <boost/asio/ip/address.hpp>

#include "base/text.h"

namespace weir::net {

namespace ssl = boost::asio::ssl;

namespace {

// Those of TLS 1.3 are all like this, and stay as they are.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";

int take_protocol(SSL*, const unsigned char** out, unsigned char* size,
                  const unsigned char* offered, unsigned offered_size, void*) {
  const std::string_view list(reinterpret_cast<const char*>(offered), offered_size);
  for (const std::string_view name : {"h2", "http/1.1"})
    for (std::size_t at = 0; at < list.size();) {
      const std::size_t length = static_cast<unsigned char>(list[at]);
      if (list.substr(at + 1, length) == name) {
        *out = offered + at + 1;
        *size = static_cast<unsigned char>(length);
        return SSL_TLSEXT_ERR_OK;
      }
      at += 1 + length;
    }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

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
  SSL_CTX* const raw = context.native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(raw, kCiphers);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  boost::system::error_code ec;
  context.use_certificate_chain_file(certificate_file, ec);
  if (ec)
    return fail(Code::kUsage, "cannot read certificates from '{}': {}", certificate_file,
                lower_first(ec.message()));
  context.use_private_key_file(key_file, ssl::context::pem, ec);
  if (ec)
    return fail(Code::kUsage, "cannot use the key in '{}' with the certificate in '{}': {}",
                key_file, certificate_file, lower_first(ec.message()));
  return context;
}

Result<std::unique_ptr<HttpIdentity>> HttpIdentity::load(const std::string& certificate_file,
                                                         const std::string& key_file) {
  std::unique_ptr<HttpIdentity> out(new HttpIdentity);
  WEIR_TRY(out->reload(certificate_file, key_file));
  return out;
}

std::shared_ptr<ssl::context> HttpIdentity::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Result<void> HttpIdentity::reload(const std::string& certificate_file,
                                  const std::string& key_file) {
  WEIR_TRY_ASSIGN(auto context, make_tls_server(certificate_file, key_file));
  SSL_CTX_set_alpn_select_cb(context.native_handle(), take_protocol, nullptr);
  auto made = std::make_shared<ssl::context>(std::move(context));
  const std::lock_guard lock(mutex_);
  current_ = std::move(made);
  return {};
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
