// What goes back for a request.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace weir::edge {

/// An open file, closed with its last owner.
class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

/// Shared by all who are sent the same bytes at the same time; never changed.
using SharedText = std::shared_ptr<const std::string>;

/// Status line and fields are made once and shared, as are the bytes; what is of one connection
/// only (Date, Connection) the server adds. Content is `body` from `offset` on, or that of `file`.
struct HttpAnswer {
  SharedText head;  ///< From make_head().
  SharedText body;
  std::shared_ptr<const OpenFile> file;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< Of the content; with HEAD none of it is sent.
  unsigned status = 200;   ///< As in the head, for logs.
};

/// "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nNAME: VALUE\r\n", the fields as given,
/// each with its CRLF. 304 has no Content-Length.
std::string make_head(unsigned status, std::uint64_t size, std::string_view fields);

/// A short text with that status, for what went wrong: unless `fields` say otherwise, pages of any
/// origin may read why, and nobody keeps it.
HttpAnswer plain_answer(unsigned status, std::string_view fields = {});

/// What a browser asks first (OPTIONS): pages of any origin may GET.
HttpAnswer preflight_answer();

/// "Not Found".
std::string_view reason_phrase(unsigned status);

}  // namespace weir::edge
