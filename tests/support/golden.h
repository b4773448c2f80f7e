// Compares a text with a file under tests/golden; WEIR_UPDATE_GOLDEN=1 writes the file instead.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace weir::support {

/// `name` is relative to tests/golden: "hls/vod.m3u8".
inline void expect_golden(const std::string& name, const std::string& text) {
  const auto tests = std::filesystem::path(__FILE__).parent_path().parent_path();
  const auto path = tests / "golden" / name;
  if (std::getenv("WEIR_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file.good()) << path << " is missing; run again with WEIR_UPDATE_GOLDEN=1";
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(expected.str(), text) << "differs from " << path;
}

}  // namespace weir::support
