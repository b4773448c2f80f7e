// The folder of finished chunks behind --work: a run that was killed goes on where it stopped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/store.h"
#include "ladder/chunk_file.h"

namespace weir::ladder {

/// DIR/job.json tells what is worked on, DIR/chunks holds a file for each finished chunk of each
/// rendition and for what the first pass said of it, DIR/spool.nut the input that came by a pipe.
/// Every file is whole or not there; one that is damaged all the same counts as not there.
///
/// Threads   load and keep may be called from any threads at the same time, those for one chunk and
///           rendition in order.
/// Life      One run has the folder at a time, from open() until the destructor or its process
///           ends.
class Work {
 public:
  /// `job` names the input and all that shapes the bytes. Makes the folder if it is not there and
  /// removes what a killed run left half written. kUsage: the folder holds another job, or another
  /// run works in it. kIo: it cannot be made, read or written.
  static Result<std::unique_ptr<Work>> open(const std::filesystem::path& folder,
                                            std::string_view job);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  std::optional<FinishedChunk> load(std::int64_t chunk, int rendition) const;
  Result<void> keep(std::int64_t chunk, int rendition, const FinishedChunk& finished);

  /// `group`: of renditions that share one first pass.
  std::optional<ChunkFacts> load_facts(std::int64_t chunk, int group) const;
  Result<void> keep_facts(std::int64_t chunk, int group, const ChunkFacts& facts);

  /// Name in the folder for an input that can be read only once (formats::spool), which the caller
  /// may put there before open(); clear() removes it.
  static constexpr const char* kSpool = "spool.nut";

  /// After success, once, last: removes the files above, then the folders if nothing else is in
  /// them.
  Result<void> clear();

 private:
  Work(std::filesystem::path folder, std::unique_ptr<FolderStore> store, int lock)
      : folder_(std::move(folder)), store_(std::move(store)), lock_(lock) {}
  Result<void> claim(std::string_view job);
  Result<void> remove_unfinished();
  ChunkKey key(std::int64_t chunk, int lane) const { return {job_, chunk, lane}; }

  std::filesystem::path folder_;
  std::unique_ptr<FolderStore> store_;
  int lock_;  // descriptor of the folder
  std::uint32_t job_ = 0;
};

}  // namespace weir::ladder
