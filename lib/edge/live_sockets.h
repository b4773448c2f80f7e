// Sends live streams into sockets: HTTP-FLV and WebSocket-FLV behind their answer's head.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include "base/result.h"
#include "edge/live_block.h"
#include "edge/viewer.h"
#include "net/peer_socket.h"

namespace weir::edge {

/// Hears, at the end of a socket, how many bytes went into it.
using LiveEnded = std::function<void(std::uint64_t bytes)>;

/// A socket that is to be a viewer.
struct LiveArrival {
  net::PeerSocket socket;
  Piece head;                     ///< Sent first.
  std::string unread{};           ///< What the peer has sent already.
  std::shared_ptr<void> place{};  ///< Kept until the socket is closed, as is the next.
  LiveEnded ended{};              ///< May be empty.
  bool is_websocket = false;      ///< Each piece of the stream is a binary message.
};

/// Each socket is a viewer that gets a stream as FLV, by gather writes of what all share. What the
/// peer sends is read and forgotten, but for the control frames of a WebSocket; one that closes is
/// gone at once, one that is evicted is closed.
/// Memory     Some hundred bytes a socket, none of them of the stream.
/// Threads    All on the loop of the sockets and the hub. Ends all sockets with its destructor,
///            which comes before the hub's.
class LiveSockets {
 public:
  using Play = std::function<Result<std::unique_ptr<Viewer>>(ViewerOwner& owner)>;

  LiveSockets() = default;
  LiveSockets(const LiveSockets&) = delete;
  LiveSockets& operator=(const LiveSockets&) = delete;
  ~LiveSockets();

  /// Fails as `play`, and the socket is closed then.
  Result<void> add(LiveArrival arrival, const Play& play);
  std::size_t count() const { return sockets_.size(); }

 private:
  class One;
  std::unordered_set<std::shared_ptr<One>> sockets_;
};

}  // namespace weir::edge
