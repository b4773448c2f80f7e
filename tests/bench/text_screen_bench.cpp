// How many comments of 40 characters a second one core judges against 10 000 words, and what the
// matcher costs beside Vectorscan's own loop over the same letters. Load/200000 is a large list.
#include <benchmark/benchmark.h>

#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "safety/text/text_screen.h"
#include "safety/text/word_matcher.h"

namespace weir::bench {
namespace {

using namespace safety;

constexpr std::size_t kComment = 40;
constexpr std::size_t kComments = 10'000;

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().what);
  return std::move(*result);
}

// Made up of syllables, four to nine letters long, no two alike.
std::string made_up_word(std::mt19937& random) {
  constexpr std::string_view kConsonants = "bcdfghjklmnprstvwz", kVowels = "aeiou";
  std::string out;
  for (auto left = 2 + random() % 3; left > 0; --left) {
    out += kConsonants[random() % kConsonants.size()];
    out += kVowels[random() % kVowels.size()];
  }
  if (random() % 2 == 0) out += kConsonants[random() % kConsonants.size()];
  return out.size() > 4 ? out : out + "rk";
}

WordList made_up_list(std::size_t size) {
  std::mt19937 random(1);
  WordList list;
  list.rules.emplace_back();
  list.rules.back().name = "bench";
  for (std::uint32_t i = 1; i <= size; ++i)
    list.rules.back().words.push_back({made_up_word(random), i});
  return list;
}

const std::vector<std::string>& vocabulary() {
  static const std::vector<std::string> words{
      "the",    "stream", "is",    "really",  "good",  "today", "what",  "time",     "does", "it",
      "start",  "love",   "this",  "song",    "hello", "from",  "Oslo",  "who",      "won",  "game",
      "nice",   "shot",   "play",  "another", "one",   "I",     "think", "so!",      "lol",  "2024",
      "please", "thanks", "great", "music,",  "wow",   "first", "time,", "watching", "here", ":)"};
  return words;
}

// One in fifty has a listed word in it, taken apart.
std::vector<std::string> latin_comments() {
  std::mt19937 random(2);
  const auto list = made_up_list(10'000);
  std::vector<std::string> out;
  while (out.size() < kComments) {
    std::string text;
    if (out.size() % 50 == 0)
      for (const char c : list.rules[0].words[random() % 10'000].text) (text += c) += '.';
    while (text.size() < kComment) text += " " + vocabulary()[random() % vocabulary().size()];
    out.push_back(text.substr(0, kComment));
  }
  return out;
}

std::vector<std::string> chinese_comments() {
  std::mt19937 random(3);
  std::vector<std::string> out;
  while (out.size() < kComments) {
    std::string text;
    for (std::size_t i = 0; i < kComment; ++i) {
      const auto c = static_cast<unsigned>(0x4E00 + random() % 2000);
      text += {static_cast<char>(0xE0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 0x3F)),
               static_cast<char>(0x80 | (c & 0x3F))};
    }
    out.push_back(std::move(text));
  }
  return out;
}

std::shared_ptr<const CharTable> table() {
  static const auto built = must(CharTable::build());
  return built;
}

const TextScreen& screen() {
  static const auto compiled = must(TextScreen::compile(made_up_list(10'000), table()));
  return *compiled;
}

void judge(benchmark::State& state, const std::vector<std::string>& comments) {
  auto scratch = must(screen().make_scratch());
  std::size_t i = 0, hits = 0;
  for (auto _ : state) {
    hits += screen().judge(comments[i], scratch)->hits.size();
    i = i + 1 < comments.size() ? i + 1 : 0;
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["hits/comment"] =
      static_cast<double>(hits) / static_cast<double>(state.iterations());
}
void judge_latin(benchmark::State& state) {
  judge(state, latin_comments());
}
void judge_chinese(benchmark::State& state) {
  judge(state, chinese_comments());
}
BENCHMARK(judge_latin)->Name("Judge/Latin");
BENCHMARK(judge_chinese)->Name("Judge/Chinese");

std::vector<SymbolText> letters() {
  std::vector<SymbolText> out;
  for (const auto& comment : latin_comments())
    read_ascii(comment, Reading::kAsI, out.emplace_back());
  return out;
}

void normalise(benchmark::State& state) {
  const auto comments = latin_comments();
  SymbolText text;
  std::size_t i = 0;
  for (auto _ : state) {
    read_ascii(comments[i], Reading::kAsI, text);
    benchmark::DoNotOptimize(text.symbols.data());
    i = i + 1 < comments.size() ? i + 1 : 0;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(normalise)->Name("Normalise/Latin");

void match(benchmark::State& state) {
  Faults faults;
  const auto matcher = must(WordMatcher::compile(made_up_list(10'000), *table(), faults));
  ScanScratch scratch;
  if (!matcher.database().fit(scratch)) throw std::runtime_error("no scratch");
  const auto texts = letters();
  std::vector<Hit> hits;
  std::vector<Pardon> pardons;
  std::size_t i = 0;
  for (auto _ : state) {
    hits.clear();
    benchmark::DoNotOptimize(matcher.find(texts[i], scratch, hits, pardons));
    i = i + 1 < texts.size() ? i + 1 : 0;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(match)->Name("Match/Ours");

void scan(benchmark::State& state) {
  Faults faults;
  const auto matcher = must(WordMatcher::compile(made_up_list(10'000), *table(), faults));
  ScanScratch scratch;
  if (!matcher.database().fit(scratch)) throw std::runtime_error("no scratch");
  const auto texts = letters();
  std::size_t i = 0, matches = 0;
  const auto count = [&](unsigned, std::size_t, std::size_t) { ++matches; };
  for (auto _ : state) {
    benchmark::DoNotOptimize(matcher.database().scan(texts[i].text(), scratch, count));
    i = i + 1 < texts.size() ? i + 1 : 0;
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["matches/comment"] =
      static_cast<double>(matches) / static_cast<double>(state.iterations());
}
BENCHMARK(scan)->Name("Match/PlainVectorscan");

void load(benchmark::State& state) {
  const auto list = made_up_list(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const auto compiled = must(TextScreen::compile(list, table()));
    state.counters["database MB"] = static_cast<double>(compiled->database_bytes()) / 1e6;
  }
}
BENCHMARK(load)->Name("Load")->Arg(10'000)->Arg(200'000)->Unit(benchmark::kMillisecond);

void characters(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(must(CharTable::build()));
}
BENCHMARK(characters)->Name("Load/Characters")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace weir::bench

BENCHMARK_MAIN();
