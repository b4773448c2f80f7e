// Any bytes behind the client's first words: requests are answered at once or never, and nothing
// grows beyond its limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "edge/http2_session.h"

using namespace weir;
using edge::Http2Session;

namespace {

class Answers : public edge::Http2Events {
 public:
  void asked(std::int32_t stream, const edge::HttpRequest& request) override {
    if (!request.path.starts_with('/') && request.path != "*") std::abort();
    if (request.path.size() % 2 == 0) session->answer(stream, edge::plain_answer(404), "");
  }
  void refused(unsigned status) override {
    if (status < 400) std::abort();
  }
  void ended(std::int32_t) override {}
  Http2Session* session = nullptr;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Answers answers;
  Http2Session session({}, answers);
  answers.session = &session;
  session.feed(as_bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), {});
  const ByteView bytes(data + 1, size - 1);
  const std::size_t step = data[0] % 64 + 1U;
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    session.feed(bytes.subspan(at, std::min(step, bytes.size() - at)), {});
    out.clear();
    session.take(out, 64 << 10);
    if (session.streams() > 200) std::abort();
  }
  return 0;
}
