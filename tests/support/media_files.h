// Real media for tests that want it: the folder in WEIR_MEDIA, else ../shared/media beside the
// checkout. Without it such tests are skipped, visibly.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::support {

inline std::filesystem::path media_folder() {
  if (const char* named = std::getenv("WEIR_MEDIA")) return named;
  // A compiler cache may make the name relative to the build folder, where tests run.
  const auto here = std::filesystem::absolute(__FILE__).lexically_normal();
  const auto checkout = here.parent_path().parent_path().parent_path();
  return checkout.parent_path() / "shared" / "media";
}

/// Sorted; empty when the folder is not there.
inline std::vector<std::string> media_files(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(media_folder() / folder, missing))
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace weir::support
