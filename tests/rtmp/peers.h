// Programs other people wrote, run by tests that are skipped where they are not installed.
#pragma once

#include <unistd.h>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/command.h"
#include "flv/tag.h"

namespace weir::rtmp {

inline Result<Bytes> run(const std::vector<std::string>& arguments) {
  return run_command(arguments, {.timeout = std::chrono::milliseconds(20'000), .output = 10 << 20});
}

/// In PATH.
inline bool there(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  return false;
}

/// Two seconds of picture and sound, written as FLV by ffmpeg to a file or URL, or returned ("-").
inline Result<Bytes> ffmpeg_publishes(const std::string& url, const std::string& words = "error") {
  const std::string pictures = "testsrc=size=128x96:rate=25:duration=2";
  std::vector<std::string> command{"ffmpeg", "-v", words, "-f", "lavfi", "-i", pictures};
  for (const char* more : {"-f", "lavfi", "-i", "sine=duration=2", "-c:v", "libx264", "-preset",
                           "ultrafast", "-g", "25", "-c:a", "aac", "-f", "flv"})
    command.emplace_back(more);
  command.push_back(url);
  return run(command);
}

inline std::vector<flv::Tag> read_flv(ByteView bytes) {
  flv::TagReader reader;
  reader.feed(bytes);
  std::vector<flv::Tag> out;
  while (true) {
    auto tag = reader.next();
    EXPECT_TRUE(tag);
    if (!tag || !*tag) return out;
    out.push_back(std::move(**tag));
  }
}

/// Sound and pictures, without the end of a sequence, for which players have no use.
inline std::vector<flv::Tag> media_of(const std::vector<flv::Tag>& tags) {
  std::vector<flv::Tag> out;
  for (const auto& tag : tags)
    if (tag.type != flv::TagType::kScript && tag.body.size() > 5) out.push_back(tag);
  return out;
}

}  // namespace weir::rtmp
