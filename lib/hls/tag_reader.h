// M3U8 text taken apart into tags, attributes and URIs, before anybody asks what they mean.
// Source: draft-pantos-hls-rfc8216bis-22 sections 4.1 (lines) and 4.2 (attribute lists).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace weir::hls {

/// Something the draft forbids but a reader can live with.
struct Problem {
  int line = 0;      ///< Counted from 1.
  std::string what;  ///< Lower case, no final period.
};

/// One NAME=VALUE. Values stay as written, without the quotes.
struct Attribute {
  std::string name;
  std::string value;
  bool quoted = false;
};

/// The attributes of one tag, in the order written.
class Attributes {
 public:
  /// The first of that name, or nullptr.
  const Attribute* find(std::string_view name) const;
  /// Its value as written, quoted or not; empty when absent.
  std::optional<std::string> text(std::string_view name) const;
  /// A decimal-integer; empty when absent, not a number, or beyond 2^63 - 1.
  std::optional<std::int64_t> integer(std::string_view name) const;
  /// A decimal-floating-point, in millionths, to the nearest; empty as above.
  std::optional<std::int64_t> micros(std::string_view name) const;
  /// A decimal-resolution, "1920x1080".
  std::optional<Size> resolution(std::string_view name) const;
  /// YES is true; anything else, or nothing, is false.
  bool yes(std::string_view name) const;

  std::vector<Attribute> list;
};

/// A line that means something: a tag, or a URI when `tag` is empty. Comments and blank lines are
/// left out.
struct Line {
  int number = 0;         ///< Counted from 1.
  std::string tag;        ///< Without '#': "EXT-X-MAP".
  std::string value;      ///< What follows the ':' of a tag; or the URI.
  Attributes attributes;  ///< Of the tags that take a list.

  bool is_uri() const { return tag.empty(); }
};

struct TagText {
  std::vector<Line> lines;        ///< The first is EXTM3U.
  std::vector<Problem> problems;  ///< In line order, at most kMaxProblems.
};
inline constexpr std::size_t kMaxProblems = 100;

/// Reads a whole playlist. Lines may end in LF or CRLF. kBadInput, naming the line, when the first
/// line is not #EXTM3U. Any bytes are safe; a byte order mark, bytes that are not UTF-8, control
/// characters and damaged attribute lists are problems.
Result<TagText> read_tags(std::string_view text);

/// A decimal number as playlists write durations: in millionths, to the nearest, halves up. Empty
/// unless it is digits with at most one point, and fits.
std::optional<std::int64_t> parse_micros(std::string_view text);
/// A decimal-integer of the draft: digits only, below 2^63.
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace weir::hls
