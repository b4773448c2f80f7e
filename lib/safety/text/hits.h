// What was found in a text, and the order it is put in.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace weir::safety {

/// A place in the original bytes, on borders of characters.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool operator==(const Span&) const = default;
};

struct Hit {
  Span span;
  std::uint32_t rule = 0;
  float score = 1;          ///< From above 0 to 1: how sure it is.
  std::string_view normal;  ///< What was found, undisguised; lies in the filter or the scratch.
};

/// Where an exception stands: hits of rules [first, last) within it do not count.
struct Pardon {
  Span span;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

/// Drops what is pardoned and what lies within another hit of the same rule; orders by place, the
/// longer first. Allocates nothing.
void settle(std::vector<Hit>& hits, std::vector<Pardon>& pardons);

}  // namespace weir::safety
