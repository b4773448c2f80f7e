#include "probe/live_playlist.h"

#include <algorithm>

#include "hls/date_range_check.h"
#include "hls/tag_reader.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kMostNumber = std::int64_t{1} << 61;

std::int64_t bounded(std::int64_t us) {
  return std::clamp<std::int64_t>(us, 0, kDay);
}

std::int64_t number(std::optional<std::int64_t> value) {
  return std::clamp<std::int64_t>(value.value_or(0), 0, kMostNumber);
}

std::int64_t micros(const hls::Attributes& attributes, const char* name) {
  return bounded(attributes.micros(name).value_or(0));
}

// "LENGTH[@OFFSET]"; without an offset it goes on behind the part before.
std::optional<hls::ByteRange> part_range(const hls::Attributes& attributes,
                                         const std::vector<LivePart>& before,
                                         const std::string& uri) {
  const auto text = attributes.text("BYTERANGE");
  if (!text) return {};
  const auto at = text->find('@');
  hls::ByteRange out;
  out.length = number(hls::parse_integer(text->substr(0, at)));
  if (at != std::string::npos)
    out.offset = number(hls::parse_integer(text->substr(at + 1)));
  else if (!before.empty() && before.back().uri == uri && before.back().range)
    out.offset = before.back().range->offset + before.back().range->length;
  return out;
}

/// Takes one line after another.
class Reader {
 public:
  explicit Reader(const hls::MediaPlaylistText& text) : text_(text) {
    out_.target_us = bounded(std::min(text.target_duration.value_or(0), kDay / kSecond) * kSecond);
    out_.type = text.type;
    out_.ended = text.endlist;
    out_.sequence = number(text.media_sequence);
    out_.discontinuity_sequence = number(text.discontinuity_sequence);
  }

  void take(const hls::Line& line) {
    const auto& a = line.attributes;
    if (line.is_uri()) {
      segment(line);
    } else if (line.tag == "EXT-X-KEY") {
      key_ = line.value;
    } else if (line.tag == "EXT-X-MAP") {
      if (maps_ < text_.maps.size()) map_ = text_.maps[maps_++];
    } else if (line.tag == "EXT-X-DISCONTINUITY") {
      out_.open_discontinuity = true;
    } else if (line.tag == "EXT-X-PART") {
      const std::string uri = a.text("URI").value_or("");
      out_.open.push_back({uri, part_range(a, out_.open, uri), micros(a, "DURATION"),
                           a.yes("INDEPENDENT"), a.yes("GAP"), line.number});
    } else if (line.tag == "EXT-X-PRELOAD-HINT") {
      out_.hints.push_back({a.text("TYPE").value_or(""), a.text("URI").value_or(""), line.number});
    } else if (line.tag == "EXT-X-RENDITION-REPORT") {
      out_.reports.push_back(
          {a.text("URI").value_or(""),
           {a.integer("LAST-MSN").value_or(-1), a.integer("LAST-PART").value_or(-1)},
           line.number});
    } else {
      header(line);
    }
  }

  LivePlaylist finish() {
    if (out_.hold_back_us == 0) out_.hold_back_us = 3 * out_.target_us;
    if (out_.part_hold_back_us == 0) out_.part_hold_back_us = 3 * out_.part_target_us;
    out_.open_key = key_;
    out_.open_map = map_;
    return std::move(out_);
  }

 private:
  void header(const hls::Line& line) {
    const auto& a = line.attributes;
    if (line.tag == "EXT-X-SKIP") {
      out_.skipped = number(a.integer("SKIPPED-SEGMENTS"));
      out_.skip_line = line.number;
    } else if (line.tag == "EXT-X-PART-INF") {
      out_.part_target_us = micros(a, "PART-TARGET");
    } else if (line.tag == "EXT-X-SERVER-CONTROL") {
      out_.can_block = a.yes("CAN-BLOCK-RELOAD");
      out_.skip_until_us = micros(a, "CAN-SKIP-UNTIL");
      out_.hold_back_us = micros(a, "HOLD-BACK");
      out_.part_hold_back_us = micros(a, "PART-HOLD-BACK");
    }
  }

  void segment(const hls::Line& line) {
    if (index_ >= text_.segments.size()) return;
    const auto& from = text_.segments[index_++];
    LiveSegment to;
    to.uri = from.uri;
    to.range = from.range;
    to.duration_us = bounded(from.duration_us);
    to.discontinuity = from.discontinuity;
    to.gap = from.gap;
    to.key = key_;
    to.map = map_;
    out_.open_discontinuity = false;
    to.date_us = hls::date_us(from.program_date_time);
    to.dated = to.date_us.has_value();
    to.parts = std::exchange(out_.open, {});
    to.line = line.number;
    out_.segments.push_back(std::move(to));
  }

  const hls::MediaPlaylistText& text_;
  LivePlaylist out_;
  std::size_t index_ = 0;
  std::size_t maps_ = 0;  // seen
  std::optional<hls::MapText> map_;
  std::optional<std::string> key_;
};

// Dates go on by durations until the next one is told.
void fill_dates(std::vector<LiveSegment>& segments) {
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const auto& before = segments[i - 1];
    if (segments[i].dated) continue;
    segments[i].date_us.reset();
    if (before.date_us && !segments[i].discontinuity)
      segments[i].date_us = *before.date_us + before.duration_us;
  }
}

// What stood in front of the first listed segment was skipped with the others.
void inherit(const LiveSegment& last, LivePlaylist& list) {
  for (auto& segment : list.segments) {
    if (!segment.key) segment.key = last.key;
    if (!segment.map) segment.map = last.map;
  }
  if (!list.open_key) list.open_key = last.key;
  if (!list.open_map) list.open_map = last.map;
}

}  // namespace

bool is_encrypting(const std::optional<std::string>& key) {
  return key && !key->empty() && !key->starts_with("METHOD=NONE");
}

bool LiveSegment::encrypted() const {
  return is_encrypting(key);
}

std::optional<std::int64_t> LivePlaylist::open_date_us() const {
  if (segments.empty() || !segments.back().date_us) return {};
  return *segments.back().date_us + segments.back().duration_us;
}

const LiveSegment* LivePlaylist::find(std::int64_t number) const {
  if (number < first() || number >= next()) return nullptr;
  return &segments[static_cast<std::size_t>(number - first())];
}

LivePosition LivePlaylist::awaited() const {
  if (part_target_us == 0) return {next(), -1};
  return {next(), static_cast<std::int64_t>(open.size())};
}

LivePosition LivePlaylist::last() const {
  if (!open.empty()) return {next(), static_cast<std::int64_t>(open.size()) - 1};
  const std::int64_t parts =
      segments.empty() ? 0 : static_cast<std::int64_t>(segments.back().parts.size());
  return {next() - 1, parts - 1};
}

bool LivePlaylist::has(const LivePosition& position) const {
  if (position.number < next()) return true;
  return position.number == next() && position.part >= 0 &&
         position.part < static_cast<std::int64_t>(open.size());
}

std::int64_t LivePlaylist::duration_us() const {
  std::int64_t sum = 0;
  for (const auto& segment : segments) sum += segment.duration_us;
  for (const auto& part : open) sum += part.duration_us;
  return sum;
}

Result<LivePlaylist> read_live_playlist(std::string_view text) {
  WEIR_TRY_ASSIGN(const hls::PlaylistText playlist, hls::read_playlist(text));
  if (playlist.media() == nullptr)
    return fail(Code::kBadInput, "it is a multivariant playlist, not a media playlist");
  WEIR_TRY_ASSIGN(const hls::TagText tags, hls::read_tags(text));
  Reader reader(*playlist.media());
  for (const auto& line : tags.lines) reader.take(line);
  LivePlaylist out = reader.finish();
  fill_dates(out.segments);
  return out;
}

Result<LivePlaylist> apply_delta(const LivePlaylist& held, LivePlaylist delta) {
  const std::int64_t skipped = delta.skipped.value_or(0);
  if (skipped == 0) {
    delta.skipped.reset();
    return delta;
  }
  if (delta.sequence < held.first() || delta.first() > held.next())
    return fail(Code::kBadInput, "segments {} to {} are skipped, the playlist before had {} to {}",
                delta.sequence, delta.first() - 1, held.first(), held.next() - 1);
  const auto begin = held.segments.begin() + (delta.sequence - held.first());
  std::vector<LiveSegment> all(begin, begin + skipped);
  inherit(all.back(), delta);
  // Parts are listed near the end only: none of these has them any more.
  for (auto& segment : all) segment.parts.clear();
  std::ranges::move(delta.segments, std::back_inserter(all));
  delta.segments = std::move(all);
  delta.skipped.reset();
  fill_dates(delta.segments);
  return delta;
}

}  // namespace weir::probe
