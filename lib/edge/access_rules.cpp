#include "edge/access_rules.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace weir::edge {
namespace {

bool is_below(std::string_view path, std::string_view prefix) {
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

// "https://example.org:8443/a" is "example.org".
std::string_view host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != url.npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const auto end = url.starts_with('[') ? url.find(']') : url.find(':');
  return url.substr(0, url.starts_with('[') && end != url.npos ? end + 1 : end);
}

bool names_host(std::string_view rule, std::string_view host) {
  if (!rule.starts_with("*.")) return same_but_for_case(rule, host);
  rule.remove_prefix(1);
  return host.size() > rule.size() &&
         same_but_for_case(host.substr(host.size() - rule.size()), rule);
}

std::string_view token_of(std::string_view query) {
  constexpr std::string_view kName = "token=";
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    if (query.starts_with(kName)) return query.substr(kName.size(), end - kName.size());
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return {};
}

// What the page itself is made of, links to which are welcome.
bool is_page(std::string_view path) {
  return path == "/" || is_below(path, "/page");
}

}  // namespace

Result<AccessRules> AccessRules::make(const AccessConfig& config, Log& log) {
  AccessRules out;
  out.config_ = config;
  if (!config.secret_file.empty()) {
    WEIR_TRY_ASSIGN(out.signer_, UrlSigner::load(config.secret_file, log));
  }
  WEIR_TRY_ASSIGN(out.allow_, net::AddressSet::parse(config.allow));
  WEIR_TRY_ASSIGN(out.deny_, net::AddressSet::parse(config.deny));
  return out;
}

bool AccessRules::is_empty() const {
  return !signer_ && config_.referers.empty() && allow_.empty() && deny_.empty();
}

bool AccessRules::needs_signature(std::string_view path) const {
  return signer_ && !is_page(path) &&
         std::any_of(config_.signed_paths.begin(), config_.signed_paths.end(),
                     [&](const auto& each) { return is_below(path, each); });
}

bool AccessRules::takes_page(const Asked& asked) const {
  if (config_.referers.empty() || asked.page.empty() || is_page(asked.path)) return true;
  const std::string_view host = host_of(asked.page);
  return same_but_for_case(host, host_of(asked.host)) ||
         std::any_of(config_.referers.begin(), config_.referers.end(),
                     [&](const auto& each) { return names_host(each, host); });
}

std::string_view AccessRules::refusal(const Asked& asked, std::int64_t now) const {
  if (deny_.contains(asked.peer) || (!allow_.empty() && !allow_.contains(asked.peer)))
    return "the address is not served";
  if (!takes_page(asked)) return "the page it stands in is not served";
  if (needs_signature(asked.path) && !signer_->is_good(asked.signed_path, asked.token, now))
    return "it is not signed, or not any more";
  return "";
}

AccessGate::AccessGate(AccessRules rules, const Clock& clock, Log& log)
    : clock_(clock),
      open_(rules.is_empty()),
      rules_(std::make_shared<const AccessRules>(std::move(rules))),
      log_(log) {}

void AccessGate::replace(AccessRules rules) {
  auto made = std::make_shared<const AccessRules>(std::move(rules));
  const std::lock_guard lock(mutex_);
  open_ = made->is_empty();
  rules_ = std::move(made);
}

std::string_view AccessGate::refusal(const AccessRules::Asked& asked) {
  std::unique_lock lock(mutex_);
  const auto rules = rules_;
  lock.unlock();
  const std::string_view why = rules->refusal(asked, clock_.utc_us() / 1'000'000);
  if (why.empty()) return why;
  lock.lock();
  log_.warning(clock_.monotonic(), fmt::format("a viewer at {} is refused: {}", asked.peer, why));
  return why;
}

// The path decides what needs a signature as it will be looked up: decoded, so that no other way to
// write it goes around.
void GuardedHttp::handle(const HttpRequest& request, HttpExchangePtr exchange) {
  if (request.method == "PUT" || request.method == "DELETE")  // publishers have keys
    return inner_.handle(request, std::move(exchange));
  const PathToken found = path_token(request.path);
  if (gate_.is_open() && found.folder.empty()) return inner_.handle(request, std::move(exchange));
  const bool in_path = !found.folder.empty();
  const std::string written =
      in_path ? std::string(found.folder).append(found.rest) : std::string(request.path);
  const auto decoded = decode_path(written);
  const std::string path = decoded ? "/" + *decoded : written;
  const std::string_view origin = request.field("Origin");
  const AccessRules::Asked asked{exchange->peer(),
                                 path,
                                 in_path ? found.token : token_of(request.query),
                                 in_path ? found.folder : request.path,
                                 origin.empty() ? request.field("Referer") : origin,
                                 request.host};
  if (!gate_.refusal(asked).empty()) return exchange->answer(plain_answer(403));
  HttpRequest plain = request;
  plain.path = written;
  inner_.handle(plain, std::move(exchange));
}

}  // namespace weir::edge
