#include "safety/text/flood.h"

#include <algorithm>

namespace weir::safety {
namespace {

bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

/// [begin, end) repeats with this period.
class Floods {
 public:
  Floods(const FoldedText& text, const Rule& rule, std::uint32_t number, std::vector<Hit>& hits)
      : folded_(text), text_(text.text()), rule_(rule), number_(number), hits_(hits) {}

  void find() {
    const std::size_t longest = std::min(kLongestRepeated, text_.size() / 2);
    for (std::size_t period = 1; period <= longest; ++period) find(period);
  }

 private:
  void find(std::size_t period) {
    std::size_t begin = 0;
    for (std::size_t i = period; i <= text_.size(); ++i) {
      if (i < text_.size() && text_[i] == text_[i - period]) continue;
      if (i - begin >= 2 * period) report(begin, i, period);
      begin = i + 1 - period;
    }
  }

  void report(std::size_t begin, std::size_t end, std::size_t period) {
    while (begin < end && !begins_character(text_[begin])) ++begin;
    while (end < text_.size() && end > begin && !begins_character(text_[end])) --end;
    if (end - begin < 2 * period) return;
    const auto piece = text_.substr(begin, period);
    const std::size_t size = characters(piece);
    const std::size_t least = static_cast<std::size_t>(size == 1 ? rule_.run : rule_.times);
    if ((end - begin) / period < least || blank(piece)) return;
    if (!folded_.whole(begin, end)) return;
    hits_.push_back({folded_.origin(begin, end), number_, 1, piece});
  }

  static bool blank(std::string_view piece) {
    return piece.find_first_not_of(" \t\r\n") == piece.npos;
  }

  const FoldedText& folded_;
  const std::string_view text_;
  const Rule& rule_;
  const std::uint32_t number_;
  std::vector<Hit>& hits_;
};

}  // namespace

void find_floods(const FoldedText& text, const Rule& rule, std::uint32_t number,
                 std::vector<Hit>& hits) {
  Floods(text, rule, number, hits).find();
}

}  // namespace weir::safety
