#include "edge/origin_file.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/gzip.h"
#include "hls/low_latency.h"
#include "net/content_type.h"

namespace weir::edge {
namespace {

constexpr std::uint64_t kSmall = 64 << 10;
constexpr std::uint64_t kPlaylist = 8 << 20;  // larger ones are sent as files are
constexpr std::size_t kLeastZipped = 256;     // below that it does not become shorter
constexpr std::int64_t kTargetsAskedFor = 6;  // a state under its own URL does not change
constexpr std::string_view kForEver = "Cache-Control: public, max-age=31536000, immutable\r\n";
constexpr std::string_view kAskAgain = "Cache-Control: no-cache\r\n";

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

std::string etag_of(const struct stat& facts) {
  return fmt::format("\"{:x}-{:x}-{:x}\"", nanoseconds(facts.st_mtim), facts.st_size, facts.st_ino);
}

// Two states of one length may be written within one tick of the disk's clock.
std::string etag_of(std::string_view bytes) {
  return fmt::format("\"{:016x}-{:x}\"", XXH3_64bits(bytes.data(), bytes.size()), bytes.size());
}

std::string max_age(Micros time) {
  constexpr Micros kSecond{1'000'000};
  return fmt::format("Cache-Control: max-age={}\r\n", std::max<std::int64_t>(1, time / kSecond));
}

SharedText read_all(int fd, std::uint64_t size) {
  std::string text(size, '\0');
  for (std::size_t filled = 0; filled < text.size();) {
    const auto count =
        ::pread(fd, text.data() + filled, text.size() - filled, static_cast<off_t>(filled));
    if (count <= 0) return nullptr;
    filled += static_cast<std::size_t>(count);
  }
  return std::make_shared<const std::string>(std::move(text));
}

HttpAnswer with_head(HttpAnswer answer, unsigned status, std::string_view fields) {
  answer.status = status;
  answer.head = std::make_shared<const std::string>(make_head(status, answer.size, fields));
  return answer;
}

bool has_conditions(const HttpRequest& request) {
  for (const std::string_view name : {"Range", "If-None-Match", "If-Modified-Since"})
    if (!request.field(name).empty()) return true;
  return false;
}

}  // namespace

OriginFile::OriginFile(std::string_view name, const struct stat& facts)
    : is_playlist_(name.ends_with(".m3u8") || name.ends_with(".mpd")),
      type_(net::content_type(name)),
      modified_(http_date(facts.st_mtim.tv_sec)),
      caching_(is_playlist_ ? kAskAgain : kForEver) {}

std::shared_ptr<const OriginFile> OriginFile::read(std::string_view name, FoundFile found) {
  const std::shared_ptr<OriginFile> out(new OriginFile(name, found.facts));
  Body& plain = out->plain_;
  plain.content.size = static_cast<std::uint64_t>(found.facts.st_size);
  if (plain.content.size <= (out->is_playlist_ ? kPlaylist : kSmall)) {
    plain.content.body = read_all(found.file->fd(), plain.content.size);
    if (!plain.content.body) return nullptr;
    if (name.ends_with(".m3u8")) out->reach_ = hls::reach_of(*plain.content.body);
    if (out->reach_.target.count() > 0) out->caching_ = max_age(out->reach_.target / 2);
  } else {
    plain.content.file = std::move(found.file);
    plain.state.etag = etag_of(found.facts);
  }
  out->finish(plain);
  return out;
}

void OriginFile::finish(Body& body) const {
  if (body.content.body) {
    body.content.size = body.content.body->size();
    body.state.etag = etag_of(*body.content.body);
  }
  // Dates tell only seconds, and a playlist may change more often.
  if (!is_playlist_) body.state.modified = modified_;
  body.whole = with_head(body.content, 200, fields(body, caching_));
}

std::int64_t OriginFile::cost() const {
  constexpr std::int64_t kHeads = 1024;
  if (!plain_.content.body) return kOpenFileCost;
  const auto size = static_cast<std::int64_t>(plain_.content.size);
  return kHeads + (is_playlist_ ? 2 * size : size);
}

const OriginFile::Body* OriginFile::delta() const {
  std::call_once(delta_.once, [this] {
    auto text = hls::delta_update(*plain_.content.body);
    if (!text) return;
    delta_.body = std::make_unique<Body>();
    delta_.body->content.body = std::make_shared<const std::string>(std::move(*text));
    finish(*delta_.body);
  });
  return delta_.body.get();
}

const OriginFile::Body* OriginFile::zipped(const Body& plain) const {
  Lazy& lazy = &plain == &plain_ ? zipped_ : zipped_delta_;
  std::call_once(lazy.once, [&] {
    const Bytes bytes = gzip(as_bytes(*plain.content.body));
    lazy.body = std::make_unique<Body>();
    lazy.body->content.body = std::make_shared<const std::string>(as_text(bytes));
    lazy.body->is_gzip = true;
    finish(*lazy.body);
  });
  return lazy.body.get();
}

const OriginFile::Body& OriginFile::body_for(const HttpRequest& request,
                                             hls::Directives::Skip skip) const {
  const Body* body = &plain_;
  if (!is_playlist_ || !plain_.content.body) return *body;
  const bool may_skip = reach_.can_skip && !reach_.ended;
  if (may_skip && skip != hls::Directives::Skip::kNone)
    if (const Body* shorter = delta()) body = shorter;
  const bool may_zip = body->content.size >= kLeastZipped && request.field("Range").empty();
  if (may_zip && takes_gzip(request.field("Accept-Encoding"))) body = zipped(*body);
  return *body;
}

std::string OriginFile::fields(const Body& body, std::string_view caching) const {
  std::string out = fmt::format("Content-Type: {}\r\n{}{}", type_, kOriginCors, caching);
  if (is_playlist_) out += "Vary: Accept-Encoding\r\n";
  if (body.is_gzip) out += "Content-Encoding: gzip\r\n";
  fmt::format_to(std::back_inserter(out),
                 "ETag: {}\r\nLast-Modified: {}\r\nAccept-Ranges: bytes\r\n", body.state.etag,
                 modified_);
  return out;
}

HttpAnswer OriginFile::answer(const HttpRequest& request, const Form& form) const {
  const Body& body = body_for(request, form.skip);
  if (!form.was_asked_for && !has_conditions(request)) return body.whole;
  const std::string all =
      fields(body, form.was_asked_for ? max_age(reach_.target * kTargetsAskedFor) : caching_);
  if (is_not_modified(request, body.state)) return with_head({}, 304, all);
  return part(request, body, all);
}

HttpAnswer OriginFile::part(const HttpRequest& request, const Body& body, std::string fields) {
  HttpAnswer out = body.content;
  ByteSpan span;
  switch (wished_range(request, body.state, out.size, span)) {
    case RangeWish::kAll:
      return with_head(std::move(out), 200, fields);
    case RangeWish::kUnsatisfiable:
      return plain_answer(416,
                          fmt::format("Content-Range: bytes */{}\r\n{}", out.size, kOriginCors));
    case RangeWish::kPart:
      break;
  }
  fields += fmt::format("Content-Range: bytes {}-{}/{}\r\n", span.offset,
                        span.offset + span.size - 1, out.size);
  out.offset = span.offset;
  out.size = span.size;
  return with_head(std::move(out), 206, fields);
}

}  // namespace weir::edge
