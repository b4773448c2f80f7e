// A socket that takes connections.
#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"

namespace weir::net {

/// `address` is IPv4 or IPv6 without brackets ("::" takes both); port 0 is one that is free. With
/// `shared` others may listen there too, and the kernel spreads connections over them. kUsage for
/// what is no address, kIo for one that cannot be had, naming it.
Result<void> listen_on(boost::asio::ip::tcp::acceptor& acceptor, const std::string& address,
                       std::uint16_t port, bool shared = false);

/// On a socket somebody else has made, which listens; it is borrowed, and may be so by several.
/// kIo.
Result<void> listen_on_socket(boost::asio::ip::tcp::acceptor& acceptor, int fd);

/// 0 once it is closed.
std::uint16_t port_of(const boost::asio::ip::tcp::acceptor& acceptor);

}  // namespace weir::net
