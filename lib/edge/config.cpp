#include "edge/config.h"

#include <algorithm>
#include <array>

#include "base/text_file.h"
#include "base/toml_table.h"
#include "net/address_set.h"
#include "net/resolve.h"

namespace weir::edge {
namespace {

const std::array<std::string, 10> kTopKeys{"listen", "tls",    "hls",    "api", "publish",
                                           "live",   "limits", "status", "log", "access"};
const std::array<std::string, 5> kListenKeys{"http", "https", "rtmp", "rtmps", "threads"};
const std::array<std::string, 2> kTlsKeys{"certificate", "key"};
const std::array<std::string, 3> kHlsKeys{"path", "root", "push"};
const std::array<std::string, 3> kPublishKeys{"key_file", "reconnect_window", "streams"};
const std::array<std::string, 9> kLiveKeys{"batch",      "cache_bytes", "cache_frames",
                                           "cache_time", "slow_bytes",  "slow_time",
                                           "stall",      "skips",       "skip_window"};
const std::array<std::string, 9> kLimitsKeys{"connections",
                                             "connections_per_address",
                                             "rtmp_connections",
                                             "held",
                                             "file_cache",
                                             "push_bytes",
                                             "api_cache",
                                             "api_buckets",
                                             "drain"};
const std::array<std::string, 5> kAccessKeys{"secret_file", "signed", "referers", "allow", "deny"};

const std::array<std::string, 1> kStatusKeys{"metrics_from"};
const std::array<std::string, 1> kLogKeys{"access"};

constexpr int kMost = 1'000'000'000;

template <typename Number>
Result<void> read_number(const TomlTable& table, const char* key, Number& to) {
  int value = static_cast<int>(to);
  WEIR_TRY(table.integer(key, value, 1, kMost));
  to = static_cast<Number>(value);
  return {};
}

Result<void> read_bytes(const TomlTable& table, const char* key, std::size_t& to) {
  auto value = static_cast<std::int64_t>(to);
  WEIR_TRY(table.bytes(key, value));
  to = static_cast<std::size_t>(value);
  return {};
}

template <typename Value>
Result<void> read_parsed(const TomlTable& table, const char* key, std::optional<Value>& to,
                         Result<Value> (*parse)(std::string_view)) {
  if (!table.has(key)) return {};
  std::string text;
  WEIR_TRY(table.text(key, text));
  auto value = parse(text);
  if (!value) return fail(table.error(key, "{}", value.error().what));
  to = std::move(*value);
  return {};
}

Result<void> read_listen(const TomlTable& table, EdgeConfig& out) {
  WEIR_TRY(table.check_keys(kListenKeys));
  WEIR_TRY(read_parsed(table, "http", out.http, parse_http_door));
  WEIR_TRY(read_parsed(table, "https", out.https, parse_http_door));
  WEIR_TRY(read_parsed(table, "rtmp", out.rtmp, parse_rtmp_door));
  WEIR_TRY(read_parsed(table, "rtmps", out.rtmps, parse_rtmps_door));
  return table.integer("threads", out.threads, 1, kMostThreads);
}

Result<void> read_tls(const TomlTable& table, EdgeConfig& out) {
  WEIR_TRY(table.check_keys(kTlsKeys));
  WEIR_TRY(table.text("certificate", out.certificate));
  return table.text("key", out.certificate_key);
}

Result<void> read_hls(const TomlTable& table, EdgeConfig& out) {
  HlsFolder folder{"/hls", ""};
  WEIR_TRY(table.check_keys(kHlsKeys));
  WEIR_TRY(table.text("path", folder.path));
  WEIR_TRY(table.text("root", folder.root));
  auto read = parse_hls_folder(folder.path + "=" + folder.root);
  if (!read) return fail(table.table_error("a [[hls]] needs a 'root', and a 'path' like \"/hls\""));
  WEIR_TRY(table.boolean("push", read->push));
  out.hls.push_back(std::move(*read));
  return {};
}

Result<void> read_publish(const TomlTable& table, EdgeConfig& out) {
  WEIR_TRY(table.check_keys(kPublishKeys));
  WEIR_TRY(table.text("key_file", out.key_file));
  WEIR_TRY(table.duration("reconnect_window", out.hub.reconnect_window));
  return read_number(table, "streams", out.hub.streams);
}

Result<void> read_live(const TomlTable& table, LiveLimits& out) {
  WEIR_TRY(table.check_keys(kLiveKeys));
  WEIR_TRY(table.duration("batch", out.batch));
  WEIR_TRY(read_bytes(table, "cache_bytes", out.cache_bytes));
  WEIR_TRY(read_number(table, "cache_frames", out.cache_frames));
  WEIR_TRY(table.duration("cache_time", out.cache_time));
  WEIR_TRY(read_bytes(table, "slow_bytes", out.slow_bytes));
  WEIR_TRY(table.duration("slow_time", out.slow_time));
  WEIR_TRY(table.duration("stall", out.stall));
  WEIR_TRY(read_number(table, "skips", out.most_skips));
  return table.duration("skip_window", out.skip_window);
}

Result<void> read_networks(const TomlTable& table, const char* key, std::vector<std::string>& to) {
  WEIR_TRY(table.texts(key, to));
  const auto read = net::AddressSet::parse(to);
  if (!read) return fail(table.error(key, "{}", read.error().what));
  return {};
}

Result<void> read_status(const TomlTable& table, EdgeConfig& out) {
  WEIR_TRY(table.check_keys(kStatusKeys));
  return read_networks(table, "metrics_from", out.metrics_from);
}

Result<void> read_access(const TomlTable& table, AccessConfig& out) {
  WEIR_TRY(table.check_keys(kAccessKeys));
  WEIR_TRY(table.text("secret_file", out.secret_file));
  WEIR_TRY(table.texts("signed", out.signed_paths));
  for (const auto& path : out.signed_paths)
    if (!path.starts_with('/'))
      return fail(table.error("signed", "'{}' is no path: use one like \"/live\"", path));
  WEIR_TRY(table.texts("referers", out.referers));
  WEIR_TRY(read_networks(table, "allow", out.allow));
  return read_networks(table, "deny", out.deny);
}

Result<void> read_log(const TomlTable& table, EdgeConfig& out) {
  WEIR_TRY(table.check_keys(kLogKeys));
  return table.text("access", out.access_log);
}

Result<void> read_limits(const TomlTable& table, EdgeConfig& out) {
  WEIR_TRY(table.check_keys(kLimitsKeys));
  WEIR_TRY(read_number(table, "connections", out.connections));
  WEIR_TRY(table.integer("connections_per_address", out.connections_per_address, 0, kMost));
  WEIR_TRY(read_number(table, "rtmp_connections", out.rtmp_connections));
  WEIR_TRY(read_number(table, "held", out.held));
  WEIR_TRY(table.bytes("file_cache", out.file_cache));
  WEIR_TRY(table.bytes("push_bytes", out.push_bytes));
  WEIR_TRY(table.bytes("api_cache", out.api_cache));
  WEIR_TRY(table.integer("api_buckets", out.api_buckets, 1, 10'000'000));
  return table.duration("drain", out.drain);
}

}  // namespace

Result<EdgeConfig> parse_config(std::string_view text, std::string_view file) {
  WEIR_TRY_ASSIGN(const toml::table parsed, parse_toml(text, file));
  const TomlTable top(parsed, file);
  EdgeConfig out;
  WEIR_TRY(top.check_keys(kTopKeys));
  WEIR_TRY_ASSIGN(const auto listen, top.table("listen"));
  if (listen) WEIR_TRY(read_listen(*listen, out));
  WEIR_TRY_ASSIGN(const auto tls, top.table("tls"));
  if (tls) WEIR_TRY(read_tls(*tls, out));
  WEIR_TRY_ASSIGN(const auto folders, top.tables("hls"));
  for (const auto& folder : folders) WEIR_TRY(read_hls(folder, out));
  WEIR_TRY_ASSIGN(const auto routes, top.tables("api"));
  for (const auto& route : routes) {
    WEIR_TRY_ASSIGN(auto read, read_api_route(route));
    out.api.push_back(std::move(read));
  }
  WEIR_TRY_ASSIGN(const auto publish, top.table("publish"));
  if (publish) WEIR_TRY(read_publish(*publish, out));
  WEIR_TRY_ASSIGN(const auto live, top.table("live"));
  if (live) WEIR_TRY(read_live(*live, out.hub.live));
  WEIR_TRY_ASSIGN(const auto access, top.table("access"));
  if (access) WEIR_TRY(read_access(*access, out.access));
  WEIR_TRY_ASSIGN(const auto limits, top.table("limits"));
  if (limits) WEIR_TRY(read_limits(*limits, out));
  WEIR_TRY_ASSIGN(const auto status, top.table("status"));
  if (status) WEIR_TRY(read_status(*status, out));
  WEIR_TRY_ASSIGN(const auto log, top.table("log"));
  if (log) WEIR_TRY(read_log(*log, out));
  return out;
}

Result<EdgeConfig> load_config(const std::string& file) {
  WEIR_TRY_ASSIGN(const std::string text, read_text_file(file));
  return parse_config(text, file);
}

namespace {

// Without keys whoever reaches it may.
Result<void> check_push(const EdgeConfig& config) {
  const bool takes = std::any_of(config.hls.begin(), config.hls.end(),
                                 [](const HlsFolder& each) { return each.push; });
  if (!takes || !config.key_file.empty()) return {};
  for (const auto& door : {config.http, config.https})
    if (door && !net::is_loopback(door->address))
      return fail(Code::kUsage, "anybody could put files to {}: give a key file, or use 127.0.0.1",
                  door->address);
  return {};
}

}  // namespace

std::string fixed_changes(const EdgeConfig& now, const EdgeConfig& next) {
  std::string out;
  const auto name = [&](bool same, std::string_view what) {
    if (!same) out.append(out.empty() ? "" : ", ").append(what);
  };
  name(now.http == next.http && now.https == next.https && now.rtmp == next.rtmp &&
           now.rtmps == next.rtmps && now.threads == next.threads,
       "listen");
  name(now.hls == next.hls, "hls");
  name(now.api == next.api, "api");
  name(now.metrics_from == next.metrics_from, "status");
  name(now.access_log == next.access_log, "log");
  name(now.hub.streams == next.hub.streams && now.hub.reconnect_window == next.hub.reconnect_window,
       "publish.streams and reconnect_window");
  name(now.rtmp_connections == next.rtmp_connections && now.held == next.held &&
           now.file_cache == next.file_cache && now.push_bytes == next.push_bytes &&
           now.api_cache == next.api_cache && now.api_buckets == next.api_buckets,
       "limits but connections and drain");
  return out;
}

Result<void> check_config(const EdgeConfig& config) {
  const bool has_http = config.http || config.https;
  if (!has_http && !config.rtmp && !config.rtmps)
    return fail(Code::kUsage, "nothing to listen on: give --http ADDRESS:PORT, --rtmp or both");
  if ((config.https || config.rtmps) &&
      (config.certificate.empty() || config.certificate_key.empty()))
    return fail(Code::kUsage,
                "TLS needs a certificate: give --certificate FILE and --certificate-key FILE");
  if (!config.hls.empty() && !has_http)
    return fail(Code::kUsage, "HLS goes over HTTP: give --http ADDRESS:PORT");
  if (!config.api.empty() && !has_http)
    return fail(Code::kUsage, "guarded routes go over HTTP: give --http ADDRESS:PORT");
  WEIR_TRY(check_api_routes(config.api));
  for (std::size_t i = 0; i < config.hls.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (config.hls[i].path == config.hls[k].path)
        return fail(Code::kUsage, "two HLS folders have the path '{}'", config.hls[i].path);
  return check_push(config);
}

}  // namespace weir::edge
