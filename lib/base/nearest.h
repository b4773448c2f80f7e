// The known name a person most likely meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir {

/// The least number of letters to insert, delete, replace or swap with a neighbour that turns `a`
/// into `b` (optimal string alignment distance).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known name nearest to `name`, the first of equals; nothing when none is at all alike (more
/// than half of the letters differ).
std::optional<std::string> nearest(std::string_view name, std::span<const std::string> known);

}  // namespace weir
