// Word filters for tests.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "safety/text/text_screen.h"

namespace weir::support {

/// The value, or an exception that tells why there is none.
template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().what);
  return std::move(*result);
}

inline std::shared_ptr<const safety::CharTable> char_table() {
  static const auto table = must(safety::CharTable::build());
  return table;
}

/// A filter and a scratch for it.
class Screen {
 public:
  explicit Screen(safety::WordList list)
      : screen_(must(safety::TextScreen::compile(std::move(list), char_table()))),
        scratch_(must(screen_->make_scratch())) {}
  /// Of a list in TOML.
  static Screen of(std::string_view toml) {
    safety::WordList list;
    EXPECT_TRUE(safety::add_word_list(toml, "list.toml", {}, list));
    return Screen(std::move(list));
  }

  safety::Verdict judge(std::string_view text) { return must(screen_->judge(text, scratch_)); }
  safety::Verdict judge_folded(std::string_view text) {
    return must(screen_->judge_folded(text, scratch_));
  }
  const safety::TextScreen& screen() const { return *screen_; }
  safety::TextScratch& scratch() { return scratch_; }

 private:
  std::shared_ptr<const safety::TextScreen> screen_;
  safety::TextScratch scratch_;
};

/// Beside tests/safety/text.
inline std::string safety_text_file(const std::string& name) {
  const auto tests = std::filesystem::path(__FILE__).parent_path().parent_path();
  return (tests / "safety" / "text" / name).string();
}

}  // namespace weir::support
