// A private folder for what lives only as long as the run.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace weir {

enum class ScratchPlace {
  kMemory,  ///< Where the system has such a place (/dev/shm), else as kDisk.
  kDisk,    ///< Where temporary files go (TMPDIR).
};

/// Removed with all it holds when this object goes; what a killed run left is removed by the next
/// one.
class Scratch {
 public:
  static Result<Scratch> make(ScratchPlace place);
  Scratch(Scratch&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();

  const std::filesystem::path& folder() const { return folder_; }

 private:
  explicit Scratch(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace weir
