#include "edge/origin_files.h"

#include <fcntl.h>

#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

#include "base/os_error.h"

namespace weir::edge {
namespace {

const guard::Lifetime kUntilItChanges{.fresh = std::chrono::hours(24 * 365)};

// A file goes with itself, with each folder it is in, and with everything.
std::vector<std::string> tags_of(const std::string& name) {
  std::vector<std::string> out{"", name};
  for (auto slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1))
    out.push_back(name.substr(0, slash + 1));
  return out;
}

}  // namespace

Result<std::unique_ptr<OriginFiles>> OriginFiles::open(const std::string& root, std::int64_t bytes,
                                                       boost::asio::io_context& loop,
                                                       const Clock& clock) {
  const int fd = ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(Code::kIo, "cannot open '{}': {}", root, os_error_text(errno));
  std::unique_ptr<OriginFiles> out(new OriginFiles(fd, bytes, clock));
  WEIR_TRY_ASSIGN(out->watch_, FolderWatch::open(loop, [files = out.get()](auto what, auto& name) {
                    files->told(what, name);
                  }));
  return out;
}

void OriginFiles::told(FolderWatch::What what, const std::string& name) {
  if (what == FolderWatch::What::kFile) return touch(name);
  const bool is_all = what == FolderWatch::What::kEverything || name.empty();
  kept_.invalidate(is_all ? "" : name + "/");
  changed_("");
}

void OriginFiles::touch(const std::string& name) {
  kept_.invalidate(name);
  kept_.remove(name);
  changed_(name);
}

std::shared_ptr<const OriginFile> OriginFiles::get(std::string_view name) {
  if (auto found = kept_.find(name)) return std::move(found->value);
  return load(std::string(name));
}

std::shared_ptr<const OriginFile> OriginFiles::load(const std::string& name) {
  const bool may_be_kept = watch(name);
  auto marks = kept_.mark(tags_of(name));
  auto found = open_below(root_.fd(), name);
  if (!found) return nullptr;
  auto file = OriginFile::read(name, std::move(*found));
  if (!file) return nullptr;
  if (may_be_kept) kept_.put(name, file, file->cost(), kUntilItChanges, std::move(marks));
  loaded_(name, *file);
  return file;
}

// Its folder and those above: when one of them goes, so does the file.
bool OriginFiles::watch(const std::string& name) {
  bool is_watched = true;
  for (const std::string& tag : tags_of(name)) {
    const bool is_folder = tag.empty() || tag.ends_with('/');
    const std::string folder = tag.empty() ? tag : tag.substr(0, tag.size() - 1);
    if (!is_folder || watch_->is_watched(folder)) continue;
    const int fd = open_folder_below(root_.fd(), folder);
    if (fd < 0) return false;
    const OpenFile opened(fd);
    is_watched = watch_->watch(folder, fd) && is_watched;
  }
  if (!is_watched) is_blind_ = true;
  return is_watched;
}

}  // namespace weir::edge
