// What an answer to PUT or DELETE means for going on.
// Source: RFC 9110 section 15, RFC 6585 (429), RFC 8470 (425).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "net/http_client.h"

namespace weir::net {

struct Verdict {
  enum class What { kDone, kAgain, kFinal };
  What what = What::kDone;
  Error error;                 ///< Unless done: why, and for some what to do.
  std::optional<Micros> wait;  ///< What the server asks to wait.
  bool answered = false;       ///< There was an answer of some kind.
};

/// `utc_us` is the time now, for a Retry-After that is a date.
Verdict judge(const Result<HttpResponse>& response, bool removal, std::int64_t utc_us);

}  // namespace weir::net
