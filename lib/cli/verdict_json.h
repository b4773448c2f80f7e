// A verdict about a text as one line of JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "safety/text/text_screen.h"

namespace weir::cli {

/// What stands around a verdict.
struct VerdictFrame {
  std::size_t line = 0;                   ///< Of the input, from 1.
  std::string_view id;                    ///< JSON, or "": none was given.
  std::optional<std::string_view> clean;  ///< The cleaned text, if it is wanted.
};

/// Adds the line to `out`, with its end. See screen(1); at most 100 hits are told.
void add_verdict(const VerdictFrame& frame, const safety::Verdict& verdict,
                 const safety::TextScreen& screen, std::string& out);
/// Of a line that could not be judged: to be reviewed, and why.
void add_failure(const VerdictFrame& frame, std::string_view why, std::string& out);

}  // namespace weir::cli
