#include "edge/edge.h"

#include <future>
#include <utility>
#include <vector>

#include "base/wait.h"
#include "edge/access_log.h"
#include "edge/access_rules.h"
#include "edge/edge_parts.h"
#include "edge/guarded_api.h"
#include "edge/hls_origin.h"
#include "edge/http_server.h"
#include "edge/hub_timer.h"
#include "edge/live_http.h"
#include "edge/page_http.h"
#include "edge/presentations_http.h"
#include "edge/rtmp_edge.h"
#include "edge/status_http.h"
#include "net/event_loop.h"
#include "net/tls.h"

namespace weir::edge {
namespace {

constexpr std::chrono::milliseconds kLook{20};  // for the last ones, while it drains

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
    folder_loop_.stop();
    if (api_) api_->stop();
    http_.reset();
  }

  Result<void> open() {
    WEIR_TRY(check_config(config_));
    WEIR_TRY_ASSIGN(auto keys, publish_keys(config_, services_.log));
    push_keys_ = std::make_shared<HeldKeys>(std::move(keys));
    WEIR_TRY(open_folders(config_, folder_loop_, services_.clock, push_keys_, folders_));
    if (!config_.api.empty()) {
      WEIR_TRY_ASSIGN(api_,
                      GuardedApi::open(config_, services_.clock, services_.random, services_.log));
    }
    if (!config_.access_log.empty()) {
      WEIR_TRY_ASSIGN(access_, AccessLog::open(config_.access_log, services_.clock));
    }
    WEIR_TRY_ASSIGN(auto rules, AccessRules::make(config_.access, services_.log));
    gate_.emplace(std::move(rules), services_.clock, services_.log);
    run_on(loop_, [this] { timer_.emplace(loop_.context(), hub_, services_.clock); });
    if (config_.https) {
      WEIR_TRY_ASSIGN(identity_,
                      net::HttpIdentity::load(config_.certificate, config_.certificate_key));
    }
    if (config_.rtmp) WEIR_TRY(open_rtmp(*config_.rtmp, rtmp_, nullptr));
    if (config_.rtmps) {
      WEIR_TRY_ASSIGN(rtmp_identity_,
                      net::make_tls_server(config_.certificate, config_.certificate_key));
      WEIR_TRY(open_rtmp(*config_.rtmps, rtmps_, &*rtmp_identity_));
    }
    if (config_.http || config_.https) WEIR_TRY(open_http());
    return {};
  }

  void flush_log() {
    if (access_) access_->flush();
  }

  // Everything is made before anything is changed.
  Result<void> reload(EdgeConfig next) {
    WEIR_TRY(check_config(next));
    WEIR_TRY(check_config(as_it_will_be(next)));
    WEIR_TRY_ASSIGN(auto rules, AccessRules::make(next.access, services_.log));
    WEIR_TRY_ASSIGN(auto keys, publish_keys(next, services_.log));
    std::optional<boost::asio::ssl::context> identity;
    if (rtmps_) {
      WEIR_TRY_ASSIGN(identity, net::make_tls_server(next.certificate, next.certificate_key));
    }
    for (const auto& door : {config_.rtmp, config_.rtmps})
      if (door) WEIR_TRY(RtmpEdge::check(rtmp_rules(next, *door, keys, services_.log)));
    if (access_) WEIR_TRY(access_->reopen());
    if (identity_) WEIR_TRY(identity_->reload(next.certificate, next.certificate_key));
    if (const auto fixed = fixed_changes(config_, next); !fixed.empty())
      services_.log.warning("only a new start changes {}: it stays as it was", fixed);
    gate_->replace(std::move(rules));
    push_keys_->replace(keys);
    if (http_) http_->set(census_limits(next));
    return run_on(loop_, [&]() -> Result<void> {
      for (RtmpEdge* each : {rtmp_.get(), rtmps_.get()})
        if (each != nullptr) WEIR_TRY(each->replace_keys(keys));
      if (identity) *rtmp_identity_ = std::move(*identity);
      hub_.set(next.hub.live);
      config_.connections = next.connections;
      config_.drain = next.drain;
      return {};
    });
  }

  EdgePorts ports() const {
    EdgePorts out;
    if (config_.http) out.http = http_->port(0);
    if (config_.https) out.https = http_->port(config_.http ? 1 : 0);
    if (rtmp_) out.rtmp = rtmp_->port();
    if (rtmps_) out.rtmps = rtmps_->port();
    return out;
  }

  void drain() {
    if (http_) http_->drain();
    for (const auto& folder : folders_) folder->drain();
    run_on(loop_, [this] {
      draining_ = true;
      hub_.close();
    });
    const auto end = services_.clock.monotonic() + config_.drain;
    const StopSource nobody_stops;
    while (busy() && services_.clock.monotonic() < end) wait_for(kLook, nobody_stops);
  }

 private:
  Result<void> open_rtmp(const Door& door, std::unique_ptr<RtmpEdge>& to,
                         boost::asio::ssl::context* tls) {
    WEIR_TRY_ASSIGN(auto keys, publish_keys(config_, services_.log));
    RtmpRules rules = rtmp_rules(config_, door, std::move(keys), services_.log);
    WEIR_TRY_ASSIGN(const Place place, place_of(door));
    rules.listen.address = place.address;
    rules.listen.port = place.port;
    rules.listen.fd = place.fd;
    rules.access = access_.get();
    rules.gate = &*gate_;
    return run_on(loop_, [&]() -> Result<void> {
      WEIR_TRY_ASSIGN(to, RtmpEdge::open(loop_.context(), std::move(rules), tls, hub_,
                                         services_.random, services_.log));
      return {};
    });
  }

  // On the loop, as the reports read what is made here.
  Result<void> open_http() {
    WEIR_TRY_ASSIGN(auto metrics_for, net::AddressSet::parse(config_.metrics_from));
    WEIR_TRY_ASSIGN(auto listed, presentations(config_));
    presentations_.emplace(std::move(listed), services_.clock);
    return run_on(loop_, [&] { return open_http_there(std::move(metrics_for)); });
  }

  Result<void> open_http_there(net::AddressSet metrics_for) {
    live_.emplace(loop_.context(), hub_, access_.get());
    status_.emplace(loop_.context(),
                    StatusHttp::Sources{[this] { return report(); }, [this] { return ready(); },
                                        std::move(metrics_for)});
    page_.emplace(page_files(), *live_);
    add_guarded("/", *page_);
    add_guarded("/presentations", *presentations_);
    status_->add_to(routes_);
    for (std::size_t i = 0; i < folders_.size(); ++i)
      add_guarded(config_.hls[i].path, *folders_[i]);
    if (api_)
      api_->add_to(
          [this](const std::string& path, HttpHandler& route) { add_guarded(path, route); });
    HttpServerOptions options = http_options(config_);
    for (const auto& [door, tls] :
         {std::pair(config_.http, static_cast<net::HttpIdentity*>(nullptr)),
          std::pair(config_.https, identity_.get())}) {
      if (!door) continue;
      WEIR_TRY_ASSIGN(Place place, place_of(*door));
      options.doors.push_back({std::move(place.address), place.port, tls, place.fd});
    }
    options.access = access_.get();
    options.log = &services_.log;
    WEIR_TRY_ASSIGN(http_, HttpServer::open(options, routes_, services_.clock));
    return {};
  }

  // With the doors and folders it has: a configuration without keys must not open them to all.
  EdgeConfig as_it_will_be(EdgeConfig next) const {
    next.http = config_.http;
    next.https = config_.https;
    next.rtmp = config_.rtmp;
    next.rtmps = config_.rtmps;
    next.hls = config_.hls;
    return next;
  }

  void add_guarded(const std::string& path, HttpHandler& handler) {
    routes_.add(path, *guarded_.emplace_back(std::make_unique<GuardedHttp>(*gate_, handler)));
  }

  EdgeReport report() const {
    EdgeReport out{services_.clock.monotonic() - begun_, services_.clock.utc_us(),
                   report_streams(hub_)};
    if (http_) out.http = http_->counters();
    if (api_) out.api = api_->report();
    for (const RtmpEdge* each : {rtmp_.get(), rtmps_.get()}) {
      if (each == nullptr) continue;
      if (!out.rtmp) out.rtmp.emplace();
      out.rtmp->connections += each->connections();
      out.rtmp->refused += each->refused();
    }
    return out;
  }

  bool ready() const {
    return !draining_ && http_->counters().open < static_cast<std::size_t>(config_.connections);
  }

  bool busy() {
    return run_on(loop_, [this] { return hub_.viewers(); }) > 0 ||
           (http_ && http_->counters().open > 0);
  }

  EdgeConfig config_;  // changes on the loop
  const EdgeServices services_;
  const std::chrono::nanoseconds begun_ = services_.clock.monotonic();
  std::unique_ptr<AccessLog> access_;
  net::EventLoop folder_loop_;
  Folders folders_;
  std::optional<AccessGate> gate_;
  HeldKeysPtr push_keys_;
  std::unique_ptr<GuardedApi> api_;
  std::vector<std::unique_ptr<GuardedHttp>> guarded_;
  HttpRoutes routes_;
  net::EventLoop loop_;
  Hub hub_;
  std::optional<HubTimer> timer_;
  std::optional<LiveHttp> live_;
  std::optional<StatusHttp> status_;
  std::optional<PresentationsHttp> presentations_;
  std::optional<PageHttp> page_;
  bool draining_ = false;  // on the loop
  std::unique_ptr<net::HttpIdentity> identity_;
  std::optional<boost::asio::ssl::context> rtmp_identity_;
  std::unique_ptr<RtmpEdge> rtmp_;
  std::unique_ptr<RtmpEdge> rtmps_;
  std::unique_ptr<HttpServer> http_;
};

Result<std::unique_ptr<Edge>> Edge::open(const EdgeConfig& config, const EdgeServices& services) {
  auto impl = std::make_unique<Impl>(config, services);
  WEIR_TRY(impl->open());
  return std::unique_ptr<Edge>(new Edge(std::move(impl)));
}

Result<void> Edge::check(const EdgeConfig& config, Log& log) {
  WEIR_TRY(check_config(config));
  Folders folders;
  net::EventLoop loop;
  WEIR_TRY_ASSIGN(auto keys, publish_keys(config, log));
  const auto held = std::make_shared<HeldKeys>(keys);
  const auto opened = open_folders(config, loop, Clock::system(), held, folders);
  loop.stop();
  WEIR_TRY(opened);
  WEIR_TRY(GuardedApi::open(config, Clock::system(), Random::system(), log));
  if (config.https || config.rtmps)
    WEIR_TRY(net::make_tls_server(config.certificate, config.certificate_key));
  for (const auto& door : {config.rtmp, config.rtmps}) {
    if (!door) continue;
    WEIR_TRY(RtmpEdge::check(rtmp_rules(config, *door, keys, log)));
  }
  return {};
}

Edge::Edge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Edge::~Edge() = default;

EdgePorts Edge::ports() const {
  return impl_->ports();
}

void Edge::drain() {
  impl_->drain();
}

Result<void> Edge::reload(const EdgeConfig& config) {
  return impl_->reload(config);
}

void Edge::flush_log() {
  impl_->flush_log();
}

}  // namespace weir::edge
