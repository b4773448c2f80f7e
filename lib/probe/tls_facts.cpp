#include "probe/tls_facts.h"

#include <chrono>

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "net/resolve.h"
#include "net/tls.h"

namespace weir::probe {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
namespace beast = boost::beast;
using boost::system::error_code;
using Stream = beast::ssl_stream<beast::tcp_stream>;

constexpr std::chrono::seconds kPatience{5};
constexpr std::uint16_t kHttps = 443;

CertificateFacts facts_of(X509* certificate) {
  CertificateFacts out;
  char name[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  out.subject = name;
  int digest = NID_undef;
  if (OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, nullptr) == 1 &&
      digest != NID_undef)
    out.digest = OBJ_nid2sn(digest);
  if (const EVP_PKEY* key = X509_get0_pubkey(certificate); key != nullptr) {
    const char* type = EVP_PKEY_get0_type_name(key);
    out.key_type = type == nullptr ? "" : type;
    if (out.key_type == "RSA" || out.key_type == "EC") out.key_bits = EVP_PKEY_get_bits(key);
  }
  out.self_signed = X509_check_issued(certificate, certificate) == X509_V_OK;
  return out;
}

bool forward_secrecy(const SSL_CIPHER* cipher) {
  const int exchange = SSL_CIPHER_get_kx_nid(cipher);
  return exchange == NID_kx_any || exchange == NID_kx_ecdhe || exchange == NID_kx_dhe;
}

TlsFacts facts_of(SSL* session, const net::Url& url) {
  TlsFacts out;
  out.host = "https://" + url.authority();
  out.version = SSL_get_version(session);
  out.old_version = SSL_version(session) < TLS1_2_VERSION;
  const SSL_CIPHER* cipher = SSL_get_current_cipher(session);
  out.cipher = SSL_CIPHER_get_name(cipher);
  out.forward_secrecy = forward_secrecy(cipher);
  out.distrust = net::certificate_fault(session);
  STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(session);
  for (int i = 0; i < sk_X509_num(chain); ++i)
    out.certificates.push_back(facts_of(sk_X509_value(chain, i)));
  return out;
}

asio::awaitable<bool> shake_hands(Stream& stream, asio::ip::tcp::endpoint address) {
  error_code ec;
  auto& lowest = beast::get_lowest_layer(stream);
  lowest.expires_after(kPatience);
  co_await lowest.async_connect(address, asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_return false;
  lowest.expires_after(kPatience);
  co_await stream.async_handshake(ssl::stream_base::client,
                                  asio::redirect_error(asio::use_awaitable, ec));
  co_return !ec;
}

}  // namespace

ssl::context make_observing_tls_client() {
  ssl::context context = net::make_tls_client();
  SSL_CTX_set_min_proto_version(context.native_handle(), 0);
  SSL_CTX_set_cipher_list(context.native_handle(), "ALL:@SECLEVEL=0");
  context.set_verify_callback([](bool, ssl::verify_context&) { return true; });
  return context;
}

asio::awaitable<std::optional<TlsFacts>> observe_tls(net::Url url) {
  const auto addresses = co_await net::resolve(url.host, url.port != 0 ? url.port : kHttps);
  if (!addresses) co_return std::nullopt;
  ssl::context context = make_observing_tls_client();
  for (const auto& address : *addresses) {
    Stream stream(co_await asio::this_coro::executor, context);
    if (!net::expect_host(stream.native_handle(), url.host)) continue;
    const bool shaken = co_await shake_hands(stream, address);
    if (shaken) co_return facts_of(stream.native_handle(), url);
  }
  co_return std::nullopt;
}

}  // namespace weir::probe
