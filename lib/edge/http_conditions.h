// What a client already has, and which part it wants.
// Source: RFC 9110 sections 5.6.7 (dates), 12.5.3 (Accept-Encoding), 13 (conditions), 14 (ranges).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "edge/http_request.h"

namespace weir::edge {

/// "Sun, 06 Nov 1994 08:49:37 GMT", of seconds since 1970.
std::string http_date(std::int64_t seconds);

/// What names one state of a file.
struct Validators {
  std::string etag;      ///< With its quotes.
  std::string modified;  ///< As http_date(); "" when it is not known.
};

/// If-None-Match, or without it If-Modified-Since, says that the client has this state. Of dates
/// the very one it was given is taken; another only makes the answer longer.
bool is_not_modified(const HttpRequest& request, const Validators& state);

struct ByteSpan {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

enum class RangeWish { kAll, kPart, kUnsatisfiable };

/// What Range asks of a file of `size` bytes; `part` is set for kPart. Several ranges, units other
/// than bytes, what is no range, and an If-Range of another state ask for all.
RangeWish wished_range(const HttpRequest& request, const Validators& state, std::uint64_t size,
                       ByteSpan& part);

/// Accept-Encoding names gzip, or "*", and does not refuse it.
bool takes_gzip(std::string_view accept_encoding);

}  // namespace weir::edge
