// Any bytes, at once and broken anywhere, are the same request or refused for the same reason.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "edge/http_request.h"

using weir::edge::HttpRequestParser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  HttpRequestParser whole;
  const auto state = whole.parse(bytes);
  HttpRequestParser broken;
  auto state_broken = HttpRequestParser::State::kMore;
  const std::size_t step = data[0] % 16 + 1U;
  for (std::size_t end = 0;
       state_broken == HttpRequestParser::State::kMore && end < bytes.size();) {
    end = std::min(bytes.size(), end + step);
    state_broken = broken.parse(bytes.substr(0, end));
  }
  if (state != state_broken || whole.status() != broken.status()) std::abort();
  if (state != HttpRequestParser::State::kComplete) return 0;
  if (whole.size() > bytes.size() || whole.size() != broken.size()) std::abort();
  static_cast<void>(weir::edge::decode_path(whole.request().path));
  return 0;
}
