// Who may have what, but for publishers.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/sparing_log.h"
#include "edge/http_server.h"
#include "edge/signed_url.h"
#include "net/address_set.h"

namespace weir::edge {

struct AccessConfig {
  std::string secret_file{};  ///< Of UrlSigner; "": nothing is signed.
  std::vector<std::string> signed_paths{
      "/"};  ///< What needs a signature then, and all below it; the page at "/" itself does not.
  /// Hosts whose pages may show what is here, "*.example.org" for all below one; none: all may. The
  /// server's own pages may, and so may clients that name no page.
  std::vector<std::string> referers{};
  std::vector<std::string> allow{};  ///< Addresses and networks; none: all.
  std::vector<std::string> deny{};   ///< Stands above those.
  bool operator==(const AccessConfig&) const = default;
};

/// Does not change; see AccessConfig.
class AccessRules {
 public:
  struct Asked {
    std::string_view peer{};
    std::string_view path{};   ///< As written; without the token of a folder.
    std::string_view token{};  ///< Of `signed_path`.
    std::string_view signed_path{};
    std::string_view page{};  ///< Origin or Referer.
    std::string_view host{};  ///< The server's, as the client calls it.
  };

  /// kUsage and kIo for what is wrong in it.
  static Result<AccessRules> make(const AccessConfig& config, Log& log);

  /// Everybody may have everything.
  bool is_empty() const;
  /// Why not; "" when it may be had. `now` in seconds since 1970.
  std::string_view refusal(const Asked& asked, std::int64_t now) const;

 private:
  bool needs_signature(std::string_view path) const;
  bool takes_page(const Asked& asked) const;

  AccessConfig config_;
  std::optional<UrlSigner> signer_;
  net::AddressSet allow_, deny_;
};

/// The rules in force, which may be replaced while they are used. What is refused is said in the
/// log, sparingly.
/// Threads    All calls from any thread.
class AccessGate {
 public:
  /// Borrows `clock` and `log`.
  AccessGate(AccessRules rules, const Clock& clock, Log& log);
  void replace(AccessRules rules);
  /// Everybody may have everything. Costs nothing.
  bool is_open() const { return open_.load(std::memory_order_relaxed); }
  /// Why not; "" when it may be had.
  std::string_view refusal(const AccessRules::Asked& asked);

 private:
  const Clock& clock_;
  std::atomic<bool> open_;
  std::mutex mutex_;  // of what follows
  std::shared_ptr<const AccessRules> rules_;
  SparingLog log_;
};

/// Gives to `inner` what may be had, without its token; answers the rest with 403.
class GuardedHttp : public HttpHandler {
 public:
  /// Borrows both.
  GuardedHttp(AccessGate& gate, HttpHandler& inner) : gate_(gate), inner_(inner) {}
  void handle(const HttpRequest& request, HttpExchangePtr exchange) override;

 private:
  AccessGate& gate_;
  HttpHandler& inner_;
};

}  // namespace weir::edge
