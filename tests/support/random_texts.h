// Texts that nobody would write, made of what filters stumble over; the same for the same seed.
#pragma once

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace weir::support {

class RandomTexts {
 public:
  explicit RandomTexts(unsigned seed, std::vector<std::string> seeds = {})
      : random_(seed), seeds_(std::move(seeds)) {}

  /// Pieces of the given texts, joints, and any bytes.
  std::string next() {
    std::string out;
    for (auto left = random_() % 8; left > 0; --left) {
      if (!seeds_.empty() && random_() % 2 == 0)
        out += piece_of(seeds_[random_() % seeds_.size()]);
      else
        out += kPieces[random_() % kPieces.size()];
    }
    return out;
  }
  /// ASCII alone.
  std::string next_ascii() {
    constexpr std::string_view kBytes = "iIlL1!|oO0aA@4sS5$deEmMnNtT7+.,-_ '\tx9\x01";
    std::string out;
    for (auto left = random_() % 40; left > 0; --left) out += kBytes[random_() % kBytes.size()];
    return out;
  }

 private:
  static constexpr std::array<std::string_view, 40> kPieces{
      "",     " ",        ".",      "-",      "*",  "i",  "I",   "l",  "1",        "d",
      "idi",  "ot",       "10t",    "@",      "$$", "!",  "'",   "傻", "瓜",       "，",
      "笨",   "蛋蛋",     "\u0301", "\u200b", "а",  "ѕ",  "сор", "ы",  "ﬁ",        "ß",
      "\xff", "\xe2\x80", "\xc3",   "\u202e", "ﷺ",  "바", "보",  "😀",  "\xf0\x9f", "\t"};

  std::string piece_of(const std::string& text) {
    const std::size_t begin = random_() % (text.size() + 1);
    return text.substr(begin, random_() % (text.size() - begin + 1));
  }

  std::mt19937 random_;
  std::vector<std::string> seeds_;
};

}  // namespace weir::support
