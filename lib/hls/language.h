// Language codes: BCP 47 for playlists and elng, ISO 639-2/T for mdhd.
// Source: ISO 639-1 and 639-2 code lists; RFC 5646 section 4.5 (the shortest code is canonical).
#pragma once

#include <string>
#include <string_view>

namespace weir::hls {

/// "eng" and "en" give "en", "ger" and "deu" give "de", "pt-BR" stays; what is no language tag
/// gives "und".
std::string language_tag(std::string_view language);

/// Three letters for mdhd: "en" gives "eng"; "und" when there is no such code.
std::string language_code3(std::string_view language);

}  // namespace weir::hls
