// The hub's door for RTMP: publishers in, players out.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/log.h"
#include "base/random.h"
#include "base/result.h"
#include "base/sparing_log.h"
#include "edge/access_log.h"
#include "edge/access_rules.h"
#include "edge/hub.h"
#include "rtmp/keys.h"
#include "rtmp/listener.h"
#include "rtmp/server.h"

namespace weir::edge {

struct RtmpRules {
  rtmp::ListenOptions listen;
  std::string app{};                     ///< The only one there is; "": any.
  AccessLog* access = nullptr;           ///< Borrowed. Has a line of each at its end.
  AccessGate* gate = nullptr;            ///< Borrowed. Says who may play; nullptr: all may.
  std::optional<rtmp::StreamKeys> keys;  ///< Empty: everybody may publish, on loopback only.
};

/// rtmp://host/APP/STREAM is the hub's "APP/STREAM", or "STREAM" without an app. A publisher needs
/// the stream's key when there are keys, and takes over from the one before. What is signed is
/// played with the token of "/APP/STREAM.flv" as its key. A player is refused when nobody
/// publishes; it gets the hub's shared chunks, or tags of its own when it plays as another message
/// stream than the first of its connection. Threads    All on the loop, or while it does not run.
class RtmpEdge {
 public:
  /// kUsage for an address that is not loopback without keys.
  static Result<void> check(const RtmpRules& rules);
  /// Borrows all but the rules. Fails as check() and rtmp::Server::open().
  static Result<std::unique_ptr<RtmpEdge>> open(boost::asio::io_context& loop, RtmpRules rules,
                                                boost::asio::ssl::context* tls, Hub& hub,
                                                const Random& random, Log& log);

  /// Of publishers that come from now on; kUsage as check().
  Result<void> replace_keys(std::optional<rtmp::StreamKeys> keys);

  std::uint16_t port() const { return server_->port(); }
  std::size_t connections() const { return server_->listener().connections(); }
  /// Closed at once because there were too many.
  std::uint64_t refused() const { return server_->listener().refused(); }

 private:
  class Record;
  class Publisher;
  class Player;
  using Handler = Result<std::unique_ptr<rtmp::StreamHandler>>;

  RtmpEdge(RtmpRules rules, Hub& hub, Log& log)
      : rules_(std::move(rules)), hub_(hub), log_(log), refusals_(log) {}
  Result<Publication> admit(const rtmp::Visitor& visitor,
                            const std::shared_ptr<rtmp::ServedStream>& stream);
  Result<void> admit_player(const rtmp::Visitor& visitor);
  Handler publish(const rtmp::Visitor& visitor, std::shared_ptr<rtmp::ServedStream> stream);
  Handler play(const rtmp::Visitor& visitor, std::shared_ptr<rtmp::ServedStream> stream);

  RtmpRules rules_;
  Hub& hub_;
  Log& log_;
  SparingLog refusals_;
  std::unique_ptr<rtmp::Server> server_;
};

}  // namespace weir::edge
