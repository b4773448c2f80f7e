// Fuzzes what a request says it has and wants: a part lies within its file, and asks for something.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "edge/http_conditions.h"

namespace {

using namespace weir::edge;

const Validators kState{"\"5f-a\"", "Sun, 06 Nov 1994 08:49:37 GMT"};

// Up to the first zero byte, which goes.
std::string_view take_text(std::string_view& rest) {
  const auto end = std::min(rest.find('\0'), rest.size());
  const auto text = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::uint64_t bytes = data[0] % 2 == 0 ? data[0] / 2U : UINT64_MAX - data[0] / 2U;
  const std::array fields{
      HttpField{"Range", take_text(rest)}, HttpField{"If-Range", take_text(rest)},
      HttpField{"If-None-Match", take_text(rest)}, HttpField{"If-Modified-Since", rest}};
  HttpRequest request;
  request.method = "GET";
  request.fields = fields;
  ByteSpan part;
  if (wished_range(request, kState, bytes, part) == RangeWish::kPart &&
      (part.size == 0 || part.offset >= bytes || part.size > bytes - part.offset))
    std::abort();
  static_cast<void>(is_not_modified(request, kState));
  static_cast<void>(takes_gzip(rest));
  return 0;
}
