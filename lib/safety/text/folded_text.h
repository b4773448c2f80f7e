// A text in folded form with everything that lies between its letters: what expressions, addresses
// and floods are looked for in.
#pragma once

#include <cstdint>
#include <string_view>

#include "safety/text/folded.h"
#include "safety/text/grown.h"
#include "safety/text/hits.h"

namespace weir::safety {

/// UTF-8 of the folded characters; accents and what nobody sees are left out.
class FoldedText {
 public:
  /// Of ASCII alone. The same as from its folded form.
  void read_ascii(std::string_view text);
  void read_folded(const Folded& folded);

  std::string_view text() const { return {bytes_.data(), bytes_.size()}; }
  /// Where bytes [begin, end) came from; whole characters.
  Span origin(std::size_t begin, std::size_t end) const {
    return {places_[begin].begin, places_[end - 1].end};
  }
  /// Whether [begin, end) holds no half of an original character.
  bool whole(std::size_t begin, std::size_t end) const;
  void trim(std::size_t most) {
    bytes_.trim(most);
    places_.trim(most);
  }

 private:
  Grown<char> bytes_;
  Grown<Span> places_;  ///< For each byte.
};

}  // namespace weir::safety
