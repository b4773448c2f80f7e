// An answer of a backend: what of it is given on, for how long it is kept, and how that is told.
// Source: RFC 9111 sections 3 and 5 (Age, Cache-Control), RFC 9211 (Cache-Status), RFC 5861.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "edge/api_config.h"
#include "edge/http_answer.h"
#include "edge/http_conditions.h"
#include "guard/cache.h"
#include "net/http_client.h"

namespace weir::edge {

/// Where an answer came from.
enum class Served {
  kHit,
  kStale,      ///< While a new one is fetched.
  kOnError,    ///< Because no new one can be fetched.
  kMiss,       ///< From the backend.
  kCollapsed,  ///< The same, fetched for another.
  kFallback,   ///< The file.
  kPassed,     ///< From the backend, and not to be kept.
};

struct ServedHow {
  Served served = Served::kMiss;
  std::int64_t age = 0;  ///< Seconds since it was fetched.
  std::int64_t ttl = 0;  ///< Seconds it is fresh for; negative when it is not.
  bool operator==(const ServedHow&) const = default;
};

/// Shared by all who are given it. Threads: all calls from any.
class ApiAnswer {
 public:
  /// Fields of one connection only are left out, and of what `is_shared` also cookies.
  ApiAnswer(net::HttpResponse response, bool is_shared);
  /// Of a file.
  ApiAnswer(std::string content, std::string_view type);

  /// The content is not copied; nor is the head made anew for who asks in the same second.
  HttpAnswer give(const ServedHow& how) const;
  /// 304, for who has it already.
  HttpAnswer not_modified(const ServedHow& how) const;

  unsigned status() const { return status_; }
  const Validators& state() const { return state_; }
  /// How long it took to fetch.
  std::chrono::nanoseconds fetch() const { return fetch_; }
  /// What it takes in memory, bytes.
  std::int64_t cost() const;
  /// Whether the caller is to fetch a new one: one in `pause` is.
  bool claim(std::chrono::nanoseconds now, std::chrono::nanoseconds pause) const;

 private:
  std::string fields(const ServedHow& how) const;

  unsigned status_ = 200;
  std::string fields_;
  SharedText body_;
  Validators state_;
  std::chrono::nanoseconds fetch_{};
  mutable std::atomic<std::chrono::nanoseconds::rep> next_claim_{0};
  mutable std::mutex mutex_;  // of what follows
  mutable ServedHow head_how_{};
  mutable SharedText head_;  // for it
};
using ApiAnswerPtr = std::shared_ptr<const ApiAnswer>;

/// For how long it may be given to everybody; empty: not at all. Cache-Control of the backend wins
/// over `config`. `dice` as of guard::jittered().
std::optional<guard::Lifetime> lifetime_of(const net::HttpResponse& response,
                                           const ApiCacheConfig& config, double dice);

}  // namespace weir::edge
