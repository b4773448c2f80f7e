#include "edge/presentations.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "base/os_error.h"
#include "net/url.h"

namespace weir::edge {
namespace {

constexpr int kDepth = 4;
constexpr std::size_t kNames = 10'000;
constexpr std::size_t kMost = 1'000;
constexpr std::size_t kHead = 64 << 10;  // bytes of a playlist

enum class Kind { kNone, kMedia, kMultivariant };

struct Names {
  std::vector<std::string> playlists, folders;
};

// Some file systems do not say; opening it shows.
bool may_be(const dirent& entry, unsigned char type) {
  return entry.d_type == type || entry.d_type == DT_UNKNOWN;
}

Names names_in(int folder, std::size_t& left) {
  Names out;
  const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return out;
  DIR* const listing = ::fdopendir(again);
  if (listing == nullptr) {
    ::close(again);
    return out;
  }
  for (const dirent* each = ::readdir(listing); each != nullptr && left > 0;
       each = ::readdir(listing), --left) {
    std::string name = each->d_name;
    if (name.starts_with('.')) continue;
    if (name.ends_with(".m3u8") && may_be(*each, DT_REG))
      out.playlists.push_back(std::move(name));
    else if (may_be(*each, DT_DIR))
      out.folders.push_back(std::move(name));
  }
  ::closedir(listing);
  std::sort(out.playlists.begin(), out.playlists.end());
  std::sort(out.folders.begin(), out.folders.end());
  return out;
}

Kind kind_of(int folder, const std::string& name) {
  const int fd = ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return Kind::kNone;
  const OpenFile file(fd);
  std::string text(kHead, '\0');
  const auto size = ::pread(fd, text.data(), text.size(), 0);
  text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  if (!text.starts_with("#EXTM3U")) return Kind::kNone;
  if (text.find("\n#EXT-X-STREAM-INF:") != text.npos) return Kind::kMultivariant;
  return text.find("\n#EXT-X-TARGETDURATION:") != text.npos ? Kind::kMedia : Kind::kNone;
}

class Walk {
 public:
  void look(int folder, const std::string& path, int depth) {
    const Names names = names_in(folder, left_);
    if (add(folder, path, names.playlists) || depth == 0) return;
    for (const auto& name : names.folders) {
      const int fd =
          ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (fd < 0) continue;
      const OpenFile held(fd);
      look(fd, path + "/" + name, depth - 1);
    }
  }
  std::vector<Presentation> take() { return std::move(found_); }

 private:
  // Whether there is any.
  bool add(int folder, const std::string& path, const std::vector<std::string>& playlists) {
    std::vector<std::string> media, multivariant;
    for (const auto& name : playlists) {
      const Kind kind = kind_of(folder, name);
      if (kind == Kind::kMedia) media.push_back(name);
      if (kind == Kind::kMultivariant) multivariant.push_back(name);
    }
    const auto& all = multivariant.empty() ? media : multivariant;
    for (const auto& name : all) {
      if (found_.size() == kMost) break;
      const std::string file = path + "/" + name;
      found_.push_back({all.size() == 1 ? path : file, file});
    }
    return !all.empty();
  }

  std::size_t left_ = kNames;
  std::vector<Presentation> found_;
};

}  // namespace

Result<PresentationFolder> PresentationFolder::open(std::string prefix, const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(Code::kIo, "cannot open '{}': {}", folder, os_error_text(errno));
  if (prefix.ends_with('/')) prefix.pop_back();
  return PresentationFolder(std::move(prefix), std::make_shared<const OpenFile>(fd));
}

std::vector<Presentation> PresentationFolder::list() const {
  Walk walk;
  walk.look(folder_->fd(), prefix_, kDepth);
  auto out = walk.take();
  for (auto& each : out) {
    each.name.erase(0, 1);
    each.path = net::encode_path(each.path);
  }
  return out;
}

std::string presentations_json(const std::vector<Presentation>& all) {
  boost::json::array list;
  for (const auto& each : all) list.push_back({{"name", each.name}, {"url", each.path}});
  return boost::json::serialize(boost::json::object{{"version", 1}, {"presentations", list}}) +
         "\n";
}

}  // namespace weir::edge
