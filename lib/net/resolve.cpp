#include "net/resolve.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"

namespace weir::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t kMostAddresses = 4;

}  // namespace

asio::awaitable<Result<std::vector<tcp::endpoint>>> resolve(std::string host, std::uint16_t port) {
  boost::system::error_code ec;
  const auto literal = asio::ip::make_address(host, ec);
  std::vector<tcp::endpoint> out;
  if (!ec) {
    out.emplace_back(literal, port);
    co_return out;
  }
  tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto found = co_await resolver.async_resolve(host, std::to_string(port),
                                                     asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_return fail(Code::kIo, "host '{}': {}", host, lower(ec.message()));
  for (const auto& each : found)
    if (out.size() < kMostAddresses) out.push_back(each.endpoint());
  co_return out;
}

std::string address_text(const asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address.to_string();
  return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
}

bool is_loopback(const std::string& host) {
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  return !ec && address.is_loopback();
}

}  // namespace weir::net
