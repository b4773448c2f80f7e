// What holds for any bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "safety/text/mask.h"
#include "support/random_texts.h"
#include "support/word_cases.h"

namespace weir::safety {
namespace {

constexpr int kTexts = 20'000;

std::vector<std::string> case_texts() {
  std::vector<std::string> out;
  for (auto& one : support::word_cases()) out.push_back(std::move(one.text));
  return out;
}

// Where a character begins, or a byte that is none.
bool is_border(std::string_view text, std::size_t at) {
  std::size_t i = 0;
  while (i < at) i += std::max<std::size_t>(1, utf8_length(text.substr(i, 4)));
  return i == at;
}

TEST(Properties, SpansLieOnBordersOfCharactersAndAreInOrder) {
  support::Screen screen(support::word_case_list());
  support::RandomTexts texts(1, case_texts());
  std::size_t found = 0;
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = texts.next();
    std::uint32_t before = 0;
    for (const Hit& hit : screen.judge(text).hits) {
      ASSERT_LT(hit.span.begin, hit.span.end) << text;
      ASSERT_LE(hit.span.end, text.size()) << text;
      ASSERT_TRUE(is_border(text, hit.span.begin) && is_border(text, hit.span.end)) << text;
      ASSERT_GE(hit.span.begin, before) << text;
      ASSERT_TRUE(hit.score > 0 && hit.score <= 1) << text;
      ASSERT_TRUE(valid_utf8(hit.normal) && !hit.normal.empty()) << text;
      before = hit.span.begin;
      ++found;
    }
  }
  EXPECT_GT(found, 1000u);
}

TEST(Properties, CleaningTwiceIsCleaningOnce) {
  support::Screen screen(support::word_case_list());
  support::RandomTexts texts(2, case_texts());
  int changed = 0;
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = texts.next();
    const auto once = clean(text, screen.screen(), screen.scratch());
    ASSERT_TRUE(once) << text;
    ASSERT_TRUE(valid_utf8(*once)) << text;
    ASSERT_EQ(clean(*once, screen.screen(), screen.scratch()).value(), *once) << text;
    changed += *once != text ? 1 : 0;
  }
  EXPECT_GT(changed, 1000);
}

TEST(Properties, InvalidBytesAreCounted) {
  support::Screen screen(support::word_case_list());
  support::RandomTexts texts(3);
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = texts.next();
    std::size_t invalid = 0;
    for (std::size_t k = 0; k < text.size();) {
      const auto length = utf8_length(std::string_view(text).substr(k, 4));
      invalid += length == 0 ? 1 : 0;
      k += std::max<std::size_t>(1, length);
    }
    ASSERT_EQ(screen.judge(text).invalid, invalid) << text;
  }
}

// The short cut and the long way read the same letters.
TEST(Properties, AsciiIsReadLikeEverythingElse) {
  support::RandomTexts texts(4);
  SymbolText fast, slow;
  Folded folded;
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = texts.next_ascii();
    fold(text, *support::char_table(), folded);
    for (const Reading reading : {Reading::kPlain, Reading::kAsI, Reading::kAsL}) {
      read_ascii(text, reading, fast);
      read_folded(folded, reading, slow);
      ASSERT_EQ(fast.text(), slow.text()) << text;
      ASSERT_EQ(fast.ambiguous, slow.ambiguous) << text;
      for (std::size_t k = 0; k < fast.symbols.size(); ++k) {
        const Symbol &a = fast.symbols[k], &b = slow.symbols[k];
        ASSERT_TRUE(a.begin == b.begin && a.end == b.end && a.run == b.run && a.gap == b.gap &&
                    a.marks == b.marks)
            << text << " at symbol " << k;
      }
    }
  }
}

}  // namespace
}  // namespace weir::safety
