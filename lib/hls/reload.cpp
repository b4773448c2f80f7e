#include "hls/reload.h"

#include <algorithm>
#include <utility>

#include "hls/tag_reader.h"

namespace weir::hls {
namespace {

constexpr std::size_t kMostHints = 4;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kSegmentsAhead = 2;
constexpr std::int64_t kPartsAhead = 3;
constexpr std::int64_t kHighest = std::int64_t{1} << 60;  // numbers are reckoned with

/// Takes the next line off a text, without its end.
std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::int64_t whole_seconds_of(std::string_view text) {
  const auto read = parse_integer(text);
  return std::clamp<std::int64_t>(read.value_or(0), 0, 1 << 20) * kSecond;
}

/// What stands at most once or a few times in a playlist, however long it is.
void read_rare(std::string_view line, PlaylistReach& out) {
  const auto tags = read_tags("#EXTM3U\n" + std::string(line));
  if (!tags || tags->lines.size() != 2) return;
  const Line& read = tags->lines.back();
  if (read.tag == "EXT-X-TARGETDURATION") {
    out.is_media = true;
    out.target = Micros(whole_seconds_of(read.value));
  } else if (read.tag == "EXT-X-MEDIA-SEQUENCE") {
    out.next += std::min(parse_integer(read.value).value_or(0), kHighest);
  } else if (read.tag == "EXT-X-ENDLIST") {
    out.ended = true;
  } else if (read.tag == "EXT-X-SERVER-CONTROL") {
    out.can_block = read.attributes.yes("CAN-BLOCK-RELOAD");
    out.can_skip = read.attributes.micros("CAN-SKIP-UNTIL").has_value();
  } else if (read.tag == "EXT-X-PART-INF") {
    out.part_target = Micros(read.attributes.micros("PART-TARGET").value_or(0));
  } else if (read.tag == "EXT-X-PRELOAD-HINT" && out.hints.size() < kMostHints) {
    if (auto uri = read.attributes.text("URI")) out.hints.push_back(std::move(*uri));
  }
}

// By the letters its name begins with, so that the many lines of segments cost little.
bool is_rare(std::string_view tag) {
  switch (tag.size() > 7 ? tag[7] : '\0') {
    case 'T':
    case 'M':
    case 'E':
    case 'S':
    case 'P':
      return tag.starts_with("#EXT-X-") && !tag.starts_with("#EXT-X-PROGRAM");
    default:
      return false;
  }
}

bool read_number(std::string_view text, std::optional<std::int64_t>& to) {
  const bool is_first = !to;
  to = parse_integer(text);
  return is_first && to;
}

/// The Advance Part Limit: parts of three seconds, or three of those that are longer than one.
bool is_too_far(const PlaylistReach& reach, std::int64_t part, std::int64_t last) {
  if (part > kHighest) return true;
  const std::int64_t ahead = std::min(part - last, kSecond);
  return reach.part_target.count() < kSecond
             ? ahead * reach.part_target.count() > kPartsAhead * kSecond
             : ahead > kPartsAhead;
}

}  // namespace

PlaylistReach reach_of(std::string_view playlist) {
  PlaylistReach out;
  while (!playlist.empty()) {
    const std::string_view line = next_line(playlist);
    if (line.empty()) continue;
    if (line.front() != '#') {
      ++out.next;
      out.last_parts = std::exchange(out.open_parts, 0);
    } else if (line.starts_with("#EXT-X-PART:")) {
      ++out.open_parts;
    } else if (is_rare(line)) {
      read_rare(line, out);
    }
  }
  return out;
}

Directives read_directives(std::string_view query) {
  Directives out;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view each = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(each.find('='), each.size());
    const std::string_view name = each.substr(0, equals);
    const std::string_view value = each.substr(std::min(equals + 1, each.size()));
    if (name == "_HLS_msn") out.is_wrong |= !read_number(value, out.msn);
    if (name == "_HLS_part") out.is_wrong |= !read_number(value, out.part);
    if (name == "_HLS_skip" && value == "YES") out.skip = Directives::Skip::kSegments;
    if (name == "_HLS_skip" && value == "v2") out.skip = Directives::Skip::kDateRanges;
  }
  return out;
}

ReloadState state_of(const PlaylistReach& reach, const Directives& wish) {
  if (!reach.is_media || reach.ended) return ReloadState::kThere;
  if (wish.is_wrong || (wish.part && !wish.msn)) return ReloadState::kRefused;
  if (!wish.msn || !reach.can_block) return ReloadState::kThere;
  if (*wish.msn > reach.next - 1 + kSegmentsAhead) return ReloadState::kRefused;
  const bool by_parts = wish.part && reach.part_target.count() > 0;
  if (!by_parts) return *wish.msn < reach.next ? ReloadState::kThere : ReloadState::kToCome;
  std::int64_t msn = *wish.msn, part = *wish.part;
  // Behind the last part of a segment comes the first one of the next.
  if (msn == reach.next - 1 && reach.last_parts > 0 && part >= reach.last_parts) {
    ++msn;
    part = 0;
  }
  if (msn < reach.next) return ReloadState::kThere;
  const bool is_open = msn == reach.next;
  if (is_open && part < reach.open_parts) return ReloadState::kThere;
  const std::int64_t last = is_open ? reach.open_parts - 1 : -1;
  return is_too_far(reach, part, last) ? ReloadState::kRefused : ReloadState::kToCome;
}

}  // namespace weir::hls
