#include "net/address_set.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <boost/asio/ip/address.hpp>

namespace weir::net {
namespace {

namespace ip = boost::asio::ip;
using Bytes16 = std::array<std::uint8_t, 16>;

constexpr unsigned kMapped = 96;  // bits in front of an IPv4 address that is written as IPv6

struct Parsed {
  Bytes16 bytes;
  bool is_v4;
};

// Not through text that ends with a zero byte by mistake, and without a zone.
std::optional<Parsed> parse_address(std::string_view text) {
  boost::system::error_code ec;
  const auto address = ip::make_address(std::string(text), ec);
  if (ec || text.find('%') != text.npos || text.find('\0') != text.npos) return {};
  if (address.is_v6()) return Parsed{address.to_v6().to_bytes(), false};
  return Parsed{ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes(), true};
}

bool same_bits(const Bytes16& a, const Bytes16& b, unsigned bits) {
  const unsigned whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

}  // namespace

Result<AddressSet::Network> AddressSet::parse_one(const std::string& text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto address = parse_address(std::string_view(text).substr(0, slash));
  const unsigned most = address && address->is_v4 ? 32 : 128;
  unsigned bits = most;
  bool right = address.has_value();
  if (slash < text.size()) {
    const char* const end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data() + slash + 1, end, bits);
    right = right && ec == std::errc{} && stop == end && bits <= most;
  }
  if (!right)
    return fail(Code::kUsage, "'{}' is no address or network: use one like 192.0.2.0/24", text);
  return Network{address->bytes, bits + (address->is_v4 ? kMapped : 0)};
}

Result<AddressSet> AddressSet::parse(std::span<const std::string> texts) {
  AddressSet out;
  for (const auto& text : texts) {
    WEIR_TRY_ASSIGN(const Network network, parse_one(text));
    out.networks_.push_back(network);
  }
  return out;
}

bool AddressSet::contains(std::string_view address) const {
  if (networks_.empty()) return false;
  const auto parsed = parse_address(address);
  return parsed && std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
           return same_bits(parsed->bytes, network.bytes, network.bits);
         });
}

}  // namespace weir::net
