// Addresses and networks, as people write them: "192.0.2.7", "10.0.0.0/8", "2001:db8::/32".
// Source: RFC 4632 section 3.1, RFC 4291 section 2.3.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::net {

/// An IPv6 address that maps an IPv4 one counts as that.
class AddressSet {
 public:
  /// kUsage, naming it, for what is neither an address nor a network.
  static Result<AddressSet> parse(std::span<const std::string> texts);

  bool empty() const { return networks_.empty(); }
  /// Of what is no address, false.
  bool contains(std::string_view address) const;

 private:
  struct Network {
    std::array<std::uint8_t, 16> bytes{};
    unsigned bits = 0;  // of them that count
  };
  static Result<Network> parse_one(const std::string& text);

  std::vector<Network> networks_;
};

}  // namespace weir::net
