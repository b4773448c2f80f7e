#include "safety/text/folded_text.h"

#include "safety/text/utf8_put.h"

namespace weir::safety {
namespace {

bool unseen(const Glyph& glyph) {
  return glyph.kind == Kind::kIgnored || glyph.kind == Kind::kMark;
}

}  // namespace

void FoldedText::read_ascii(std::string_view text) {
  char* bytes = bytes_.start(text.size());
  Span* places = places_.start(text.size());
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    const Glyph glyph = ascii_glyph(static_cast<unsigned char>(text[i]));
    if (unseen(glyph)) continue;
    bytes[size] = static_cast<char>(glyph.out);
    places[size++] = {i, i + 1};
  }
  bytes_.finish(size);
  places_.finish(size);
}

void FoldedText::read_folded(const Folded& folded) {
  char* bytes = bytes_.start(folded.items.size() * kLongestUtf8);
  Span* places = places_.start(folded.items.size() * kLongestUtf8);
  std::size_t size = 0;
  for (const Item& item : folded.items) {
    if (unseen(item.glyph)) continue;
    const std::size_t more = put_utf8(item.glyph.out, bytes + size);
    for (std::size_t i = 0; i < more; ++i) places[size + i] = {item.begin, item.end};
    size += more;
  }
  bytes_.finish(size);
  places_.finish(size);
}

bool FoldedText::whole(std::size_t begin, std::size_t end) const {
  const bool cut_before = begin > 0 && places_[begin - 1].begin == places_[begin].begin;
  const bool cut_behind = end < places_.size() && places_[end - 1].begin == places_[end].begin;
  return !cut_before && !cut_behind;
}

}  // namespace weir::safety
