#include "safety/text/symbols.h"

#include <array>

#include "safety/text/symbol_writer.h"

namespace weir::safety {
namespace {

constexpr std::string_view kEitherEnd = "@$";  // they stand for letters at a word's ends too
constexpr std::string_view kConsonants = "bcdfghjkmnpqrstvwxz";

bool holds(std::string_view letters, char32_t c) {
  return c < 0x80 && letters.find(static_cast<char>(c)) != letters.npos;
}

const std::array<Glyph, 128> kAsciiGlyphs = [] {
  std::array<Glyph, 128> out;
  for (unsigned char c = 0; c < 128; ++c) out[c] = ascii_glyph(c);
  return out;
}();

class AsciiSource {
 public:
  static constexpr bool kAscii = true;
  explicit AsciiSource(std::string_view text) : text_(text) {}
  std::size_t size() const { return text_.size(); }
  const Glyph& operator[](std::size_t i) const {
    return kAsciiGlyphs[static_cast<unsigned char>(text_[i])];
  }
  std::uint32_t begin(std::size_t i) const { return static_cast<std::uint32_t>(i); }
  std::uint32_t end(std::size_t i) const { return static_cast<std::uint32_t>(i + 1); }
  bool in_earnest(std::uint8_t) const { return false; }

 private:
  std::string_view text_;
};

class FoldedSource {
 public:
  static constexpr bool kAscii = false;
  explicit FoldedSource(const Folded& folded) : items_(folded.items), scripts_(folded.scripts) {}
  std::size_t size() const { return items_.size(); }
  const Glyph& operator[](std::size_t i) const { return items_[i].glyph; }
  std::uint32_t begin(std::size_t i) const { return items_[i].begin; }
  std::uint32_t end(std::size_t i) const { return items_[i].end; }
  bool in_earnest(std::uint8_t script) const { return scripts_[script]; }

 private:
  std::span<const Item> items_;
  const std::bitset<256>& scripts_;
};

template <typename Source>
class Reader {
 public:
  Reader(const Source& source, Reading reading, SymbolText& out)
      : source_(source), reading_(reading), out_(out), writer_(source.size(), out) {
    out.ambiguous = false;
  }

  void read() {
    for (std::size_t i = 0; i < source_.size();) {
      if (begins_token(i)) {
        i = read_token(i);
        continue;
      }
      const Glyph& glyph = source_[i];
      if (glyph.kind == Kind::kMark)
        writer_.extend(source_.end(i));
      else if (glyph.kind != Kind::kIgnored)
        writer_.add_gap(glyph.kind);
      ++i;
    }
    writer_.finish();
  }

 private:
  /// What is known of a token before its letters are read.
  struct Token {
    std::size_t end = 0;
    bool latin = false;   ///< Has a Latin letter, so digits may stand for letters.
    bool looks = false;   ///< Its letters are what they look like.
    bool longer = false;  ///< Of more than two characters.
  };

  static bool is_alnum(const Glyph& glyph) {
    return glyph.kind == Kind::kLetter || glyph.kind == Kind::kDigit;
  }
  static bool is_sign(const Glyph& glyph) { return glyph.leet != 0 && !is_alnum(glyph); }
  static bool unseen(const Glyph& glyph) {
    return glyph.kind == Kind::kIgnored || glyph.kind == Kind::kMark;
  }
  static bool spaced(const Glyph& glyph) {
    return is_alnum(glyph) && glyph.bounds == Bounds::kSpaced;
  }

  std::size_t next_seen(std::size_t i) const {
    for (++i; i < source_.size() && unseen(source_[i]); ++i) continue;
    return i;
  }

  /// Whether the sign at `i` stands for a letter; `inside`: one stands before it.
  bool sign_is_letter(std::size_t i, bool inside) const {
    if (reading_ == Reading::kAsL && source_[i].out != '|') return false;
    const std::size_t next = next_seen(i);
    const bool before_letter = next < source_.size() && spaced(source_[next]);
    if (inside && before_letter) return true;
    if (!holds(kEitherEnd, source_[i].out)) return false;
    if (before_letter) return true;
    if (!inside || source_[i].out != '$') return false;
    return next >= source_.size() || !is_sign(source_[next]) || source_[next].out == '$';
  }

  bool begins_token(std::size_t i) const {
    const Glyph& glyph = source_[i];
    return is_alnum(glyph) || (is_sign(glyph) && sign_is_letter(i, false));
  }

  Token survey(std::size_t begin) const {
    Token token;
    std::size_t letters = 0, alike = 0, i = begin, seen = 0;
    std::uint8_t script = 0;
    bool mixed = false, earnest = false, inside = false;
    for (; i < source_.size(); ++i) {
      const Glyph& glyph = source_[i];
      if (unseen(glyph)) continue;
      if (is_sign(glyph) ? !sign_is_letter(i, inside) : !is_alnum(glyph)) break;
      inside = spaced(glyph) || is_sign(glyph);
      ++seen;
      if (glyph.kind != Kind::kLetter || glyph.bounds != Bounds::kSpaced) continue;
      ++letters;
      if (Source::kAscii) continue;
      mixed = mixed || (script != 0 && script != glyph.script);
      script = glyph.script;
      const bool latin = script == kAsciiGlyphs['a'].script;
      token.latin = token.latin || latin;
      alike += latin || glyph.alike ? 1 : 0;
      earnest = earnest || (!latin && source_.in_earnest(script));
    }
    token.end = i;
    token.longer = seen > 2;
    const bool spelled = seen == 1 && writer_.single_letter_before();
    if (Source::kAscii) {
      token.latin = letters > 0 || spelled;
      return token;
    }
    // Mixed scripts are no language's; a word of look-alikes alone is one when the text has other
    // letters of its script.
    token.looks = reading_ != Reading::kPlain &&
                  (mixed || reading_ == Reading::kLooks || (alike == letters && !earnest));
    token.latin = token.latin || spelled || (token.looks && alike > 0);
    return token;
  }

  std::size_t read_token(std::size_t begin) {
    const Token token = survey(begin);
    bool small_before = false;
    read_as_l_ = false;
    for (std::size_t i = begin; i < token.end; ++i) {
      const Glyph& glyph = source_[i];
      if (unseen(glyph)) {
        if (glyph.kind == Kind::kMark) writer_.extend(source_.end(i));
        continue;
      }
      const Letter read = letter(glyph, token, i, i == begin, small_before);
      read_as_l_ = read.out == 'l' && glyph.out == 'i';
      writer_.add(read, source_.begin(i), source_.end(i));
      small_before = glyph.kind == Kind::kLetter && !glyph.upper;
    }
    writer_.end_token();
    return token.end;
  }

  Letter letter(const Glyph& glyph, const Token& token, std::size_t i, bool first,
                bool small_before) {
    if (glyph.kind != Kind::kLetter) return substitute(glyph, token);
    std::uint8_t marks = kMarkLetter;
    if (glyph.upper) marks |= kMarkUpper;
    if (glyph.bounds == Bounds::kNone) marks |= kMarkUnspaced;
    if (glyph.bounds == Bounds::kStartOnly) marks |= kMarkStartOnly;
    const bool latin = glyph.script == kAsciiGlyphs['a'].script;
    if (glyph.look != 0 && (token.looks || latin))
      return {static_cast<char32_t>(glyph.look), static_cast<std::uint8_t>(marks | kMarkLook)};
    const char32_t other = confused(glyph, token, i, first, small_before);
    if (other != 0) return {other, static_cast<std::uint8_t>(marks | kMarkLook)};
    return {glyph.out, marks};
  }

  Letter substitute(const Glyph& glyph, const Token& token) {
    const std::uint8_t digit = glyph.kind == Kind::kDigit ? kMarkDigit : 0;
    if (!token.latin || glyph.leet == 0) return {glyph.out, digit};
    out_.ambiguous = out_.ambiguous || digit == 0 || glyph.out == '1';
    const bool as_l = reading_ == Reading::kAsL && (glyph.out == '1' || glyph.out == '|');
    return {static_cast<char32_t>(as_l ? 'l' : glyph.leet),
            static_cast<std::uint8_t>(digit | kMarkLeet)};
  }

  /// l for an I that may be one, i for an l that must be one; 0: neither. A capital I and a small l
  /// look the same: kiIl, Ioser, ldiot.
  char32_t confused(const Glyph& glyph, const Token& token, std::size_t i, bool first,
                    bool small_before) {
    if (glyph.out != 'i' && glyph.out != 'l') return 0;
    if (reading_ == Reading::kPlain || reading_ == Reading::kLooks) return 0;
    const bool capital_i = glyph.out == 'i' && glyph.upper;
    if (!capital_i && (glyph.out == 'i' || glyph.upper || !first)) return 0;
    const std::size_t next = next_seen(i);
    const bool small_next = token.longer && next < token.end &&
                            source_[next].kind == Kind::kLetter && !source_[next].upper;
    if (capital_i ? !small_before && !read_as_l_ && !(first && small_next)
                  : !small_next || !holds(kConsonants, source_[next].out))
      return 0;
    out_.ambiguous = true;
    if (capital_i) return reading_ == Reading::kAsL ? 'l' : 0;
    return reading_ == Reading::kAsI ? 'i' : 0;
  }

  const Source& source_;
  const Reading reading_;
  SymbolText& out_;
  SymbolWriter<Source::kAscii> writer_;
  bool read_as_l_ = false;  ///< The letter before: an I.
};

}  // namespace

void read_ascii(std::string_view text, Reading reading, SymbolText& out) {
  const AsciiSource source(text);
  Reader<AsciiSource>(source, reading, out).read();
}

void read_folded(const Folded& folded, Reading reading, SymbolText& out) {
  const FoldedSource source(folded);
  Reader<FoldedSource>(source, reading, out).read();
}

}  // namespace weir::safety
