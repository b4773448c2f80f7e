// What a delivery server is told: where it listens, what it gives to whom, and its bounds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "edge/access_rules.h"
#include "edge/api_config.h"
#include "edge/hub.h"

namespace weir::edge {

/// Where a server listens.
struct Door {
  std::string address;  ///< IPv4, or IPv6 without brackets.
  std::uint16_t port = 0;
  std::string app{};     ///< Of RTMP: the only one there is; "": any.
  std::string socket{};  ///< Instead of a place: the name of one that was handed over.
  bool operator==(const Door&) const = default;
};

/// "ADDRESS:PORT", an IPv6 address in brackets, or "systemd:NAME", as in all of these. kUsage
/// otherwise.
Result<Door> parse_http_door(std::string_view text);
/// "ADDRESS[:PORT][/APP]", the port 1935 when it is not there. kUsage otherwise.
Result<Door> parse_rtmp_door(std::string_view text);
/// The same, the port 443.
Result<Door> parse_rtmps_door(std::string_view text);

/// A folder of HLS and DASH, and the path it is found under.
struct HlsFolder {
  std::string path;  ///< "/hls"
  std::string root;
  bool push = false;  ///< Files may be put into it, by whom the key file names.
  bool operator==(const HlsFolder&) const = default;
};

/// "PATH=DIR", or "DIR" alone for the path /hls. kUsage for a path without a name behind
/// its '/'.
Result<HlsFolder> parse_hls_folder(std::string_view text);

inline constexpr int kMostThreads = 256;

struct EdgeConfig {
  std::optional<Door> http;
  std::optional<Door> https;
  std::optional<Door> rtmp;
  std::optional<Door> rtmps;
  std::string certificate;      ///< File of them, the server's own first; for https and rtmps.
  std::string certificate_key;  ///< File, of the first.
  std::vector<HlsFolder> hls;
  std::vector<ApiRouteConfig> api;  ///< Guarded routes to backends.
  std::string key_file;             ///< Of publishers; "": everybody may publish, on loopback only.
  std::string access_log;           ///< A file, "-" for standard error, "" for none.
  std::vector<std::string> metrics_from{"127.0.0.1", "::1"};  ///< Addresses and networks.
  AccessConfig access;
  HubLimits hub;
  int threads = 1;                     ///< Loops of the HTTP server.
  int connections = 16'000;            ///< Of HTTP, in all.
  int connections_per_address = 0;     ///< Of HTTP, of one address or /64; 0: any.
  int rtmp_connections = 4'000;        ///< Of RTMP, and as many under TLS.
  int held = 16'000;                   ///< Requests of low latency that wait, for each folder.
  std::int64_t file_cache = 64 << 20;  ///< Bytes, for each folder.
  std::int64_t push_bytes = 1 << 30;   ///< Of one file that is put into a folder.
  std::int64_t api_cache = 64 << 20;   ///< Bytes, for the answers of all guarded routes.
  int api_buckets = 100'000;           ///< Keys at a time, of all buckets.
  Micros drain{5'000'000};             ///< How long viewers may take what is left, at the end.
};

/// TOML, see samples/edge.toml. kUsage, "FILE:LINE: …", for what is wrong in it.
Result<EdgeConfig> parse_config(std::string_view text, std::string_view file);
/// kIo when it cannot be read; otherwise as parse_config().
Result<EdgeConfig> load_config(const std::string& file);

/// What a running server cannot change and is another in `next`: "listen, hls"; "" when all of it
/// can be had.
std::string fixed_changes(const EdgeConfig& now, const EdgeConfig& next);

/// Whether all parts go together, which cannot be seen from one of them. kUsage.
Result<void> check_config(const EdgeConfig& config);

}  // namespace weir::edge
