#include "edge/api_answer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"

namespace weir::edge {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

// Of one connection, or said anew here (RFC 9110 section 7.6.1).
constexpr std::array<std::string_view, 13> kOurs{"connection",
                                                 "keep-alive",
                                                 "proxy-connection",
                                                 "te",
                                                 "trailer",
                                                 "upgrade",
                                                 "content-length",
                                                 "date",
                                                 "age",
                                                 "cache-status",
                                                 "server",
                                                 "proxy-authenticate",
                                                 "transfer-encoding"};
constexpr std::int64_t kMostSeconds = 365 * 24 * 3600;

template <typename Action>
void each_item(std::string_view list, Action action) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (const auto item = trim(list.substr(0, comma)); !item.empty()) action(item);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

bool names(std::string_view list, std::string_view name) {
  bool out = false;
  each_item(list, [&](std::string_view item) { out |= same_but_for_case(item, name); });
  return out;
}

std::string values(const net::HttpResponse& response, std::string_view name) {
  std::string out;
  for (const auto& [key, value] : response.headers)
    if (key == name) out.append(out.empty() ? "" : ",").append(value);
  return out;
}

/// What Cache-Control says.
struct Control {
  explicit Control(std::string_view list) {
    each_item(list, [this](std::string_view item) { take(item); });
  }
  void take(std::string_view item) {
    const auto equals = std::min(item.find('='), item.size());
    const auto name = item.substr(0, equals);
    const auto is = [&](std::string_view what) { return same_but_for_case(name, what); };
    if (is("no-store") || is("private") || is("no-cache")) forbids = true;
    auto* const to = is("s-maxage")                 ? &shared_age
                     : is("max-age")                ? &age
                     : is("stale-while-revalidate") ? &refresh
                     : is("stale-if-error")         ? &on_error
                                                    : nullptr;
    if (to == nullptr) return;
    const auto text = trim(item.substr(std::min(equals + 1, item.size())), " \t\"");
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_good = read.ec == std::errc() && read.ptr == text.data() + text.size();
    *to = seconds(is_good ? std::clamp<std::int64_t>(value, 0, kMostSeconds) : 0);
  }

  bool forbids = false;
  std::optional<nanoseconds> age, shared_age, refresh, on_error;
};

bool is_gone(unsigned status) {
  return status == 404 || status == 410;
}

std::string_view word(Served served) {
  switch (served) {
    case Served::kHit:
    case Served::kStale:
    case Served::kOnError:
      return "hit";
    case Served::kMiss:
      return "fwd=miss";
    case Served::kCollapsed:
      return "fwd=miss; collapsed";
    case Served::kFallback:
      return "fwd=miss; detail=fallback";
    case Served::kPassed:
      return "fwd=bypass";
  }
  return "";
}

bool is_kept(Served served) {
  return served == Served::kHit || served == Served::kStale || served == Served::kOnError;
}

}  // namespace

ApiAnswer::ApiAnswer(net::HttpResponse response, bool is_shared)
    : status_(response.status), fetch_(response.content_after) {
  const std::string named = values(response, "connection");
  for (const auto& [name, value] : response.headers) {
    if (std::find(kOurs.begin(), kOurs.end(), name) != kOurs.end() || names(named, name)) continue;
    if (is_shared && name == "set-cookie") continue;
    fields_.append(name).append(": ").append(value).append("\r\n");
  }
  if (is_shared && response.header("cache-control").empty())
    fields_.append("cache-control: no-cache\r\n");
  state_ = {std::string(response.header("etag")), std::string(response.header("last-modified"))};
  body_ = std::make_shared<const std::string>(as_text(response.content));
}

ApiAnswer::ApiAnswer(std::string content, std::string_view type)
    : fields_(fmt::format("content-type: {}\r\ncache-control: no-store\r\n", type)),
      body_(std::make_shared<const std::string>(std::move(content))) {}

std::string ApiAnswer::fields(const ServedHow& how) const {
  std::string out = fields_;
  const auto to = std::back_inserter(out);
  if (is_kept(how.served)) fmt::format_to(to, "Age: {}\r\n", how.age);
  fmt::format_to(to, "Cache-Status: edge; {}", word(how.served));
  if (is_kept(how.served)) fmt::format_to(to, "; ttl={}", how.ttl);
  if (how.served == Served::kOnError) out.append("; detail=stale-if-error");
  if (!is_kept(how.served) && how.served != Served::kFallback)
    fmt::format_to(to, "; fwd-status={}", status_);
  return out.append("\r\n");
}

HttpAnswer ApiAnswer::give(const ServedHow& how) const {
  HttpAnswer out;
  out.status = status_;
  out.size = body_->size();
  out.body = body_;
  const std::lock_guard lock(mutex_);
  if (!head_ || head_how_ != how) {
    head_ = std::make_shared<const std::string>(make_head(status_, out.size, fields(how)));
    head_how_ = how;
  }
  out.head = head_;
  return out;
}

HttpAnswer ApiAnswer::not_modified(const ServedHow& how) const {
  HttpAnswer out;
  out.status = 304;
  out.head = std::make_shared<const std::string>(make_head(304, 0, fields(how)));
  return out;
}

std::int64_t ApiAnswer::cost() const {
  return static_cast<std::int64_t>(sizeof(*this) + 2 * fields_.size() + body_->size() + 256);
}

bool ApiAnswer::claim(nanoseconds now, nanoseconds pause) const {
  auto next = next_claim_.load(std::memory_order_relaxed);
  return next <= now.count() && next_claim_.compare_exchange_strong(next, (now + pause).count());
}

std::optional<guard::Lifetime> lifetime_of(const net::HttpResponse& response,
                                           const ApiCacheConfig& config, double dice) {
  const Control control(values(response, "cache-control"));
  const bool is_good = response.status == 200 || response.status == 203;
  if ((!is_good && !is_gone(response.status)) || control.forbids) return {};
  if (names(values(response, "vary"), "*")) return {};
  const auto said = control.shared_age ? control.shared_age : control.age;
  if (!is_good)
    return guard::Lifetime{
        guard::jittered(said.value_or(config.negative), config.jitter, dice), {}, {}};
  return guard::Lifetime{guard::jittered(said.value_or(config.fresh), config.jitter, dice),
                         control.refresh.value_or(config.refresh),
                         control.on_error.value_or(config.on_error)};
}

}  // namespace weir::edge
