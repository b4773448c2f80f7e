#include "edge/http_answer.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace weir::edge {

OpenFile::~OpenFile() {
  ::close(fd_);
}

std::string_view reason_phrase(unsigned status) {
  using Row = std::pair<unsigned, std::string_view>;
  constexpr std::array kPhrases{
      Row{101, "Switching Protocols"},
      Row{200, "OK"},
      Row{201, "Created"},
      Row{204, "No Content"},
      Row{206, "Partial Content"},
      Row{304, "Not Modified"},
      Row{400, "Bad Request"},
      Row{401, "Unauthorized"},
      Row{403, "Forbidden"},
      Row{404, "Not Found"},
      Row{405, "Method Not Allowed"},
      Row{408, "Request Timeout"},
      Row{413, "Content Too Large"},
      Row{414, "URI Too Long"},
      Row{416, "Range Not Satisfiable"},
      Row{417, "Expectation Failed"},
      Row{426, "Upgrade Required"},
      Row{429, "Too Many Requests"},
      Row{431, "Request Header Fields Too Large"},
      Row{500, "Internal Server Error"},
      Row{501, "Not Implemented"},
      Row{502, "Bad Gateway"},
      Row{503, "Service Unavailable"},
      Row{504, "Gateway Timeout"},
      Row{505, "HTTP Version Not Supported"},
      Row{507, "Insufficient Storage"},
  };
  const auto row = std::find_if(kPhrases.begin(), kPhrases.end(),
                                [&](const Row& each) { return each.first == status; });
  return row == kPhrases.end() ? "Status" : row->second;
}

std::string make_head(unsigned status, std::uint64_t size, std::string_view fields) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", status, reason_phrase(status));
  if (status != 304 && status != 204 && status >= 200)
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", size);
  return out.append(fields);
}

HttpAnswer plain_answer(unsigned status, std::string_view fields) {
  const bool has_body = status != 204 && status != 304;
  std::string body = has_body ? fmt::format("{} {}\n", status, reason_phrase(status)) : "";
  std::string all = has_body ? "Content-Type: text/plain\r\n" : "";
  all.append(fields);
  const auto add = [&](std::string_view name, std::string_view value) {
    if (fields.find(name) == fields.npos) all.append(name).append(value).append("\r\n");
  };
  if (status >= 400) {
    add("Access-Control-Allow-Origin: ", "*");
    add("Cache-Control: ", "no-store");
  }
  HttpAnswer out;
  out.status = status;
  out.size = body.size();
  out.head = std::make_shared<const std::string>(make_head(status, body.size(), all));
  out.body = std::make_shared<const std::string>(std::move(body));
  return out;
}

HttpAnswer preflight_answer() {
  return plain_answer(204,
                      "Allow: GET, HEAD, OPTIONS\r\n"
                      "Access-Control-Allow-Origin: *\r\n"
                      "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"
                      "Access-Control-Allow-Headers: *, Range\r\n"
                      "Access-Control-Max-Age: 86400\r\n");
}

}  // namespace weir::edge
