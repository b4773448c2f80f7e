// The content of an HTTP/1.1 request, out of bytes: no socket, no clock, no allocation.
// Source: RFC 9112 sections 6 and 7.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edge/http_request.h"

namespace weir::edge {

/// Chunks have no extensions and no fields behind them; what has is refused, as is every line that
/// does not end with CRLF.
class HttpContentReader {
 public:
  enum class State { kMore, kWhole, kRefused };

  /// Of a request that has content, or none.
  explicit HttpContentReader(const HttpRequest& request);

  State state() const { return state_; }
  /// Takes what it can off the front of `bytes` and returns the next piece of content in it; empty
  /// when there is none left, or at its end.
  std::string_view take(std::string_view& bytes);

 private:
  enum class Part { kLength, kSize, kBytes, kEnd, kLast };

  void take_frame(char c);
  void expect_end(char c, Part next);

  State state_ = State::kMore;
  Part part_ = Part::kLength;
  std::uint64_t left_ = 0;  // of the content, or of the chunk
  unsigned digits_ = 0;     // of a chunk's size
  bool in_end_ = false;     // between CR and LF
};

}  // namespace weir::edge
