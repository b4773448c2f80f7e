// What kind of bytes a file holds, as HTTP names it.
// Source: HLS authoring specification, rule 10.4; RFC 8216bis section 10; ISO/IEC 23009-1 annex C.
#pragma once

#include <string_view>

namespace weir::net {

/// By the ending of the name; "application/octet-stream" for one that says nothing.
std::string_view content_type(std::string_view name);

}  // namespace weir::net
