// Which small ASCII letter a character is taken for by somebody who reads fast.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <unicode/uspoof.h>

#include "base/result.h"

namespace weir::safety {

/// Source     ICU's skeletons (UTS #39), then the names of Unicode: "LATIN LETTER SMALL CAPITAL N",
///            "LATIN SMALL LETTER O WITH STROKE".
class Looks {
 public:
  /// kInternal when ICU's data are not there.
  static Result<Looks> open();

  /// 0: like none. A small letter may also look like its capital does: к, К.
  char letter(char32_t c) const;
  /// Whether it is hardly to be told from that letter.
  bool alike(char32_t c) const { return like(c) != 0; }
  /// By its name alone; 0: it names none.
  char letter_of_name(char32_t c) const;

 private:
  struct Close {
    void operator()(USpoofChecker* checker) const noexcept { uspoof_close(checker); }
  };

  std::u16string skeleton(char32_t c) const;
  char like(char32_t c) const;

  std::unique_ptr<USpoofChecker, Close> checker_;
  std::map<std::u16string, char> letters_;  ///< By the skeleton of the letter.
};

}  // namespace weir::safety
