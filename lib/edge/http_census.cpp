#include "edge/http_census.h"

#include <fmt/format.h>

#include "rtmp/census.h"

namespace weir::edge {

HttpCensus::HttpCensus(const HttpCensusLimits& limits, const Clock& clock, Log* log)
    : clock_(clock), limits_(limits) {
  if (log != nullptr) log_.emplace(*log);
}

HttpCensus::Answer HttpCensus::enter(std::string_view address) {
  std::string network = rtmp::network_of(address);
  const std::lock_guard lock(mutex_);
  if (const unsigned status = judge(network, address); status != 0) return {nullptr, status};
  ++count_;
  ++networks_[network];
  return {std::shared_ptr<void>(nullptr, [self = shared_from_this(), network = std::move(network)](
                                             void*) { self->leave(network); }),
          0};
}

unsigned HttpCensus::judge(const std::string& network, std::string_view address) {
  if (count_ >= limits_.all) {
    say(fmt::format("a client at {} is sent away: there are {} connections", address, count_));
    return 503;
  }
  const auto found = networks_.find(network);
  if (limits_.of_one_network == 0 || found == networks_.end() ||
      found->second < limits_.of_one_network)
    return 0;
  say(fmt::format("a client at {} is sent away: its network has {} connections", address,
                  found->second));
  return 429;
}

void HttpCensus::say(const std::string& line) {
  if (log_) log_->warning(clock_.monotonic(), line);
}

void HttpCensus::tell(std::string_view why) {
  const std::lock_guard lock(mutex_);
  say(fmt::format("a client is sent away: {}, with {} connections", why, count_));
}

void HttpCensus::leave(const std::string& network) {
  const std::lock_guard lock(mutex_);
  --count_;
  const auto found = networks_.find(network);
  if (--found->second == 0) networks_.erase(found);
}

void HttpCensus::set(const HttpCensusLimits& limits) {
  const std::lock_guard lock(mutex_);
  limits_ = limits;
}

std::size_t HttpCensus::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace weir::edge
