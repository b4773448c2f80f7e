// Word lists as people write them, read and put together.
//
//   include = ["mild.toml"]             # beside this file; each file is read once
//   except = ["Scunthorpe United"]      # for this file and what it includes
//   [[rule]]
//   words = ["numpty", "silly sausage", "twit*"]   # * at an end: the word may go on there
//   action = "mask"                     # or "review" (when left out) or "block"
//   category = "insult"
//
// samples/words has every key. What is wrong in a list is a fault of that list: it is named, and
// the rest holds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::safety {

/// From mild to severe.
enum class Action : std::uint8_t { kPass, kMask, kReview, kBlock };
std::string_view action_name(Action action);

enum class RuleKind : std::uint8_t {
  kWords,   ///< `words` and `patterns`.
  kUrl,     ///< Addresses of pages, but those below a host of `except`.
  kPhone,   ///< Telephone numbers, but those of `except`.
  kHandle,  ///< @names, mail addresses, "wechat: name", but those of `except`.
  kFlood,   ///< The same again and again: `run` characters, or `times` a piece of text.
};

/// A text of a list, and the line it stands in.
struct Word {
  std::string text;
  std::uint32_t line = 0;
};

struct Rule {
  std::string name;  ///< "FILE:LINE" when none is given.
  std::string file;
  std::uint32_t line = 0;
  RuleKind kind = RuleKind::kWords;
  Action action = Action::kReview;
  int severity = 3;  ///< 1 to 5: which of several hits with one action counts.
  std::string category;
  std::string language;  ///< "en", "zh"; "": any.
  std::vector<Word> words;
  std::vector<Word> patterns;  ///< Regular expressions, upon the folded text.
  std::vector<Word> except;
  bool pinyin_initials = false;  ///< The initials of Chinese words count as well.
  int run = 16;
  int times = 8;
};

/// What no rule of [first, last) may find.
struct Exception {
  Word word;
  std::string file;
  std::size_t first = 0;
  std::size_t last = 0;
};

/// "FILE:LINE: what".
using Faults = std::vector<std::string>;

struct WordList {
  std::vector<Rule> rules;
  std::vector<Exception> exceptions;
  std::vector<std::string> files;  ///< All that were read, included ones too.
  Faults faults;
};

/// Which rules are taken; rules without a language are always, empty lists take all.
struct Selection {
  std::vector<std::string> languages{};
  std::vector<std::string> categories{};
};

/// Adds a list that lies in memory to `list`; its `include` is read from the folder of `file`.
/// kUsage, "FILE:LINE: …", when it is no TOML; kIo when an included one cannot be read.
Result<void> add_word_list(std::string_view text, const std::string& file,
                           const Selection& selection, WordList& list);
/// All of them, as one. Errors as above.
Result<WordList> load_word_lists(std::span<const std::string> files,
                                 const Selection& selection = {});

}  // namespace weir::safety
