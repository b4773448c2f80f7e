// The head of an HTTP/1.1 request, out of bytes: no socket, no clock, no allocation.
// Source: RFC 9112 (syntax, message length), RFC 9110 sections 5 and 9.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::edge {

struct HttpField {
  std::string_view name;
  std::string_view value;  ///< Without the blanks around it.
};

/// Everything points into the bytes that were parsed.
struct HttpRequest {
  std::string_view method;
  std::string_view path;   ///< As written, from its first '/' on; "*" for OPTIONS.
  std::string_view query;  ///< As written, without the '?'.
  std::string_view host;
  std::span<const HttpField> fields;
  bool keep_alive = true;            ///< What the client wishes.
  bool chunked = false;              ///< Content follows, in chunks.
  std::uint64_t content_length = 0;  ///< Of the content that follows otherwise.
  bool expects_continue = false;

  bool has_content() const { return chunked || content_length > 0; }
  /// The value of the first field of that name, in any case; "" when there is none.
  std::string_view field(std::string_view name) const;
};

struct HttpLimits {
  std::size_t head_bytes = 8192;              ///< 431 above.
  std::size_t target_bytes = 4096;            ///< 414 above.
  static constexpr std::size_t kFields = 64;  ///< 431 above.
};

/// Stricter than it must be wherever two readers of the same bytes have disagreed: lines end with
/// CRLF, a name is followed by its colon at once, no line is continued, Content-Length and
/// Transfer-Encoding are there once and not together, a request has one Host. An empty line before
/// a request is passed over.
class HttpRequestParser {
 public:
  enum class State { kMore, kComplete, kRefused };

  explicit HttpRequestParser(HttpLimits limits = {}) : limits_(limits) {}

  /// `bytes` begins where the request does, and holds all that was given before and what has come
  /// since; it may hold more than the head. No byte is looked through twice for the head's end.
  State parse(std::string_view bytes);
  /// After kComplete, as long as the bytes last and until reset().
  const HttpRequest& request() const { return request_; }
  /// After kComplete: the bytes of the head.
  std::size_t size() const { return end_; }
  /// After kRefused: 400, 414, 417, 431, 501 or 505. The connection is of no further use.
  unsigned status() const { return status_; }
  /// For the next request.
  void reset();

 private:
  State refuse(unsigned status);
  State find_end(std::string_view bytes);
  State read(std::string_view head);
  unsigned read_line(std::string_view line);
  unsigned read_target(std::string_view target);
  unsigned read_field(std::string_view line);
  unsigned understand(const HttpField& field);
  unsigned understand_length(std::string_view value);
  unsigned understand_coding(std::string_view value);
  void understand_connection(std::string_view value);
  unsigned check() const;

  HttpLimits limits_;
  std::size_t begin_ = 0;  // behind an empty line
  std::size_t seen_ = 0;   // looked through
  std::size_t line_ = 0;   // where the line being looked through begins
  std::size_t end_ = 0;
  unsigned status_ = 0;
  bool is_old_ = false;  // HTTP/1.0
  bool has_host_ = false;
  bool has_length_ = false;
  std::size_t count_ = 0;
  std::array<HttpField, HttpLimits::kFields> fields_;
  HttpRequest request_;
};

/// The names a path stands for, percent-encoding undone and without the '/' in front:
/// "/live/a%20b.ts" is "live/a b.ts". kBadInput for what leads outside or is written in two ways:
/// "." and ".." and empty parts, "%2f", control characters, '\', and encodings that are cut off.
/// One '/' at the end is kept.
Result<std::string> decode_path(std::string_view path);

}  // namespace weir::edge
