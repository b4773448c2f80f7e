// screen text: the options, and the run.
#pragma once

#include <string>

#include "cli/run.h"
#include "cli/word_lists.h"

namespace weir::cli {

struct ScreenTextChoice {
  std::string input = "-";
  std::string output = "-";
  WordListChoice lists;
  bool json = false;           ///< The input is JSON lines, …
  std::string field = "text";  ///< … each an object with the text here.
  bool mask = false;
};

void bind_screen_text(CLI::App& app, ScreenTextChoice& chosen);

/// Judges every line of the input and writes a verdict for each, in order, as soon as there is no
/// more input at hand. kRefused at the end when a text was blocked, otherwise kBadInput when a line
/// was damaged.
Result<void> screen_text(const ScreenTextChoice& chosen, Session& session);

}  // namespace weir::cli
