#include "cli/edge.h"

#include <sys/resource.h>

#include <chrono>

#include <fmt/format.h>

#include "base/random.h"
#include "base/wait.h"
#include "cli/hang_up.h"
#include "cli/help.h"
#include "edge/edge.h"

namespace weir::cli {
namespace {

template <typename Value>
Result<void> put(const std::string& text, std::optional<Value>& to,
                 Result<Value> (*parse)(std::string_view)) {
  if (text.empty()) return {};
  WEIR_TRY_ASSIGN(to, parse(text));
  return {};
}

template <typename Value>
void put(const std::optional<Value>& given, Value& to) {
  if (given) to = *given;
}

// Folders of the command line stand for all of the file's.
Result<void> put_folders(const EdgeChoice& chosen, edge::EdgeConfig& config) {
  if (!chosen.hls.empty()) config.hls.clear();
  for (const auto& text : chosen.hls) {
    WEIR_TRY_ASSIGN(auto folder, edge::parse_hls_folder(text));
    config.hls.push_back(std::move(folder));
  }
  for (auto& folder : config.hls) folder.push |= chosen.push;
  return {};
}

Result<edge::EdgeConfig> configuration(const EdgeChoice& chosen) {
  edge::EdgeConfig out;
  if (!chosen.config.empty()) {
    WEIR_TRY_ASSIGN(out, edge::load_config(chosen.config));
  }
  WEIR_TRY(put(chosen.http, out.http, edge::parse_http_door));
  WEIR_TRY(put(chosen.https, out.https, edge::parse_http_door));
  WEIR_TRY(put(chosen.rtmp, out.rtmp, edge::parse_rtmp_door));
  WEIR_TRY(put(chosen.rtmps, out.rtmps, edge::parse_rtmps_door));
  WEIR_TRY(put_folders(chosen, out));
  if (!chosen.certificate.empty()) out.certificate = chosen.certificate;
  if (!chosen.certificate_key.empty()) out.certificate_key = chosen.certificate_key;
  if (!chosen.key_file.empty()) out.key_file = chosen.key_file;
  if (!chosen.access_log.empty()) out.access_log = chosen.access_log;
  put(chosen.threads, out.threads);
  put(chosen.batch, out.hub.live.batch);
  put(chosen.reconnect_window, out.hub.reconnect_window);
  put(chosen.drain, out.drain);
  return out;
}

void say_door(std::string_view protocol, const std::optional<edge::Door>& door,
              std::optional<std::uint16_t> port, Log& log) {
  if (!port) return;
  if (door->socket.empty())
    log.info("listening for {} on {} port {}", protocol, door->address, *port);
  else
    log.info("listening for {} on the socket '{}', port {}", protocol, door->socket, *port);
}

void say_doors(const edge::EdgeConfig& config, const edge::Edge& edge, Log& log) {
  const edge::EdgePorts ports = edge.ports();
  say_door("HTTP", config.http, ports.http, log);
  say_door("HTTPS", config.https, ports.https, log);
  say_door("RTMP", config.rtmp, ports.rtmp, log);
  say_door("RTMPS", config.rtmps, ports.rtmps, log);
}

// As many descriptors as the system lets it have, one a connection.
void raise_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void reload(const EdgeChoice& chosen, edge::Edge& edge, Log& log) {
  auto config = configuration(chosen);
  const auto done = config ? edge.reload(*config) : fail(std::move(config).error());
  if (done)
    log.info("has read its configuration again");
  else
    log.write(LogLevel::kError, "goes on as before: " + done.error().what);
}

}  // namespace

void bind_edge(CLI::App& app, EdgeChoice& chosen) {
  const edge::EdgeConfig defaults;
  app.set_config();
  app.add_option("--config", chosen.config, "What it serves, from a TOML file; the options win")
      ->type_name("FILE")
      ->default_str("")
      ->group(std::string(kCommonGroup));
  app.add_flag("--check-config", chosen.check_config,
               "Say whether the configuration is right, and do nothing else");
  app.add_option("--http", chosen.http,
                 "Serve HTTP at ADDRESS:PORT: the player page, HTTP-FLV and the folders")
      ->type_name("ADDRESS")
      ->default_str("");
  app.add_option("--rtmp", chosen.rtmp,
                 "Take publishers and serve players at ADDRESS[:PORT][/APP]; without APP any")
      ->type_name("ADDRESS")
      ->default_str("");
  app.add_option("--https", chosen.https, "Serve the same under TLS at ADDRESS:PORT")
      ->type_name("ADDRESS")
      ->default_str("");
  app.add_option("--rtmps", chosen.rtmps, "The same as --rtmp under TLS, port 443 without PORT")
      ->type_name("ADDRESS")
      ->default_str("");
  app.add_option("--certificate", chosen.certificate,
                 "Certificates for TLS, the server's own first, PEM")
      ->type_name("FILE")
      ->default_str("");
  app.add_option("--certificate-key", chosen.certificate_key, "The key of the first, PEM")
      ->type_name("FILE")
      ->default_str("");
  app.add_option("--hls", chosen.hls,
                 "Serve a folder of HLS or DASH under a path, /hls without it; may be given again")
      ->type_name("[PATH=]DIR")
      ->allow_extra_args(false)
      ->default_str("");
  app.add_flag("--push", chosen.push,
               "Take files into the folders, with PUT and DELETE, from whom --key-file names");
  app.add_option("--key-file", chosen.key_file,
                 "Who may publish, one STREAM:KEY a line; needed beyond loopback")
      ->type_name("FILE")
      ->default_str("");
  app.add_option("--access-log", chosen.access_log,
                 "Write a JSON line of every request and viewer; - for standard error")
      ->type_name("FILE")
      ->default_str("");
  add_duration(app, "--batch", chosen.batch, "How long a live frame may wait for others")
      ->default_str(format_duration(defaults.hub.live.batch));
  add_duration(app, "--reconnect-window", chosen.reconnect_window,
               "How long viewers wait for a publisher that left")
      ->default_str(format_duration(defaults.hub.reconnect_window));
  add_duration(app, "--drain", chosen.drain,
               "How long viewers and requests get what is left, at the end")
      ->default_str(format_duration(defaults.drain));
  app.add_option("--threads", chosen.threads, "Threads for HTTP; live streams have one more")
      ->check(CLI::Range(1, edge::kMostThreads))
      ->type_name("N")
      ->default_str(fmt::format("{}", defaults.threads));
}

Result<void> serve_edge(const EdgeChoice& chosen, Session& session) {
  HangUp hang_up(HangUp::Calls::kGoOn);
  WEIR_TRY_ASSIGN(const auto config, configuration(chosen));
  Log& log = session.log();
  if (chosen.check_config) return edge::Edge::check(config, log);
  raise_open_files();
  WEIR_TRY_ASSIGN(const auto edge,
                  edge::Edge::open(config, {session.clock(), Random::system(), log}));
  say_doors(config, *edge, log);
  while (!session.stop().requested()) {
    wait_for(std::chrono::seconds(1), session.stop());
    if (hang_up.take()) reload(chosen, *edge, log);
    edge->flush_log();
  }
  log.info("ends when viewers have what is left, or in {}", format_duration(config.drain));
  edge->drain();
  return {};
}

}  // namespace weir::cli
