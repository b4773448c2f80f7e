// The player page: files that are part of the program.
// Source: RFC 9110 sections 8.4 (Content-Encoding), 12.5.3 and 13; Content Security Policy Level 3.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "edge/http_conditions.h"
#include "edge/http_server.h"

namespace weir::edge {

struct PageFile {
  std::string_view path;  ///< "/page/app.js"; "/" is the page itself.
  std::string_view type;  ///< Content-Type.
  std::string_view etag;  ///< With its quotes, of the content before compression.
  std::string_view gzip;  ///< The content, compressed.
};

/// What the build put in; empty when it was built without Node.js and npm.
std::span<const PageFile> page_files();

/// GET and HEAD of the files, compressed for whom takes gzip. Everything is asked for again each
/// time, with the ETag the client has. No script and no style runs but those that are files here,
/// and nothing is loaded from elsewhere. Without files, "/" says how to get them, with 404.
/// Memory     All files uncompressed, beside the program's own compressed ones.
/// Threads    As HttpHandler.
class PageHttp : public HttpHandler {
 public:
  /// Borrows `rest`, which has all other paths. What is no gzip in `files` is not there.
  PageHttp(std::span<const PageFile> files, HttpHandler& rest);
  void handle(const HttpRequest& request, HttpExchangePtr exchange) override;

 private:
  struct Kept {
    std::string fields;
    Validators state;
    SharedText plain, gzip;
  };
  static HttpAnswer answer(const HttpRequest& request, const Kept& file);

  std::map<std::string, Kept, std::less<>> files_;
  HttpHandler& rest_;
};

}  // namespace weir::edge
