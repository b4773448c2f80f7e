// What names and values of HTTP fields may be made of.
// Source: RFC 9110 sections 5.5 and 5.6.2.
#pragma once

#include <string_view>

namespace weir::net {

/// A method, or the name of a field.
bool is_http_token(std::string_view text);
/// No control character but the tab. Bytes from 0x80 on are nobody's business.
bool is_http_value(std::string_view text);

}  // namespace weir::net
