// The shapes of addresses, numbers and names in folded text: expressions that find candidates, and
// what tells a candidate from its look-alikes.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace weir::safety {

/// A name that takes no memory of its own; what is longer is cut.
class ShortText {
 public:
  void add(std::string_view more) {
    const std::size_t room = std::min(more.size(), bytes_.size() - size_);
    std::copy_n(more.data(), room, bytes_.data() + size_);
    size_ += room;
  }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 256> bytes_{};
  std::size_t size_ = 0;
};

/// For Vectorscan.
std::span<const std::string> url_expressions();
std::span<const std::string> phone_expressions();
std::span<const std::string> handle_expressions();

/// The host of an address, without its port: "pub.example.com" of "https://pub.example.com/x".
ShortText url_host(std::string_view url);
/// Whether `host` is one of `domain` or below it.
bool is_within(std::string_view host, std::string_view domain);

/// The first telephone number among groups of digits ("2024-11-30 138 1234 5678"): "" when there is
/// none. E.164 with its +, Chinese mobile, North American, and national with a leading 0; never
/// dates, versions, IP addresses, ISBN, or a bare row of digits of another kind.
std::string_view phone_in(std::string_view groups);

/// Whether what looks like an account is one: "@name", "name@host.tld", "qq: 12345".
bool is_handle(std::string_view text);

/// Only its digits.
ShortText digits_of(std::string_view text);

}  // namespace weir::safety
