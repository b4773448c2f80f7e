#include "edge/page_http.h"

#include <utility>

#include <fmt/format.h>

#include "base/gzip.h"

namespace weir::edge {
namespace {

constexpr std::size_t kMostBytes = 8 << 20;
// hls.js and mpegts.js give the video element its media as blobs.
constexpr std::string_view kPolicy =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'\r\n"
    "Referrer-Policy: no-referrer\r\n";
constexpr std::string_view kWithout =
    "this edge was built without its player page: build it again with nodejs and npm installed\n"
    "live streams: /streams\n";

HttpAnswer text_answer(unsigned status, SharedText body, std::string_view fields) {
  HttpAnswer out;
  out.status = status;
  out.size = body ? body->size() : 0;
  out.head = std::make_shared<const std::string>(make_head(status, out.size, fields));
  out.body = std::move(body);
  return out;
}

}  // namespace

PageHttp::PageHttp(std::span<const PageFile> files, HttpHandler& rest) : rest_(rest) {
  for (const PageFile& file : files) {
    auto plain = gunzip(as_bytes(file.gzip), kMostBytes);
    if (!plain) continue;
    Kept kept;
    kept.fields = fmt::format(
        "Content-Type: {}\r\nCache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n"
        "Vary: Accept-Encoding\r\n{}",
        file.type, file.type.starts_with("text/html") ? kPolicy : "");
    kept.state.etag = file.etag;
    kept.plain = std::make_shared<const std::string>(as_text(*plain));
    kept.gzip = std::make_shared<const std::string>(file.gzip);
    files_.emplace(file.path, std::move(kept));
  }
}

void PageHttp::handle(const HttpRequest& request, HttpExchangePtr exchange) {
  const auto file = files_.find(request.path);
  if (file == files_.end() && request.path != "/") return rest_.handle(request, exchange);
  if (request.method != "GET" && request.method != "HEAD")
    return exchange->answer(plain_answer(405, "Allow: GET, HEAD\r\n"));
  if (file != files_.end()) return exchange->answer(answer(request, file->second));
  exchange->answer(text_answer(404, std::make_shared<const std::string>(kWithout),
                               "Content-Type: text/plain\r\nCache-Control: no-store\r\n"));
}

HttpAnswer PageHttp::answer(const HttpRequest& request, const Kept& file) {
  const bool is_gzip = takes_gzip(request.field("Accept-Encoding"));
  Validators state = file.state;
  if (is_gzip) state.etag.insert(state.etag.size() - 1, "-gz");
  const std::string fields = fmt::format("{}ETag: {}\r\n{}", file.fields, state.etag,
                                         is_gzip ? "Content-Encoding: gzip\r\n" : "");
  if (is_not_modified(request, state)) return text_answer(304, nullptr, fields);
  return text_answer(200, is_gzip ? file.gzip : file.plain, fields);
}

}  // namespace weir::edge
