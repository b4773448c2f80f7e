#include "edge/http_content.h"

#include <algorithm>

namespace weir::edge {
namespace {

constexpr unsigned kDigits = 12;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = static_cast<char>(c | 0x20);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

}  // namespace

HttpContentReader::HttpContentReader(const HttpRequest& request)
    : part_(request.chunked ? Part::kSize : Part::kLength),
      left_(request.chunked ? 0 : request.content_length) {
  if (!request.has_content()) state_ = State::kWhole;
}

std::string_view HttpContentReader::take(std::string_view& bytes) {
  while (state_ == State::kMore && !bytes.empty()) {
    if (part_ != Part::kLength && part_ != Part::kBytes) {
      take_frame(bytes.front());
      bytes.remove_prefix(1);
      continue;
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    const std::string_view piece = bytes.substr(0, size);
    bytes.remove_prefix(size);
    left_ -= size;
    if (left_ == 0 && part_ == Part::kLength) state_ = State::kWhole;
    if (left_ == 0 && part_ == Part::kBytes) part_ = Part::kEnd;
    return piece;
  }
  return {};
}

void HttpContentReader::take_frame(char c) {
  if (part_ == Part::kEnd) return expect_end(c, Part::kSize);
  if (part_ == Part::kLast) return expect_end(c, Part::kLast);
  const int digit = digit_of(c);
  if (digit >= 0 && !in_end_) {
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    if (++digits_ > kDigits) state_ = State::kRefused;
    return;
  }
  if (digits_ == 0) {
    state_ = State::kRefused;
    return;
  }
  expect_end(c, left_ > 0 ? Part::kBytes : Part::kLast);
  if (part_ != Part::kSize) digits_ = 0;
}

// CR, LF, and then what comes next; behind the last line that is nothing.
void HttpContentReader::expect_end(char c, Part next) {
  const bool is_right = c == (in_end_ ? '\n' : '\r');
  if (!is_right) {
    state_ = State::kRefused;
    return;
  }
  in_end_ = !in_end_;
  if (in_end_) return;
  if (part_ == Part::kLast) state_ = State::kWhole;
  part_ = next;
}

}  // namespace weir::edge
