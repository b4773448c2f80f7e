// A client under TLS that sends what it is told and tells what it was sent.
#pragma once

#include <openssl/ssl.h>

#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "support/http_peer.h"

namespace weir::support {

class TlsPeer {
 public:
  struct Wish {
    std::string protocols{};  ///< As ALPN has them: "\x02h2".
    int newest = 0;           ///< TLS1_2_VERSION, for one.
    std::string ciphers{};    ///< Of TLS 1.2, as OpenSSL names them.
  };

  explicit TlsPeer(std::uint16_t port) : TlsPeer(port, Wish()) {}
  TlsPeer(std::uint16_t port, const Wish& wish)
      : tcp_(port), context_(SSL_CTX_new(TLS_client_method())) {
    std::signal(SIGPIPE, SIG_IGN);                  // OpenSSL writes to whom may have gone
    SSL_CTX_set_security_level(context_.get(), 0);  // the server is to refuse, not the client
    if (wish.newest != 0) SSL_CTX_set_max_proto_version(context_.get(), wish.newest);
    if (!wish.ciphers.empty()) SSL_CTX_set_cipher_list(context_.get(), wish.ciphers.c_str());
    tls_.reset(SSL_new(context_.get()));
    SSL_set_alpn_protos(tls_.get(), reinterpret_cast<const unsigned char*>(wish.protocols.data()),
                        static_cast<unsigned>(wish.protocols.size()));
    SSL_set_fd(tls_.get(), tcp_.fd());
    shook_hands_ = SSL_connect(tls_.get()) == 1;
  }

  bool shook_hands() const { return shook_hands_; }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(tls_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  /// Of the certificate it was shown.
  std::string serial() const {
    const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(tls_.get()),
                                                            X509_free);
    if (!shown) return "";
    const ASN1_INTEGER* const number = X509_get0_serialNumber(shown.get());
    return {reinterpret_cast<const char*>(number->data), static_cast<std::size_t>(number->length)};
  }
  void send(std::string_view bytes) const {
    std::size_t sent = 0;
    if (!bytes.empty()) SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &sent);
  }
  std::string read_some(std::size_t size) const {
    std::string out(size, '\0');
    std::size_t filled = 0;
    for (std::size_t got = 0; filled < size; filled += got)
      if (SSL_read_ex(tls_.get(), out.data() + filled, size - filled, &got) != 1) break;
    out.resize(filled);
    return out;
  }
  /// What is there, or the first that comes.
  std::string read_now() const {
    std::string out(65536, '\0');
    std::size_t got = 0;
    if (SSL_read_ex(tls_.get(), out.data(), out.size(), &got) != 1) got = 0;
    out.resize(got);
    return out;
  }
  std::string read_to(std::string_view mark) const {
    std::string out;
    while (!out.ends_with(mark)) {
      const std::string part = read_some(1);
      if (part.empty()) break;
      out += part;
    }
    return out;
  }
  std::string read_all() const {
    std::string out;
    for (std::string part = read_some(65536); !part.empty(); part = read_some(65536)) out += part;
    return out;
  }
  /// The server has said that nothing follows.
  bool was_ended() const { return (SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  const HttpPeer& tcp() const { return tcp_; }

 private:
  struct Free {
    void operator()(SSL* tls) const { SSL_free(tls); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  HttpPeer tcp_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> tls_;
  bool shook_hands_ = false;
};

}  // namespace weir::support
