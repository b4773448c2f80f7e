#include "ladder/work.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>
#include <fstream>
#include <vector>

#include "base/os_error.h"
#include "ladder/crc32.h"

namespace weir::ladder {
namespace {

namespace fs = std::filesystem;

constexpr const char* kJob = "job.json";
constexpr const char* kChunks = "chunks";
constexpr const char* kChunkEnding = ".chunk";
constexpr const char* kFactsEnding = ".facts";

std::string name_of(std::int64_t chunk, int lane, const char* ending) {
  return fmt::format("{}/{:08}-{}{}", kChunks, chunk, lane, ending);
}

bool is_finished(const fs::path& name) {
  return name.extension() == kChunkEnding || name.extension() == kFactsEnding;
}

// As FolderStore and the pipe output name what they have not finished: ".NAME.tmp".
bool is_unfinished(const fs::path& name) {
  const std::string text = name.string();
  if (!text.starts_with(".") || name.extension() != ".tmp") return false;
  const fs::path target(text.substr(1, text.size() - 5));
  return is_finished(target) || target == kJob || target == Work::kSpool;
}

std::optional<Bytes> content_of(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return {};
  Bytes bytes(size);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  return file ? std::optional(std::move(bytes)) : std::nullopt;
}

Error cannot(const char* doing, const fs::path& path, int error) {
  return {Code::kIo, fmt::format("cannot {} '{}': {}", doing, path.string(), os_error_text(error))};
}

// The files of `folder` that `chosen` says yes to; none when there is no folder.
template <typename Chosen>
Result<std::vector<fs::path>> files_in(const fs::path& folder, Chosen chosen) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error == std::errc::no_such_file_or_directory) return found;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error))
    if (chosen(entries->path().filename())) found.push_back(entries->path());
  if (error) return fail(cannot("read", folder, error.value()));
  return found;
}

template <typename Chosen>
Result<void> remove_files(const fs::path& folder, Chosen chosen) {
  WEIR_TRY_ASSIGN(const auto files, files_in(folder, chosen));
  for (const auto& file : files)
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) return fail(cannot("remove", file, errno));
  return {};
}

// The kernel lets go of it when the process ends, however it ends. A file system without locks is
// no reason not to work.
Result<int> lock(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(cannot("read", folder, errno));
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return fd;
  ::close(fd);
  return fail(Code::kUsage, "another run works in '{}': wait for it, or choose another folder",
              folder.string());
}

}  // namespace

Result<std::unique_ptr<Work>> Work::open(const fs::path& folder, std::string_view job) {
  WEIR_TRY_ASSIGN(auto store, FolderStore::open(folder.string()));
  WEIR_TRY_ASSIGN(const int fd, lock(folder));
  std::unique_ptr<Work> self(new Work(folder, std::move(store), fd));
  WEIR_TRY(self->claim(job));
  WEIR_TRY(self->remove_unfinished());
  return self;
}

Work::~Work() {
  ::close(lock_);
}

// The job is written before anything else and removed after everything else, so chunks without one
// are of nobody knows what.
Result<void> Work::claim(std::string_view job) {
  job_ = crc32(as_bytes(job));
  const auto held = content_of(folder_ / kJob);
  if (held && as_text(*held) == job) return {};
  WEIR_TRY_ASSIGN(const auto finished, files_in(folder_ / kChunks, is_finished));
  std::error_code ignored;
  if (!finished.empty() || fs::exists(folder_ / kJob, ignored))
    return fail(Code::kUsage, "'{}' holds another job: choose another folder, or remove it",
                folder_.string());
  return store_->put(kJob, as_bytes(job));
}

Result<void> Work::remove_unfinished() {
  WEIR_TRY(remove_files(folder_, is_unfinished));
  return remove_files(folder_ / kChunks, is_unfinished);
}

std::optional<FinishedChunk> Work::load(std::int64_t chunk, int rendition) const {
  const auto bytes = content_of(folder_ / name_of(chunk, rendition, kChunkEnding));
  return bytes ? read_chunk(key(chunk, rendition), *bytes) : std::nullopt;
}

Result<void> Work::keep(std::int64_t chunk, int rendition, const FinishedChunk& finished) {
  return store_->put(name_of(chunk, rendition, kChunkEnding),
                     write_chunk(key(chunk, rendition), finished));
}

std::optional<ChunkFacts> Work::load_facts(std::int64_t chunk, int group) const {
  const auto bytes = content_of(folder_ / name_of(chunk, group, kFactsEnding));
  return bytes ? read_facts(key(chunk, group), *bytes) : std::nullopt;
}

Result<void> Work::keep_facts(std::int64_t chunk, int group, const ChunkFacts& facts) {
  return store_->put(name_of(chunk, group, kFactsEnding), write_facts(key(chunk, group), facts));
}

Result<void> Work::clear() {
  WEIR_TRY(remove_unfinished());
  WEIR_TRY(remove_files(folder_ / kChunks, is_finished));
  WEIR_TRY(store_->remove(kSpool));
  WEIR_TRY(store_->remove(kJob));
  std::error_code ignored;  // a folder with something else in it stays
  fs::remove(folder_ / kChunks, ignored);
  fs::remove(folder_, ignored);
  return {};
}

}  // namespace weir::ladder
