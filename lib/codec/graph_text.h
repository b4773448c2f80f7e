// What a user wrote, put into a description of a libavfilter graph so that it means itself.
#pragma once

#include <string>
#include <string_view>

namespace weir::codec {

/// `value` as the value of a filter's option: both levels of libavfilter's quoting are undone by it
/// (FFmpeg filters documentation, "Notes on filtergraph escaping").
std::string graph_value(std::string_view value);

/// `text` for drawtext's option `text`: also its own expansion of '%' shows the text as it is.
/// A backslash before that is lost by drawtext, so it is doubled.
std::string drawn_text(std::string_view text);

}  // namespace weir::codec
