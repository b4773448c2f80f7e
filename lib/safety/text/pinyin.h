// The initials that Chinese words are hidden behind: 傻瓜, shǎ guā, sg.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::safety {

class Pinyin {
 public:
  /// Takes about 0.2 s. kInternal when ICU's data are not there.
  static Result<Pinyin> open();
  ~Pinyin();
  Pinyin(Pinyin&&) noexcept;
  Pinyin& operator=(Pinyin&&) noexcept;

  /// Of two Han characters or more; "" when `word` has anything else in it.
  std::string initials(std::string_view word) const;

 private:
  struct Readings;
  explicit Pinyin(std::unique_ptr<Readings> readings);
  std::unique_ptr<Readings> readings_;
};

}  // namespace weir::safety
