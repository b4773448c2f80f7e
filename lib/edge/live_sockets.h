// Sends live streams into plain sockets: HTTP-FLV behind its answer's head.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_set>

#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"
#include "edge/live_block.h"
#include "edge/viewer.h"

namespace weir::edge {

/// Each socket is a viewer that gets `head`, then a stream as FLV, by gather writes of what all
/// share. What the peer sends is read and forgotten; one that closes is gone at once, one that is
/// evicted is closed.
/// Memory     Some hundred bytes a socket, none of them of the stream.
/// Threads    All on the loop of the sockets and the hub. Ends all sockets with its destructor,
///            which comes before the hub's.
class LiveSockets {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  /// Hears, at the end of a socket, how many bytes went into it.
  using Ended = std::function<void(std::uint64_t bytes)>;
  using Play = std::function<Result<std::unique_ptr<Viewer>>(ViewerOwner& owner)>;

  LiveSockets() = default;
  LiveSockets(const LiveSockets&) = delete;
  LiveSockets& operator=(const LiveSockets&) = delete;
  ~LiveSockets();

  /// `place` and `ended` (may be empty) are kept until the socket is closed. Fails as `play`, and
  /// the socket is closed then.
  Result<void> add(Socket socket, Piece head, std::shared_ptr<void> place, const Play& play,
                   Ended ended = {});
  std::size_t count() const { return sockets_.size(); }

 private:
  class One;
  std::unordered_set<std::shared_ptr<One>> sockets_;
};

}  // namespace weir::edge
