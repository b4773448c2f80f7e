// Letters and gaps in, symbols out: runs of one letter become one symbol.
#pragma once

#include <algorithm>
#include <cstdint>

#include "safety/text/symbols.h"
#include "safety/text/utf8_put.h"

namespace weir::safety {

/// A letter on its way into the stream.
struct Letter {
  char32_t out;
  std::uint8_t marks;  ///< Mark bits.
};

/// The Gap bit of a character that is no letter.
inline std::uint8_t gap_of(Kind kind) {
  switch (kind) {
    case Kind::kSpace:
      return kGapSpace;
    case Kind::kDot:
      return kGapDot;
    case Kind::kSentence:
      return kGapSentence;
    case Kind::kApostrophe:
      return kGapApostrophe;
    default:
      return kGapOther;
  }
}

/// Writes into a SymbolText that it borrows. Every character is told once, in order: add() for the
/// letters of a token and end_token() behind them, add_gap() between tokens, extend() for accents.
/// `kAscii`: all letters are.
template <bool kAscii>
class SymbolWriter {
 public:
  /// Room for so many letters.
  SymbolWriter(std::size_t letters, SymbolText& out) : out_(out) {
    stream_ = out.stream.start(letters * (kAscii ? 1 : kLongestUtf8));
    symbols_ = out.symbols.start(letters);
    if (!kAscii) symbol_of_ = out.symbol_of.start(letters * kLongestUtf8);
  }

  /// `letter` came from the bytes [begin, end).
  void add(Letter letter, std::uint32_t begin, std::uint32_t end) {
    const bool first = count_ == token_;
    if (!first && letter.out == last_) {
      Symbol& symbol = symbols_[count_ - 1];
      symbol.end = end;
      symbol.marks |= letter.marks;
      symbol.run = longer(symbol.run, 1);
      return;
    }
    symbols_[count_] = {.begin = begin,
                        .end = end,
                        .at = static_cast<std::uint32_t>(bytes_),
                        .run = 1,
                        .gap = first ? gap_ : std::uint8_t{0},
                        .marks = letter.marks};
    last_ = letter.out;
    put(letter.out);
    ++count_;
  }

  void end_token() {
    const bool single = count_ - token_ == 1;
    if (single && single_before_ && last_ == single_ && gap_ != 0 &&
        (gap_ & (kGapLong | kGapSentence)) == 0)
      join();
    single_before_ = single;
    single_ = last_;
    token_ = count_;
    gap_ = 0;
    gap_length_ = 0;
  }

  void add_gap(Kind kind) {
    gap_ |= gap_of(kind);
    if (++gap_length_ > kLongestGap) gap_ |= kGapLong;
  }

  /// An accent that ends there.
  void extend(std::uint32_t end) {
    if (count_ > token_ || (count_ > 0 && gap_ == 0)) symbols_[count_ - 1].end = end;
  }

  /// "m 0 r 0 n": whether the token before is one letter.
  bool single_letter_before() const {
    return single_before_ && (gap_ & kGapLong) == 0 &&
           (symbols_[count_ - 1].marks & (kMarkLetter | kMarkLeet)) != 0;
  }

  void finish() {
    out_.stream.finish(bytes_);
    out_.symbols.finish(count_);
    out_.symbol_of.finish(kAscii ? 0 : bytes_);
    out_.ascii = bytes_ == count_;
  }

 private:
  static constexpr unsigned kLongestGap = 8;

  static std::uint16_t longer(std::uint16_t run, unsigned more) {
    return static_cast<std::uint16_t>(std::min(run + more, 0xFFFFu));
  }

  void put(char32_t c) {
    const std::size_t size = put_utf8(c, stream_ + bytes_);
    if (!kAscii)
      for (std::size_t i = 0; i < size; ++i)
        symbol_of_[bytes_ + i] = static_cast<std::uint32_t>(count_);
    bytes_ += size;
  }

  /// "n u u u m p t y": tokens of one and the same letter are one run.
  void join() {
    Symbol& whole = symbols_[token_ - 1];
    const Symbol& part = symbols_[token_];
    whole.run = longer(whole.run, part.run);
    whole.end = part.end;
    whole.marks |= part.marks | kMarkSpread;
    bytes_ = part.at;
    count_ = token_;
  }

  SymbolText& out_;
  char* stream_ = nullptr;
  Symbol* symbols_ = nullptr;
  std::uint32_t* symbol_of_ = nullptr;
  std::size_t bytes_ = 0;
  std::size_t count_ = 0;
  std::size_t token_ = 0;       ///< Where the symbols of this token begin.
  char32_t last_ = 0;           ///< The letter before, …
  char32_t single_ = 0;         ///< … and that of the token before, …
  bool single_before_ = false;  ///< … when that is one letter or run.
  std::uint8_t gap_ = 0;        ///< Before this token.
  unsigned gap_length_ = 0;
};

}  // namespace weir::safety
