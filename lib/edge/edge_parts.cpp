#include "edge/edge_parts.h"

#include <utility>

#include "net/inherited.h"

namespace weir::edge {

Result<PublishKeys> publish_keys(const EdgeConfig& config, Log& log) {
  if (config.key_file.empty()) return PublishKeys();
  WEIR_TRY_ASSIGN(auto keys, rtmp::StreamKeys::load(config.key_file, log));
  return PublishKeys(std::move(keys));
}

void HeldKeys::replace(PublishKeys keys) {
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
}

bool HeldKeys::allow(std::string_view stream, const rtmp::StreamKey& key) const {
  const std::lock_guard lock(mutex_);
  return !keys_ || keys_->allow(stream, key);
}

namespace {

PushRules push_rules(const EdgeConfig& config, HeldKeysPtr keys) {
  PushRules out;
  out.most_bytes = static_cast<std::uint64_t>(config.push_bytes);
  out.may = [keys = std::move(keys)](std::string_view stream, const rtmp::StreamKey& key) {
    return keys->allow(stream, key);
  };
  return out;
}

}  // namespace

Result<void> open_folders(const EdgeConfig& config, net::EventLoop& loop, const Clock& clock,
                          const HeldKeysPtr& keys, Folders& out) {
  for (const HlsFolder& folder : config.hls) {
    OriginOptions options{folder.path, folder.root};
    options.held = static_cast<std::size_t>(config.held);
    options.cache_bytes = config.file_cache;
    if (folder.push) options.push = push_rules(config, keys);
    WEIR_TRY_ASSIGN(auto origin, HlsOrigin::open(options, loop.context(), clock));
    out.push_back(std::move(origin));
  }
  return {};
}

Result<std::vector<PresentationFolder>> presentations(const EdgeConfig& config) {
  std::vector<PresentationFolder> out;
  for (const HlsFolder& folder : config.hls) {
    WEIR_TRY_ASSIGN(auto opened, PresentationFolder::open(folder.path, folder.root));
    out.push_back(std::move(opened));
  }
  return out;
}

RtmpRules rtmp_rules(const EdgeConfig& config, const Door& door, PublishKeys keys, Log& log) {
  RtmpRules out;
  out.listen.address = door.address;
  out.listen.port = door.port;
  out.listen.connections = static_cast<std::size_t>(config.rtmp_connections);
  out.listen.log = &log;
  out.app = door.app;
  out.keys = std::move(keys);
  return out;
}

Result<Place> place_of(const Door& door) {
  if (door.socket.empty()) return Place{door.address, door.port};
  WEIR_TRY_ASSIGN(auto socket, net::inherited_socket(door.socket, net::inherited_sockets()));
  return Place{socket.address, socket.port, socket.fd};
}

HttpCensusLimits census_limits(const EdgeConfig& config) {
  return {static_cast<std::size_t>(config.connections),
          static_cast<std::size_t>(config.connections_per_address)};
}

HttpServerOptions http_options(const EdgeConfig& config) {
  HttpServerOptions out;
  out.doors.clear();
  out.loops = config.threads;
  out.census = census_limits(config);
  return out;
}

}  // namespace weir::edge
