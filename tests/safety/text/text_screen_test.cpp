#include "safety/text/text_screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

#include "safety/text/mask.h"
#include "support/matchers.h"
#include "support/word_cases.h"

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace weir::safety {
namespace {

using support::Screen;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kTwit = "[[rule]]\nname = \"mild\"\nwords = [\"twit\"]\n";

TEST(TextScreen, AnEmptyListLetsEverythingPass) {
  Screen screen{WordList{}};
  EXPECT_EQ(screen.judge("twit").action, Action::kPass);
  EXPECT_EQ(screen.judge("").action, Action::kPass);
  EXPECT_EQ(Screen::of(kTwit).judge("").action, Action::kPass);
  EXPECT_EQ(clean("twit", screen.screen(), screen.scratch()).value(), "twit");
}

TEST(TextScreen, TheSeverestHitDecides) {
  Screen screen = Screen::of(R"(
[[rule]]
name = "mask"
words = ["twit"]
action = "mask"
severity = 5
[[rule]]
name = "block"
words = ["prat"]
action = "block"
[[rule]]
name = "worse"
words = ["dork"]
action = "block"
severity = 4
)");
  const auto decided = [&](std::string_view text) {
    const auto verdict = screen.judge(text);
    return screen.screen().rule(*verdict.worst).name;
  };
  EXPECT_EQ(decided("twit"), "mask");
  EXPECT_EQ(decided("twit prat twit"), "block");
  EXPECT_EQ(decided("twit prat dork"), "worse");
  EXPECT_EQ(screen.judge("prat twit").action, Action::kBlock);
}

TEST(TextScreen, DisguisesCostScore) {
  Screen screen = Screen::of(kTwit);
  const auto score = [&](std::string_view text) {
    const auto verdict = screen.judge(text);
    return verdict.worst == nullptr ? 0 : verdict.worst->score;
  };
  EXPECT_EQ(score("twit"), 1);
  EXPECT_EQ(score("TWIT"), 1);
  for (const auto* text : {"twiiit", "tw1t", "t.w.i.t", "t w i t", "twіt"})
    EXPECT_THAT(score(text), ::testing::AllOf(::testing::Gt(0.7f), ::testing::Lt(1))) << text;
  EXPECT_LT(score("t.w.1.ttt"), score("tw1t"));
}

TEST(TextScreen, PatternsAreUponTheFoldedText) {
  Screen screen = Screen::of("[[rule]]\npatterns = ['tw[a-z]{2}', '笨.蛋']\n");
  const auto verdict = screen.judge("a ＴＷÍＴ and 笨x蛋");
  ASSERT_THAT(verdict.hits, SizeIs(2));
  EXPECT_EQ(verdict.hits[0].span, (Span{2, 13}));
  EXPECT_EQ(verdict.hits[0].normal, "twit");
  EXPECT_EQ(verdict.hits[1].normal, "笨x蛋");
}

TEST(TextScreen, OneHitForEveryRuleThatFinds) {
  Screen screen = Screen::of(
      "[[rule]]\nname=\"a\"\nwords=[\"silly\", \"silly twit\"]\n[[rule]]\nname=\"b\"\n"
      "words=[\"twit\"]\n");
  const auto verdict = screen.judge("silly twit");
  ASSERT_THAT(verdict.hits, SizeIs(2));
  EXPECT_EQ(verdict.hits[0].span, (Span{0, 10}));
  EXPECT_EQ(verdict.hits[1].span, (Span{6, 10}));
}

TEST(TextScreen, TellsTheWordOfTheList) {
  Screen screen = Screen::of("[[rule]]\nwords = [\"Pooh Bear\", \"twit*\", \"笨蛋\"]\n");
  const auto verdict = screen.judge("ｐ０００h-bear, twitty, 笨 蛋");
  ASSERT_THAT(verdict.hits, SizeIs(3));
  EXPECT_EQ(verdict.hits[0].normal, "pooh bear");
  EXPECT_EQ(verdict.hits[1].normal, "twit");
  EXPECT_EQ(verdict.hits[2].normal, "笨蛋");
}

TEST(TextScreen, SaysWhereBytesAreNoUtf8) {
  Screen screen = Screen::of(kTwit);
  const auto verdict = screen.judge("a\xff tw\xc3it \xe2\x82");
  EXPECT_EQ(verdict.invalid, 4u);
  EXPECT_THAT(verdict.invalid_at, ElementsAre(1, 5, 9, 10));
  ASSERT_THAT(verdict.hits, SizeIs(1));
  EXPECT_EQ(verdict.hits[0].span, (Span{3, 8}));
  EXPECT_EQ(screen.judge("twit").invalid, 0u);
}

TEST(TextScreen, CleansUntilNothingIsLeft) {
  Screen screen = Screen::of("[[rule]]\nwords = [\"twit\", \"夕\"]\n");
  EXPECT_EQ(clean("a twit, a t.w.i.t", screen.screen(), screen.scratch()).value(),
            "a ****, a *******");
  EXPECT_EQ(clean("你twít吗", screen.screen(), screen.scratch()).value(), "你****吗");
  // What stood on both sides of a word is one now.
  EXPECT_EQ(clean("tw夕it", screen.screen(), screen.scratch()).value(), "*****");
  EXPECT_EQ(clean("\xff ok", screen.screen(), screen.scratch()).value(), "\uFFFD ok");
}

TEST(TextScreen, ALongLineIsJudgedToItsEnd) {
  Screen screen = Screen::of(kTwit);
  for (const std::string_view piece : {"lorem ipsum ", "天气很好，", "t x i ", "שלום ", "1!|I"}) {
    std::string text;
    while (text.size() < 10'000'000) text += piece;
    text += " twit";
    const auto verdict = screen.judge(text);
    ASSERT_THAT(verdict.hits, SizeIs(1)) << piece;
    EXPECT_EQ(verdict.hits[0].span.end, text.size());
  }
  EXPECT_EQ(screen.judge(std::string(10'000'000, 'a')).action, Action::kPass);
}

TEST(TextScreen, AHostileLineCostsNoMoreThanItsLength) {
  Screen screen = Screen::of(
      "except = [\"twit of twit\"]\n[[rule]]\nwords = [\"twit\", \"twit twit\"]\n"
      "[[rule]]\nkind = \"flood\"\n[[rule]]\nkind = \"phone\"\n[[rule]]\nkind = \"url\"\n");
  for (const std::string_view piece : {"twit ", "twit of ", "+1 2 ", "a.b.", "aab", "1!|"}) {
    std::string text;
    while (text.size() < 2'000'000) text += piece;
    screen.judge(text);
  }
}

TEST(TextScreen, TooLongIsRefusedNotPassed) {
  Screen screen = Screen::of(kTwit);
  const std::string text(kLongestText + 1, 'a');
  EXPECT_THAT(screen.screen().judge(text, screen.scratch()),
              support::FailsWith(Code::kRefused, ::testing::HasSubstr("too long")));
}

// Once the scratch has grown to the texts.
TEST(TextScreen, AllocatesNothing) {
  Screen screen(support::word_case_list());
  const auto cases = support::word_cases();
  std::size_t hits = 0;
  for (const auto& one : cases) hits += screen.judge(one.text).hits.size();
  const std::size_t before = allocations;
  for (const auto& one : cases) hits -= screen.judge(one.text).hits.size();
  EXPECT_EQ(allocations - before, 0u);
  EXPECT_EQ(hits, 0u);
}

TEST(TextScreen, ThreadsShareOneList) {
  Screen screen(support::word_case_list());
  const auto cases = support::word_cases();
  std::vector<std::size_t> expected;
  for (const auto& one : cases) expected.push_back(screen.judge(one.text).hits.size());
  std::vector<std::jthread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      auto scratch = support::must(screen.screen().make_scratch());
      for (std::size_t k = 0; k < cases.size(); ++k)
        wrong += screen.screen().judge(cases[k].text, scratch)->hits.size() != expected[k];
    });
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

TEST(TextScreen, ALargeListIsLoaded) {
  WordList list;
  list.rules.emplace_back();
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    std::string word;
    for (std::uint32_t n = i * 7919 + 1'000'003; n > 0; n /= 20)
      word += "bcdfghjklmnpqrtvwxyz"[n % 20];
    list.rules[0].words.push_back({word, i});
  }
  const std::string last = list.rules[0].words.back().text;
  Screen screen(std::move(list));
  EXPECT_THAT(screen.screen().list().faults, IsEmpty());
  EXPECT_LT(screen.screen().database_bytes(), 100'000'000u);
  EXPECT_EQ(screen.judge("a " + last + " b").hits.size(), 1u);
}

}  // namespace
}  // namespace weir::safety
