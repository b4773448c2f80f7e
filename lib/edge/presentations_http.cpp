#include "edge/presentations_http.h"

#include <memory>
#include <utility>

namespace weir::edge {
namespace {

constexpr std::chrono::seconds kFresh{1};
constexpr std::string_view kFields =
    "Content-Type: application/json\r\nCache-Control: no-store\r\n"
    "Access-Control-Allow-Origin: *\r\n";

}  // namespace

void PresentationsHttp::handle(const HttpRequest& request, HttpExchangePtr exchange) {
  if (request.path != "/presentations") return exchange->answer(plain_answer(404));
  if (request.method != "GET" && request.method != "HEAD")
    return exchange->answer(plain_answer(405, "Allow: GET, HEAD\r\n"));
  exchange->answer(answer());
}

HttpAnswer PresentationsHttp::answer() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.monotonic();
  if (!text_ || now - looked_ >= kFresh) {
    std::vector<Presentation> all;
    for (const auto& folder : folders_)
      for (auto& each : folder.list()) all.push_back(std::move(each));
    text_ = std::make_shared<const std::string>(presentations_json(all));
    looked_ = now;
  }
  HttpAnswer out;
  out.size = text_->size();
  out.head = std::make_shared<const std::string>(make_head(200, out.size, kFields));
  out.body = text_;
  return out;
}

}  // namespace weir::edge
