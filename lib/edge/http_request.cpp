#include "edge/http_request.h"

#include <algorithm>

#include "base/hex.h"
#include "base/text.h"
#include "net/http_syntax.h"

namespace weir::edge {
namespace {

constexpr std::string_view kBlanks = " \t";

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_host(std::string_view text) {
  return is_visible(text) && text.find_first_of("/\\?#@,\"<>") == text.npos;
}

bool is_dots(std::string_view part) {
  return part.empty() || part == "." || part == "..";
}

}  // namespace

std::string_view HttpRequest::field(std::string_view name) const {
  for (const HttpField& each : fields)
    if (each.name.size() == name.size() && same_but_for_case(each.name, name)) return each.value;
  return {};
}

void HttpRequestParser::reset() {
  begin_ = seen_ = line_ = end_ = count_ = 0;
  status_ = 0;
  is_old_ = has_host_ = has_length_ = false;
  request_ = {};
}

HttpRequestParser::State HttpRequestParser::refuse(unsigned status) {
  status_ = status;
  return State::kRefused;
}

HttpRequestParser::State HttpRequestParser::parse(std::string_view bytes) {
  if (status_ != 0) return State::kRefused;
  if (end_ == 0) {
    const State found = find_end(bytes);
    if (found != State::kComplete) return found;
  }
  return read(bytes.substr(begin_, end_ - begin_));
}

HttpRequestParser::State HttpRequestParser::find_end(std::string_view bytes) {
  const std::string_view allowed = bytes.substr(0, limits_.head_bytes);
  while (seen_ < allowed.size()) {
    const auto at = allowed.find('\n', seen_);
    if (at == allowed.npos) {
      seen_ = allowed.size();
      break;
    }
    if (at == line_ || allowed[at - 1] != '\r') return refuse(400);
    const bool is_empty = at == line_ + 1;
    const bool is_first = line_ == begin_;
    seen_ = line_ = at + 1;
    if (!is_empty) continue;
    if (!is_first) {
      end_ = at + 1;
      return State::kComplete;
    }
    if (begin_ > 0) return refuse(400);
    begin_ = at + 1;
  }
  if (bytes.size() < limits_.head_bytes) return State::kMore;
  return refuse(line_ == begin_ ? 414 : 431);
}

HttpRequestParser::State HttpRequestParser::read(std::string_view head) {
  auto end = head.find("\r\n");
  unsigned status = read_line(head.substr(0, end));
  head.remove_prefix(end + 2);
  while (status == 0 && head.size() > 2) {
    end = head.find("\r\n");
    status = read_field(head.substr(0, end));
    head.remove_prefix(end + 2);
  }
  if (status == 0) status = check();
  if (status != 0) return refuse(status);
  request_.fields = {fields_.data(), count_};
  return State::kComplete;
}

unsigned HttpRequestParser::read_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last) return 400;
  const std::string_view version = line.substr(last + 1);
  request_.method = line.substr(0, first);
  if (!net::is_http_token(request_.method)) return 400;
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return version.size() == 8 && version.starts_with("HTTP/") ? 505 : 400;
  is_old_ = version == "HTTP/1.0";
  request_.keep_alive = !is_old_;
  return read_target(line.substr(first + 1, last - first - 1));
}

unsigned HttpRequestParser::read_target(std::string_view target) {
  if (target.size() > limits_.target_bytes) return 414;
  if (!is_visible(target) || target.find('#') != target.npos) return 400;
  if (target == "*" && request_.method == "OPTIONS") {
    request_.path = target;
    return 0;
  }
  // A proxy's form: whose host it is says Host again.
  for (const std::string_view scheme : {"http://", "https://"})
    if (same_but_for_case(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(std::min(target.find_first_of("/?", scheme.size()), target.size()));
      if (target.empty()) target = "/";
      break;
    }
  if (!target.starts_with('/')) return 400;
  const auto mark = target.find('?');
  request_.path = target.substr(0, mark);
  request_.query = mark == target.npos ? std::string_view{} : target.substr(mark + 1);
  return 0;
}

unsigned HttpRequestParser::read_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos || !net::is_http_token(line.substr(0, colon))) return 400;
  const HttpField field{line.substr(0, colon), trim(line.substr(colon + 1), kBlanks)};
  if (!net::is_http_value(field.value)) return 400;
  if (count_ == fields_.size()) return 431;
  fields_[count_++] = field;
  return understand(field);
}

unsigned HttpRequestParser::understand(const HttpField& field) {
  switch (field.name.size()) {  // most fields are none of these, and this is the quick way to tell
    case 4:
      if (!same_but_for_case(field.name, "Host")) return 0;
      if (has_host_ || !is_host(field.value)) return 400;
      has_host_ = true;
      request_.host = field.value;
      return 0;
    case 6:
      if (!same_but_for_case(field.name, "Expect")) return 0;
      request_.expects_continue = same_but_for_case(field.value, "100-continue");
      return request_.expects_continue ? 0 : 417;
    case 10:
      if (same_but_for_case(field.name, "Connection")) understand_connection(field.value);
      return 0;
    case 14:
      return same_but_for_case(field.name, "Content-Length") ? understand_length(field.value) : 0;
    case 17:
      return same_but_for_case(field.name, "Transfer-Encoding") ? understand_coding(field.value)
                                                                : 0;
    default:
      return 0;
  }
}

unsigned HttpRequestParser::understand_length(std::string_view value) {
  constexpr std::size_t kDigits = 18;  // fits into 63 bits
  if (has_length_ || value.empty() || value.size() > kDigits) return 400;
  has_length_ = true;
  for (const char c : value) {
    if (c < '0' || c > '9') return 400;
    request_.content_length = request_.content_length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return 0;
}

unsigned HttpRequestParser::understand_coding(std::string_view value) {
  if (request_.chunked) return 400;
  if (!same_but_for_case(value, "chunked")) return 501;
  request_.chunked = true;
  return 0;
}

void HttpRequestParser::understand_connection(std::string_view value) {
  while (!value.empty()) {
    const auto comma = value.find(',');
    const std::string_view option = trim(value.substr(0, comma), kBlanks);
    if (same_but_for_case(option, "close"))
      request_.keep_alive = false;
    else if (is_old_ && same_but_for_case(option, "keep-alive"))
      request_.keep_alive = true;
    value = comma == value.npos ? std::string_view{} : value.substr(comma + 1);
  }
}

unsigned HttpRequestParser::check() const {
  if (!is_old_ && !has_host_) return 400;
  if (request_.chunked && (has_length_ || is_old_)) return 400;
  return 0;
}

Result<std::string> decode_path(std::string_view path) {
  const auto bad = [] { return fail(Code::kBadInput, "the path is not one of a file"); };
  if (!path.starts_with('/')) return bad();
  std::string out;
  out.reserve(path.size());
  std::size_t part = 0;
  for (std::size_t i = 1; i < path.size(); ++i) {
    char c = path[i];
    if (c == '/') {
      if (is_dots(std::string_view(out).substr(part))) return bad();
      part = out.size() + 1;
    } else if (c == '%') {
      const int byte = hex_byte(path.substr(i + 1));
      if (byte < 0 || byte == '/') return bad();
      c = static_cast<char>(byte);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\') return bad();
    out.push_back(c);
  }
  const std::string_view last = std::string_view(out).substr(part);
  if (!last.empty() && is_dots(last)) return bad();
  return out;
}

}  // namespace weir::edge
