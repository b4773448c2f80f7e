#include "edge/edge.h"

#include <future>
#include <utility>
#include <vector>

#include "base/wait.h"
#include "edge/hls_origin.h"
#include "edge/http_server.h"
#include "edge/hub_timer.h"
#include "edge/live_http.h"
#include "edge/rtmp_edge.h"
#include "net/event_loop.h"

namespace weir::edge {
namespace {

constexpr std::chrono::milliseconds kLook{20};  // for the last ones, while it drains

using Folders = std::vector<std::unique_ptr<HlsOrigin>>;

Result<Folders> open_folders(const EdgeConfig& config) {
  Folders out;
  for (const HlsFolder& folder : config.hls) {
    WEIR_TRY_ASSIGN(auto origin, HlsOrigin::open(folder.path, folder.root));
    out.push_back(std::move(origin));
  }
  return out;
}

Result<RtmpRules> rtmp_rules(const EdgeConfig& config, Log& log) {
  RtmpRules out;
  out.listen.address = config.rtmp->address;
  out.listen.port = config.rtmp->port;
  out.listen.connections = static_cast<std::size_t>(config.rtmp_connections);
  out.listen.log = &log;
  out.app = config.rtmp->app;
  if (config.key_file.empty()) return out;
  WEIR_TRY_ASSIGN(out.keys, rtmp::StreamKeys::load(config.key_file, log));
  return out;
}

HttpServerOptions http_options(const EdgeConfig& config) {
  HttpServerOptions out;
  out.address = config.http->address;
  out.port = config.http->port;
  out.loops = config.threads;
  out.connections = static_cast<std::size_t>(config.connections);
  return out;
}

template <typename Task>
auto run_on(net::EventLoop& loop, Task task) {
  std::packaged_task<decltype(task())()> packed(std::move(task));
  loop.post([&packed] { packed(); });
  return packed.get_future().get();
}

}  // namespace

class Edge::Impl {
 public:
  Impl(const EdgeConfig& config, const EdgeServices& services)
      : config_(config), services_(services), hub_(config.hub, services.clock) {}

  // Nothing runs any more when the first thing goes.
  ~Impl() {
    loop_.stop();
    http_.reset();
  }

  Result<void> open() {
    WEIR_TRY(check_config(config_));
    WEIR_TRY_ASSIGN(folders_, open_folders(config_));
    run_on(loop_, [this] { timer_.emplace(loop_.context(), hub_, services_.clock); });
    if (config_.rtmp) WEIR_TRY(open_rtmp());
    if (config_.http) WEIR_TRY(open_http());
    return {};
  }

  std::optional<std::uint16_t> http_port() const {
    return http_ ? std::optional(http_->port()) : std::nullopt;
  }
  std::optional<std::uint16_t> rtmp_port() const {
    return rtmp_ ? std::optional(rtmp_->port()) : std::nullopt;
  }

  void drain() {
    if (http_) http_->drain();
    run_on(loop_, [this] { hub_.close(); });
    const auto end = services_.clock.monotonic() + config_.drain;
    const StopSource nobody_stops;
    while (busy() && services_.clock.monotonic() < end) wait_for(kLook, nobody_stops);
  }

 private:
  Result<void> open_rtmp() {
    WEIR_TRY_ASSIGN(auto rules, rtmp_rules(config_, services_.log));
    return run_on(loop_, [this, &rules]() -> Result<void> {
      WEIR_TRY_ASSIGN(rtmp_, RtmpEdge::open(loop_.context(), std::move(rules), nullptr, hub_,
                                            services_.random, services_.log));
      return {};
    });
  }

  Result<void> open_http() {
    run_on(loop_, [this] { live_.emplace(loop_.context(), hub_); });
    routes_.add("/", *live_);
    for (std::size_t i = 0; i < folders_.size(); ++i)
      routes_.add(config_.hls[i].path, *folders_[i]);
    WEIR_TRY_ASSIGN(http_, HttpServer::open(http_options(config_), routes_, services_.clock));
    return {};
  }

  bool busy() {
    return run_on(loop_, [this] { return hub_.viewers(); }) > 0 ||
           (http_ && http_->counters().open > 0);
  }

  const EdgeConfig config_;
  const EdgeServices services_;
  Folders folders_;
  HttpRoutes routes_;
  net::EventLoop loop_;
  Hub hub_;
  std::optional<HubTimer> timer_;
  std::optional<LiveHttp> live_;
  std::unique_ptr<RtmpEdge> rtmp_;
  std::unique_ptr<HttpServer> http_;
};

Result<std::unique_ptr<Edge>> Edge::open(const EdgeConfig& config, const EdgeServices& services) {
  auto impl = std::make_unique<Impl>(config, services);
  WEIR_TRY(impl->open());
  return std::unique_ptr<Edge>(new Edge(std::move(impl)));
}

Result<void> Edge::check(const EdgeConfig& config, Log& log) {
  WEIR_TRY(check_config(config));
  WEIR_TRY(open_folders(config));
  if (!config.rtmp) return {};
  WEIR_TRY_ASSIGN(const auto rules, rtmp_rules(config, log));
  return RtmpEdge::check(rules);
}

Edge::Edge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Edge::~Edge() = default;

std::optional<std::uint16_t> Edge::http_port() const {
  return impl_->http_port();
}

std::optional<std::uint16_t> Edge::rtmp_port() const {
  return impl_->rtmp_port();
}

void Edge::drain() {
  impl_->drain();
}

}  // namespace weir::edge
