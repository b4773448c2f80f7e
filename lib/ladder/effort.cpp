#include "ladder/effort.h"

#include <algorithm>

namespace weir::ladder {
namespace {

struct Tools {
  const char* preset;
  const char* me;
  const char* subme;
  const char* partitions;
  const char* trellis;
};

constexpr Tools kTools[] = {
    {"ultrafast", "dia", "0", "i8x8", "0"},
    {"superfast", "dia", "1", "i8x8,i4x4", "0"},
    {"veryfast", "dia", "2", "i8x8,i4x4", "0"},
    {"faster", "hex", "4", "i8x8,i4x4", "0"},
    {"fast", "hex", "6", "i8x8,i4x4,p8x8", "1"},
    {"medium", "hex", "7", "i8x8,i4x4,p8x8,b8x8", "1"},
    {"slow", "umh", "8", "i8x8,i4x4,p8x8,b8x8", "2"},
    {"slower", "umh", "9", "all", "2"},
    {"veryslow", "umh", "10", "all", "2"},
    {"placebo", "tesa", "11", "all", "2"},
};

}  // namespace

const std::vector<std::string>& preset_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& tools : kTools) all.emplace_back(tools.preset);
    return all;
  }();
  return names;
}

Parameters second_pass_tools(const std::string& preset) {
  const Tools* found = &kTools[2];
  for (const auto& tools : kTools)
    if (preset == tools.preset) found = &tools;
  return {{"me", found->me},
          {"subme", found->subme},
          {"partitions", found->partitions},
          {"trellis", found->trellis}};
}

int notches_below(const std::string& preset) {
  const auto& names = preset_names();
  const auto found = std::find(names.begin(), names.end(), preset);
  return found == names.end() ? 2 : static_cast<int>(found - names.begin());
}

Parameters second_pass_tools(const std::string& preset, int notches) {
  const int left = std::max(notches_below(preset) - notches, 0);
  return second_pass_tools(preset_names()[static_cast<std::size_t>(left)]);
}

Parameters common_parameters() {
  return {{"ref", "1"},          {"bframes", "3"},       {"b-adapt", "2"}, {"b-pyramid", "normal"},
          {"weightp", "1"},      {"mbtree", "1"},        {"8x8dct", "1"},  {"cabac", "1"},
          {"direct", "spatial"}, {"rc-lookahead", "250"}};
}

Parameters first_pass_tools() {
  return {{"crf", "25"},          {"me", "dia"},    {"subme", "2"},
          {"partitions", "none"}, {"trellis", "0"}, {"ssim", "1"}};
}

}  // namespace weir::ladder
