// A text as the matcher sees it: letters without what lies between them, and where each came from.
#pragma once

#include <cstdint>
#include <string_view>

#include "safety/text/folded.h"
#include "safety/text/grown.h"

namespace weir::safety {

/// What lies between a letter and the one before it; bits.
enum Gap : std::uint8_t {
  kGapSpace = 1,
  kGapDot = 2,
  kGapSentence = 4,
  kGapApostrophe = 8,
  kGapOther = 16,
  kGapLong = 32,  ///< More than eight characters: no word goes on behind that.
};

/// What a symbol is; bits.
enum Mark : std::uint8_t {
  kMarkDigit = 1,       ///< Some of it were digits.
  kMarkLeet = 2,        ///< Some of it were digits or signs that stand for the letter.
  kMarkLook = 4,        ///< Some of it were other letters that look like it.
  kMarkUnspaced = 8,    ///< Of a script whose words show no bounds.
  kMarkStartOnly = 16,  ///< Of a script whose words go on with endings.
  kMarkLetter = 32,     ///< Some of it was a letter.
  kMarkUpper = 64,      ///< It began with a capital.
  kMarkSpread = 128,    ///< A run with gaps in it.
};

/// One letter, or a run of the same.
struct Symbol {
  std::uint32_t begin = 0;  ///< In the original bytes, with its accents.
  std::uint32_t end = 0;
  std::uint32_t at = 0;  ///< In the stream.
  std::uint16_t run = 1;
  std::uint8_t gap = 0;  ///< Gap bits; 0: it follows the one before it directly.
  std::uint8_t marks = 0;
};

/// Which letter a sign that stands for two is read as.
enum class Reading {
  kPlain,  ///< As it stands; for the words of a list.
  kLooks,  ///< Letters are what they look like; for the words of a list.
  kAsI,    ///< 1 and | are i, and an l that can only be an I is i; signs are letters.
  kAsL,    ///< 1 and | are l, and an I that may be an l is l; signs lie between letters.
};

struct SymbolText {
  Grown<char> stream;              ///< UTF-8, one character a symbol.
  Grown<Symbol> symbols;           ///< In order.
  Grown<std::uint32_t> symbol_of;  ///< For each byte of the stream; unless it is ASCII alone.
  bool ascii = false;              ///< Then symbol i is byte i of the stream.
  bool ambiguous = false;          ///< The other reading gives another text.

  std::string_view text() const { return {stream.data(), stream.size()}; }
  void trim(std::size_t most) {
    stream.trim(most);
    symbols.trim(most);
    symbol_of.trim(most);
  }
  std::size_t symbol_at(std::size_t byte) const { return ascii ? byte : symbol_of[byte]; }
};

/// Of ASCII alone. The same as from its folded form.
void read_ascii(std::string_view text, Reading reading, SymbolText& out);
void read_folded(const Folded& folded, Reading reading, SymbolText& out);

}  // namespace weir::safety
