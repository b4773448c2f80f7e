#include "edge/hls_origin.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/os_error.h"
#include "edge/http_conditions.h"
#include "net/content_type.h"

namespace weir::edge {
namespace {

constexpr std::size_t kPlaylistBytes = 8 << 20;  // larger ones are sent as files are
constexpr const char* kForEver = "Cache-Control: public, max-age=31536000, immutable\r\n";
constexpr std::string_view kAllow = "Allow: GET, HEAD, OPTIONS\r\n";
constexpr std::string_view kCors =
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Expose-Headers: Content-Length, Content-Range, Date\r\n";
constexpr std::string_view kPreflight =
    "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"
    "Access-Control-Allow-Headers: *, Range\r\n"
    "Access-Control-Max-Age: 86400\r\n";

struct Served {
  std::shared_ptr<const OpenFile> file;
  struct stat facts {};
  SharedText text{};  // of a playlist that is not too large: all of it
};

bool is_playlist(std::string_view name) {
  return name.ends_with(".m3u8") || name.ends_with(".mpd");
}

bool is_hidden(std::string_view name) {
  return name.starts_with('.') || name.find("/.") != name.npos;
}

// Folder by folder, so that none of them may be a link.
std::optional<Served> open_below(int folder, const std::string& name) {
  std::shared_ptr<const OpenFile> held;
  int at = folder;
  std::size_t begin = 0;
  for (auto end = name.find('/'); end != name.npos; end = name.find('/', begin)) {
    const int fd = ::openat(at, name.substr(begin, end - begin).c_str(),
                            O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return {};
    held = std::make_shared<const OpenFile>(fd);
    at = fd;
    begin = end + 1;
  }
  const int fd = ::openat(at, name.c_str() + begin, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return {};
  Served out{std::make_shared<const OpenFile>(fd)};
  if (::fstat(fd, &out.facts) != 0 || !S_ISREG(out.facts.st_mode)) return {};
  return out;
}

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

Validators validators(const struct stat& facts, bool is_gzip) {
  return {fmt::format("\"{:x}-{:x}{}\"", nanoseconds(facts.st_mtim), facts.st_size,
                      is_gzip ? "-gz" : ""),
          http_date(facts.st_mtim.tv_sec)};
}

// Empty when it is not whole, as after the file has become shorter.
SharedText read_file(const Served& served) {
  std::string text(static_cast<std::size_t>(served.facts.st_size), '\0');
  for (std::size_t filled = 0; filled < text.size();) {
    const auto count = ::pread(served.file->fd(), text.data() + filled, text.size() - filled,
                               static_cast<off_t>(filled));
    if (count <= 0) return nullptr;
    filled += static_cast<std::size_t>(count);
  }
  return std::make_shared<const std::string>(std::move(text));
}

std::string playlist_caching(const SharedText& playlist) {
  constexpr std::string_view kTag = "\n#EXT-X-TARGETDURATION:";
  const std::string_view text = playlist ? std::string_view(*playlist) : std::string_view();
  const auto at = text.find(kTag);
  int seconds = 0;
  if (at != text.npos)
    std::from_chars(text.data() + at + kTag.size(), text.data() + text.size(), seconds);
  if (seconds <= 0) return "Cache-Control: no-cache\r\n";
  return fmt::format("Cache-Control: max-age={}\r\n", std::max(1, seconds / 2));
}

HttpAnswer with_head(HttpAnswer answer, unsigned status, std::string_view fields) {
  answer.status = status;
  answer.head = std::make_shared<const std::string>(make_head(status, answer.size, fields));
  return answer;
}

HttpAnswer part_answer(const HttpRequest& request, Served served, const Validators& state,
                       std::string fields) {
  const auto size = static_cast<std::uint64_t>(served.facts.st_size);
  HttpAnswer out;
  out.body = std::move(served.text);
  if (!out.body) out.file = std::move(served.file);
  out.size = size;
  ByteSpan part;
  switch (wished_range(request, state, size, part)) {
    case RangeWish::kAll:
      return with_head(std::move(out), 200, fields);
    case RangeWish::kUnsatisfiable:
      return plain_answer(416, fmt::format("Content-Range: bytes */{}\r\n{}", size, kCors));
    case RangeWish::kPart:
      break;
  }
  out.offset = part.offset;
  out.size = part.size;
  fields += fmt::format("Content-Range: bytes {}-{}/{}\r\n", part.offset,
                        part.offset + part.size - 1, size);
  return with_head(std::move(out), 206, fields);
}

}  // namespace

Result<std::unique_ptr<HlsOrigin>> HlsOrigin::open(std::string prefix, const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(Code::kIo, "cannot open '{}': {}", folder, os_error_text(errno));
  if (prefix.ends_with('/')) prefix.pop_back();
  return std::unique_ptr<HlsOrigin>(new HlsOrigin(std::move(prefix), fd));
}

void HlsOrigin::handle(const HttpRequest& request, HttpExchangePtr exchange) {
  exchange->answer(answer(request));
}

HttpAnswer HlsOrigin::answer(const HttpRequest& request) const {
  if (request.method == "OPTIONS")
    return plain_answer(204, fmt::format("{}{}{}", kAllow, kCors, kPreflight));
  if (request.method != "GET" && request.method != "HEAD")
    return plain_answer(405, fmt::format("{}{}", kAllow, kCors));
  const auto name = decode_path(request.path.substr(std::min(prefix_.size(), request.path.size())));
  if (!name || name->empty() || name->ends_with('/') || is_hidden(*name))
    return plain_answer(404, kCors);
  auto served = open_below(folder_.fd(), *name);
  if (!served) return plain_answer(404, kCors);
  if (is_playlist(*name) && static_cast<std::uint64_t>(served->facts.st_size) <= kPlaylistBytes)
    served->text = read_file(*served);
  // The playlist as it is written decides, also for its compressed form.
  std::string fields = fmt::format("Content-Type: {}\r\n{}{}", net::content_type(*name), kCors,
                                   is_playlist(*name) ? playlist_caching(served->text) : kForEver);
  bool is_gzip = false;
  if (is_playlist(*name)) {
    fields += "Vary: Accept-Encoding\r\n";
    if (takes_gzip(request.field("Accept-Encoding")) && request.field("Range").empty()) {
      auto zipped = open_below(folder_.fd(), *name + ".gz");
      is_gzip = zipped && nanoseconds(zipped->facts.st_mtim) >= nanoseconds(served->facts.st_mtim);
      if (is_gzip) served = std::move(zipped);
    }
  }
  const Validators state = validators(served->facts, is_gzip);
  fields += fmt::format("ETag: {}\r\nLast-Modified: {}\r\nAccept-Ranges: bytes\r\n", state.etag,
                        state.modified);
  if (is_gzip) fields += "Content-Encoding: gzip\r\n";
  if (is_not_modified(request, state)) return with_head({}, 304, fields);
  return part_answer(request, std::move(*served), state, std::move(fields));
}

}  // namespace weir::edge
