#include "hls/playlist_text.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <set>

#include "hls/date_range_check.h"

namespace weir::hls {
namespace {

constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max() / 2;

/// What both kinds of reader share: the lines, and where problems go.
class Reader {
 public:
  explicit Reader(TagText& tags) : tags_(tags) {}

 protected:
  void problem(const Line& line, std::string what) {
    if (tags_.problems.size() < kMaxProblems)
      tags_.problems.push_back({line.number, std::move(what)});
  }
  /// A decimal-integer tag value; a problem and `fallback` when it is none.
  std::int64_t number(const Line& line, std::int64_t fallback) {
    if (const auto value = parse_integer(line.value)) return *value;
    problem(line, fmt::format("{} is not a whole number", line.tag));
    return fallback;
  }
  void once(const Line& line) {
    if (!seen_.insert(line.tag).second) problem(line, fmt::format("{} twice", line.tag));
  }
  std::string required(const Line& line, std::string_view name) {
    auto value = line.attributes.text(name);
    if (!value) problem(line, fmt::format("{} without {}", line.tag, name));
    return std::move(value).value_or("");
  }
  int version(const Line& line) {
    once(line);
    return static_cast<int>(std::min<std::int64_t>(number(line, 1), 1000));
  }

  TagText& tags_;

 private:
  std::set<std::string> seen_;
};

class MediaReader : private Reader {
 public:
  using Reader::Reader;
  MediaPlaylistText read();

 private:
  void tag(const Line& line);
  void header(const Line& line);
  void date_range(const Line& line);
  void extinf(const Line& line);
  void map(const Line& line);
  void uri(const Line& line);
  std::optional<ByteRange> range(const Line& line, std::string_view text, bool follows);

  MediaPlaylistText out_;
  DateRangeCheck date_ranges_;
  bool dated_ = false;         // some segment has a date
  SegmentText next_;           // collects the tags before the next URI
  std::string range_text_;     // EXT-X-BYTERANGE of the next segment
  bool encrypted_ = false;     // EXT-X-KEY holds until the next one
  std::string last_uri_;       // of the segment before
  std::int64_t last_end_ = 0;  // where its byte range ended
};

MediaPlaylistText MediaReader::read() {
  for (const Line& line : tags_.lines) line.is_uri() ? uri(line) : tag(line);
  if (date_ranges_.any() && !dated_)
    problem(tags_.lines.front(), "date ranges, but no EXT-X-PROGRAM-DATE-TIME");
  return std::move(out_);
}

void MediaReader::tag(const Line& line) {
  if (line.tag == "EXTINF") return extinf(line);
  if (line.tag == "EXT-X-MAP") return map(line);
  if (line.tag == "EXT-X-DATERANGE") return date_range(line);
  if (line.tag == "EXT-X-BYTERANGE")
    range_text_ = line.value;
  else if (line.tag == "EXT-X-DISCONTINUITY")
    next_.discontinuity = true;
  else if (line.tag == "EXT-X-GAP")
    next_.gap = true;
  else if (line.tag == "EXT-X-PROGRAM-DATE-TIME") {
    next_.program_date_time = line.value;
    dated_ = true;
  } else if (line.tag == "EXT-X-KEY")
    encrypted_ = line.attributes.text("METHOD") != "NONE";
  else
    header(line);
}

void MediaReader::header(const Line& line) {
  if (line.tag == "EXT-X-VERSION") {
    out_.version = version(line);
  } else if (line.tag == "EXT-X-TARGETDURATION") {
    once(line);
    out_.target_duration = std::min<std::int64_t>(number(line, 0), 1'000'000);
  } else if (line.tag == "EXT-X-MEDIA-SEQUENCE") {
    once(line);
    out_.media_sequence = number(line, 0);
  } else if (line.tag == "EXT-X-DISCONTINUITY-SEQUENCE") {
    once(line);
    out_.discontinuity_sequence = number(line, 0);
  } else if (line.tag == "EXT-X-PLAYLIST-TYPE") {
    once(line);
    if (line.value == "VOD" || line.value == "EVENT")
      out_.type = line.value;
    else
      problem(line, "EXT-X-PLAYLIST-TYPE is neither VOD nor EVENT");
  } else if (line.tag == "EXT-X-ENDLIST") {
    out_.endlist = true;
  } else if (line.tag == "EXT-X-INDEPENDENT-SEGMENTS") {
    out_.independent = true;
  } else if (line.tag == "EXT-X-I-FRAMES-ONLY") {
    out_.iframes_only = true;
  } else if (line.tag == "EXT-X-STREAM-INF" || line.tag == "EXT-X-MEDIA") {
    problem(line, fmt::format("{} in a media playlist", line.tag));
  }
}

void MediaReader::date_range(const Line& line) {
  for (auto& what : date_ranges_.take(line.attributes)) problem(line, std::move(what));
}

void MediaReader::extinf(const Line& line) {
  const std::string_view text = std::string_view(line.value).substr(0, line.value.find(','));
  const auto duration = parse_micros(text);
  if (!duration) problem(line, "EXTINF is not a number of seconds");
  next_.has_duration = duration.has_value();
  next_.duration_us = duration.value_or(0);
  next_.duration_text = text;
}

void MediaReader::map(const Line& line) {
  MapText map{required(line, "URI"), {}, line.number};
  if (const auto text = line.attributes.text("BYTERANGE")) map.range = range(line, *text, false);
  out_.maps.push_back(std::move(map));
}

void MediaReader::uri(const Line& line) {
  next_.uri = line.value;
  next_.line = line.number;
  next_.map = static_cast<int>(out_.maps.size()) - 1;
  next_.encrypted = encrypted_;
  if (!range_text_.empty()) next_.range = range(line, range_text_, true);
  if (next_.duration_text.empty()) problem(line, "a segment without EXTINF");
  last_uri_ = next_.uri;
  last_end_ = next_.range ? next_.range->offset + next_.range->length : 0;
  out_.segments.push_back(std::move(next_));
  next_ = {};
  range_text_.clear();
}

// "n[@o]"; without an offset it goes on where the range before ended in the same resource.
std::optional<ByteRange> MediaReader::range(const Line& line, std::string_view text, bool follows) {
  const std::size_t at = text.find('@');
  const auto length = parse_integer(text.substr(0, at));
  std::optional<std::int64_t> offset = 0;
  if (at != std::string_view::npos)
    offset = parse_integer(text.substr(at + 1));
  else if (follows && last_uri_ == line.value)
    offset = last_end_;
  else if (follows)
    problem(line, "a byte range without offset follows no range of the same resource");
  if (!length || !offset || *length >= kLongest || *offset >= kLongest - *length) {
    problem(line, "damaged byte range");
    return {};
  }
  return ByteRange{*offset, *length};
}

class MultivariantReader : private Reader {
 public:
  using Reader::Reader;
  MultivariantText read();

 private:
  VariantText variant(const Line& line);
  MediaText media(const Line& line);
  void uri(const Line& line);

  MultivariantText out_;
  std::optional<VariantText> open_;  // its URI is still to come
};

MultivariantText MultivariantReader::read() {
  for (const Line& line : tags_.lines) {
    if (line.is_uri()) {
      uri(line);
    } else if (line.tag == "EXT-X-STREAM-INF") {
      if (open_) problem(line, "EXT-X-STREAM-INF follows another without a URI between");
      open_ = variant(line);
    } else if (line.tag == "EXT-X-I-FRAME-STREAM-INF") {
      out_.iframe_variants.push_back(variant(line));
      out_.iframe_variants.back().uri = required(line, "URI");
    } else if (line.tag == "EXT-X-MEDIA") {
      out_.media.push_back(media(line));
    } else if (line.tag == "EXT-X-INDEPENDENT-SEGMENTS") {
      out_.independent = true;
    } else if (line.tag == "EXT-X-VERSION") {
      out_.version = version(line);
    } else if (line.tag == "EXTINF" || line.tag == "EXT-X-TARGETDURATION") {
      problem(line, fmt::format("{} in a multivariant playlist", line.tag));
    }
  }
  if (open_) problem(tags_.lines.back(), "EXT-X-STREAM-INF without a URI");
  return std::move(out_);
}

VariantText MultivariantReader::variant(const Line& line) {
  const Attributes& a = line.attributes;
  VariantText out;
  out.bandwidth = a.integer("BANDWIDTH");
  if (!out.bandwidth) problem(line, fmt::format("{} without BANDWIDTH", line.tag));
  out.average_bandwidth = a.integer("AVERAGE-BANDWIDTH");
  out.codecs = a.text("CODECS").value_or("");
  out.resolution = a.resolution("RESOLUTION");
  if (!out.resolution && a.find("RESOLUTION")) problem(line, "RESOLUTION is not WIDTHxHEIGHT");
  out.frame_rate_micro = a.micros("FRAME-RATE");
  out.video_range = a.text("VIDEO-RANGE").value_or("");
  out.audio = a.text("AUDIO").value_or("");
  out.subtitles = a.text("SUBTITLES").value_or("");
  out.captions = a.text("CLOSED-CAPTIONS").value_or("");
  out.line = line.number;
  return out;
}

MediaText MultivariantReader::media(const Line& line) {
  const Attributes& a = line.attributes;
  MediaText out;
  out.type = required(line, "TYPE");
  out.group = required(line, "GROUP-ID");
  out.name = required(line, "NAME");
  out.language = a.text("LANGUAGE").value_or("");
  out.uri = a.text("URI").value_or("");
  out.channels = a.text("CHANNELS").value_or("");
  out.is_default = a.yes("DEFAULT");
  out.autoselect = a.yes("AUTOSELECT");
  out.line = line.number;
  return out;
}

void MultivariantReader::uri(const Line& line) {
  if (!open_) return problem(line, "a URI without EXT-X-STREAM-INF before it");
  open_->uri = line.value;
  out_.variants.push_back(std::move(*open_));
  open_.reset();
}

bool has_tag(const TagText& tags, std::initializer_list<std::string_view> names) {
  return std::any_of(tags.lines.begin(), tags.lines.end(), [&](const Line& line) {
    return std::find(names.begin(), names.end(), line.tag) != names.end();
  });
}

// A mix of both kinds is read as the multivariant one when it names variants; the strange tags are
// then problems.
bool is_multivariant(const TagText& tags) {
  if (has_tag(tags, {"EXT-X-STREAM-INF"})) return true;
  return has_tag(tags, {"EXT-X-MEDIA", "EXT-X-I-FRAME-STREAM-INF"}) &&
         !has_tag(tags, {"EXTINF", "EXT-X-TARGETDURATION"});
}

}  // namespace

std::int64_t MediaPlaylistText::duration_us() const {
  std::int64_t sum = 0;
  for (const auto& segment : segments)
    sum = std::min(sum + std::min(segment.duration_us, kLongest), kLongest);
  return sum;
}

Result<PlaylistText> read_playlist(std::string_view text) {
  WEIR_TRY_ASSIGN(TagText tags, read_tags(text));
  PlaylistText out;
  if (is_multivariant(tags))
    out.content = MultivariantReader(tags).read();
  else
    out.content = MediaReader(tags).read();
  out.problems = std::move(tags.problems);
  return out;
}

}  // namespace weir::hls
