#include "ingest/reception.h"

#include <future>
#include <utility>

#include "net/resolve.h"
#include "net/tls.h"

namespace weir::ingest {

Result<DeskRules> desk_rules(const ListenSettings& settings, Log& log) {
  const bool both = !settings.certificate_file.empty() && !settings.certificate_key_file.empty();
  if (settings.url.secure && !both)
    return fail(Code::kUsage, "rtmps needs --tls-certificate and --tls-key");
  DeskRules rules{settings.url.app, settings.stream, {}, settings.most_waiting, settings.repairs};
  if (settings.key_file.empty()) {
    if (net::is_loopback(settings.url.host)) return rules;
    return fail(Code::kUsage,
                "anybody could publish on {}: give --key-file, or listen on 127.0.0.1",
                settings.url.host);
  }
  WEIR_TRY_ASSIGN(rules.keys, rtmp::StreamKeys::load(settings.key_file, log));
  return rules;
}

void tell_listening(const rtmp::Url& url, std::uint16_t port, Log& log) {
  log.info("listening on {}://{}:{}/{}", url.secure ? "rtmps" : "rtmp", url.host, port, url.app);
}

Result<void> Reception::open(const ListenSettings& settings, rtmp::StreamGate gate,
                             const Random& random, Log& log) {
  if (settings.url.secure) {
    WEIR_TRY_ASSIGN(tls_,
                    net::make_tls_server(settings.certificate_file, settings.certificate_key_file));
  }
  Result<void> outcome;
  run([&] { outcome = listen(settings, std::move(gate), random, log); });
  return outcome;
}

Result<void> Reception::listen(const ListenSettings& settings, rtmp::StreamGate gate,
                               const Random& random, Log& log) {
  rtmp::ListenOptions options;
  options.address = settings.url.host;
  options.port = settings.url.port;
  options.log = &log;
  WEIR_TRY_ASSIGN(server_, rtmp::Server::open(loop_.context(), options,
                                              {.publish = std::move(gate), .play = {}},
                                              tls_ ? &*tls_ : nullptr, random));
  return {};
}

Reception::~Reception() {
  run([&] { server_.reset(); });
  loop_.stop();
}

void Reception::run(const std::function<void()>& task) {
  std::promise<void> done;
  loop_.post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace weir::ingest
