#include "net/http_verdict.h"

#include "net/retry.h"

namespace weir::net {
namespace {

bool another_try_may_help(unsigned status) {
  return status >= 500 || status == 408 || status == 425 || status == 429;
}

std::string advice(unsigned status) {
  if (status / 100 == 3) return ": redirects are not followed, name the place itself";
  if (status == 401 || status == 403) return ": it wants other credentials";
  if (status == 404 || status == 409) return ": is the folder there?";
  if (status == 405) return ": files cannot be put there";
  if (status == 413) return ": larger than it allows";
  return "";
}

}  // namespace

Verdict judge(const Result<HttpResponse>& response, bool removal, std::int64_t utc_us) {
  using What = Verdict::What;
  if (!response) {
    const bool final = response.error().code == Code::kRefused;
    return {final ? What::kFinal : What::kAgain, {Code::kIo, response.error().what}, {}, false};
  }
  const unsigned status = response->status;
  const bool gone = removal && (status == 404 || status == 410);
  if (status / 100 == 2 || gone) return {What::kDone, {}, {}, true};
  if (!another_try_may_help(status))
    return {What::kFinal, {Code::kIo, response->reason + advice(status)}, {}, true};
  return {What::kAgain,
          {Code::kIo, response->reason},
          parse_retry_after(response->retry_after, utc_us),
          true};
}

}  // namespace weir::net
