// What x264 may spend on a picture, and what both passes must have in common.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace weir::ladder {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// x264's preset names, from cheap to dear. Of the second pass each of them gives the tools that
/// were found best at about its cost; frame types and the macroblock tree are those of the
/// analysis, the same for all.
const std::vector<std::string>& preset_names();

/// Motion search, partitions and trellis of a preset: none of these shows in SPS or PPS.
Parameters second_pass_tools(const std::string& preset);

/// Presets below this one.
int notches_below(const std::string& preset);
/// Of the preset so many notches below; below the cheapest there is only the cheapest.
Parameters second_pass_tools(const std::string& preset, int notches);

/// What decides frame types, references and syntax; the same in both passes and in every chunk.
Parameters common_parameters();

/// The cheap pass that decides frame types and the macroblock tree.
Parameters first_pass_tools();

}  // namespace weir::ladder
