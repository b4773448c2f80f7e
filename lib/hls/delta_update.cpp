// Works on the text, so that what stays is what was published, to the letter.
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "hls/low_latency.h"
#include "hls/tag_reader.h"

namespace weir::hls {
namespace {

constexpr std::int64_t kSkipVersion = 9;
constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max() / 2;

// Tags that belong to the segment whose URI follows; section 4.4.4.
constexpr std::array<std::string_view, 9> kSegmentTags = {
    "#EXTINF",    "#EXT-X-BYTERANGE", "#EXT-X-DISCONTINUITY",
    "#EXT-X-KEY", "#EXT-X-MAP",       "#EXT-X-PROGRAM-DATE-TIME",
    "#EXT-X-GAP", "#EXT-X-BITRATE",   "#EXT-X-PART"};
// Where one of them stands nothing may be left out.
constexpr std::array<std::string_view, 3> kWholeTags = {"#EXT-X-SKIP", "#EXT-X-STREAM-INF",
                                                        "#EXT-X-ENDLIST"};

/// A line with its end, so that put together again they are the text. Long playlists are passed
/// over twice for every state of theirs: nothing is copied.
struct TextLine {
  std::string_view all;
  std::string_view text;  // without its end
  std::string_view tag;   // with its '#'; "" for a URI

  std::string_view value() const { return text.substr(std::min(tag.size() + 1, text.size())); }
  bool is_uri() const { return tag.empty() && !text.empty(); }
  template <typename Tags>
  bool is_one_of(const Tags& tags) const {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
  }
  bool of_segment() const { return is_uri() || is_one_of(kSegmentTags); }
};

TextLine take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
  TextLine out{text.substr(0, end), text.substr(0, end), {}};
  text.remove_prefix(end);
  while (out.text.ends_with('\n') || out.text.ends_with('\r')) out.text.remove_suffix(1);
  if (out.text.starts_with('#')) out.tag = out.text.substr(0, out.text.find(':'));
  return out;
}

std::int64_t duration_of(const TextLine& line) {
  const auto read = parse_micros(line.value().substr(0, line.value().find(',')));
  return std::min(read.value_or(0), kLongest);
}

std::optional<std::int64_t> boundary_of(const TextLine& line) {
  const auto tags = read_tags("#EXTM3U\n" + std::string(line.text));
  if (!tags || tags->lines.size() != 2) return {};
  return tags->lines.back().attributes.micros("CAN-SKIP-UNTIL");
}

struct Facts {
  bool is_one_to_skip_in = true;
  std::optional<std::int64_t> boundary;
  std::int64_t length = 0;  // of whole segments
};

Facts facts_of(std::string_view text) {
  Facts out{text.starts_with("#EXTM3U"), {}, 0};
  std::int64_t duration = 0;
  while (!text.empty() && out.is_one_to_skip_in) {
    const TextLine line = take_line(text);
    if (line.is_uri())
      out.length = std::min(out.length + std::exchange(duration, 0), kLongest);
    else if (line.tag == "#EXTINF")
      duration = duration_of(line);
    else if (line.tag == "#EXT-X-SERVER-CONTROL")
      out.boundary = boundary_of(line);
    else
      out.is_one_to_skip_in = !line.is_one_of(kWholeTags);
  }
  return out;
}

struct Skip {
  std::int64_t segments = 0;
  std::size_t end = 0;  // in the text, behind the last of them
};

Skip what_to_skip(std::string_view text, const Facts& facts) {
  Skip out;
  std::int64_t left = facts.length, duration = 0;
  const std::size_t size = text.size();
  while (!text.empty()) {
    const TextLine line = take_line(text);
    if (line.tag == "#EXTINF") duration = duration_of(line);
    if (!line.is_uri()) continue;
    left -= std::exchange(duration, 0);
    if (left <= *facts.boundary) break;
    out = {out.segments + 1, size - text.size()};
  }
  return out;
}

std::string version_line(std::int64_t version) {
  return fmt::format("#EXT-X-VERSION:{}\n", std::max(kSkipVersion, version));
}

}  // namespace

std::optional<std::string> delta_update(std::string_view playlist) {
  const Facts facts = facts_of(playlist);
  if (!facts.is_one_to_skip_in || !facts.boundary) return {};
  const Skip skip = what_to_skip(playlist, facts);
  if (skip.segments == 0) return {};
  std::string out(take_line(playlist).all);
  const std::size_t first = out.size();
  bool skipped = false, versioned = false;
  const std::size_t end_left = playlist.size() + first - skip.end;
  while (playlist.size() > end_left) {
    const TextLine line = take_line(playlist);
    if (line.tag == "#EXT-X-VERSION" && !std::exchange(versioned, true))
      out += version_line(parse_integer(line.value()).value_or(1));
    else if (!line.of_segment())
      out += line.all;
    else if (!std::exchange(skipped, true))
      out += fmt::format("#EXT-X-SKIP:SKIPPED-SEGMENTS={}\n", skip.segments);
  }
  if (!versioned) out.insert(first, version_line(1));
  return out.append(playlist);
}

}  // namespace weir::hls
