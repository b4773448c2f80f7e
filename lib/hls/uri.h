// References between playlists and segments, resolved against where the playlist came from.
// Source: RFC 3986 sections 5.2 (reference resolution) and 5.2.4 (dot segments).
#pragma once

#include <string>
#include <string_view>

namespace weir::hls {

/// "http", "file", …, lower case; empty for a path.
std::string uri_scheme(std::string_view uri);

/// `reference` as the playlist at `base` means it. `base` is a URL or a local path. Below a local
/// path the result is a local path too: percent-encoding undone, query and fragment dropped,
/// "file:" references turned into paths. A reference with another scheme of its own stays as it is.
std::string resolve_uri(std::string_view base, std::string_view reference);

}  // namespace weir::hls
