// From the name of a host to where it can be reached.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"

namespace weir::net {

/// `host` is a name or an address without brackets. Not empty, the system's preference first, and
/// no more than are worth trying. kIo, naming the host.
/// Waiting    As long as the system's resolver tries; not at all for an address.
boost::asio::awaitable<Result<std::vector<boost::asio::ip::tcp::endpoint>>> resolve(
    std::string host, std::uint16_t port);

/// As people write it; an IPv6 address that maps an IPv4 one is that.
std::string address_text(const boost::asio::ip::address& address);

/// An address, not a name, that only this machine reaches.
bool is_loopback(const std::string& host);

}  // namespace weir::net
