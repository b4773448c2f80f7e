// Works on the text, so that what stays is what was published, to the letter.
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

#include <fmt/format.h>

#include "hls/low_latency.h"
#include "hls/tag_reader.h"

namespace weir::hls {
namespace {

constexpr std::int64_t kSkipVersion = 9;
constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max() / 2;

// Tags that belong to the segment whose URI follows; section 4.4.4.
constexpr std::array<std::string_view, 9> kSegmentTags = {
    "EXTINF",    "EXT-X-BYTERANGE", "EXT-X-DISCONTINUITY",
    "EXT-X-KEY", "EXT-X-MAP",       "EXT-X-PROGRAM-DATE-TIME",
    "EXT-X-GAP", "EXT-X-BITRATE",   "EXT-X-PART"};

bool of_segment(const Line& line) {
  return line.is_uri() ||
         std::find(kSegmentTags.begin(), kSegmentTags.end(), line.tag) != kSegmentTags.end();
}

std::int64_t add(std::int64_t sum, std::int64_t more) {
  return std::min(sum + std::min(more, kLongest), kLongest);
}

/// The lines of a text with their ends, so that put together again they are the text.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

struct Skip {
  std::int64_t segments = 0;
  int last_line = 0;  // the URI of the last of them
};

std::int64_t duration_of(const Line& line) {
  if (line.tag == "EXT-X-PART") return line.attributes.micros("DURATION").value_or(0);
  return parse_micros(std::string_view(line.value).substr(0, line.value.find(','))).value_or(0);
}

// How long it is from here to the end: whole segments, and the parts behind the last of them.
std::int64_t length_of(const TagText& tags) {
  std::int64_t sum = 0, open = 0;
  for (const auto& line : tags.lines) {
    if (line.is_uri()) open = 0;
    if (line.tag == "EXTINF") sum = add(sum, duration_of(line));
    if (line.tag == "EXT-X-PART") open = add(open, duration_of(line));
  }
  return add(sum, open);
}

std::optional<Skip> what_to_skip(const TagText& tags) {
  const auto control = std::find_if(tags.lines.begin(), tags.lines.end(), [](const Line& line) {
    return line.tag == "EXT-X-SERVER-CONTROL";
  });
  if (control == tags.lines.end()) return {};
  const auto boundary = control->attributes.micros("CAN-SKIP-UNTIL");
  if (!boundary) return {};
  std::int64_t left = length_of(tags), duration = 0;
  Skip skip;
  for (const auto& line : tags.lines) {
    if (line.tag == "EXT-X-SKIP" || line.tag == "EXT-X-STREAM-INF") return {};
    if (line.tag == "EXTINF") duration = duration_of(line);
    if (!line.is_uri()) continue;
    left -= std::exchange(duration, 0);
    if (left < *boundary) break;
    skip = {skip.segments + 1, line.number};
  }
  if (skip.segments == 0) return {};
  return skip;
}

}  // namespace

std::optional<std::string> delta_update(std::string_view playlist) {
  const auto tags = read_tags(playlist);
  if (!tags) return {};
  const auto skip = what_to_skip(*tags);
  if (!skip) return {};
  std::string out;
  bool skipped = false, versioned = false;
  const auto all = lines_of(playlist);
  auto line = tags->lines.begin();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool means = line != tags->lines.end() && line->number == static_cast<int>(i) + 1;
    const Line* read = means ? &*line++ : nullptr;
    if (read != nullptr && read->tag == "EXT-X-VERSION" && !std::exchange(versioned, true)) {
      const auto version = std::max(kSkipVersion, parse_integer(read->value).value_or(1));
      out += fmt::format("#EXT-X-VERSION:{}\n", version);
    } else if (read == nullptr || !of_segment(*read) || read->number > skip->last_line) {
      out += all[i];
    } else if (!std::exchange(skipped, true)) {
      out += fmt::format("#EXT-X-SKIP:SKIPPED-SEGMENTS={}\n", skip->segments);
    }
  }
  if (!versioned) out.insert(all.front().size(), fmt::format("#EXT-X-VERSION:{}\n", kSkipVersion));
  return out;
}

}  // namespace weir::hls
