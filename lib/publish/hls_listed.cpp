#include "publish/hls_listed.h"

#include <algorithm>
#include <string>

#include "base/hex.h"
#include "hls/tag_reader.h"
#include "publish/hls_names.h"

namespace weir::publish {
namespace {

using Playlist = hls::MediaPlaylist;

constexpr std::int64_t kLongest = 24 * 3600;               // seconds, of one segment
constexpr std::size_t kMostListed = 2'000'000;             // a year of short ones
constexpr std::int64_t kLatest = 253'402'300'799'999'999;  // the end of the year 9999

std::optional<hls::AesBlock> read_iv(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return {};
  const auto bytes = read_hex(text.substr(2));
  hls::AesBlock iv{};
  if (!bytes || bytes->size() != iv.size()) return {};
  std::copy(bytes->begin(), bytes->end(), iv.begin());
  return iv;
}

class Reader {
 public:
  explicit Reader(std::string_view suffix) : suffix_(suffix) {
    out_.type = Playlist::Type::kLive;  // nothing says so
  }

  Result<Playlist> read(const hls::TagText& tags) {
    for (const auto& line : tags.lines) {
      take(line);
      if (!wrong_.empty())
        return fail(Code::kBadInput, "line {} of an earlier playlist: {}", line.number, wrong_);
    }
    if (out_.target_duration <= 0)
      return fail(Code::kBadInput, "an earlier playlist has no target duration");
    if (!next_.parts.empty()) out_.open = open();
    return std::move(out_);
  }

 private:
  void take(const hls::Line& line) {
    const std::string& tag = line.tag;
    if (line.is_uri()) return end_segment(line.value);
    if (tag == "EXT-X-TARGETDURATION") out_.target_duration = number(line.value, kLongest);
    if (tag == "EXT-X-MEDIA-SEQUENCE") out_.media_sequence = number(line.value, kLastNumber);
    if (tag == "EXT-X-DISCONTINUITY-SEQUENCE")
      out_.discontinuity_sequence = number(line.value, kLastNumber);
    if (tag == "EXT-X-PLAYLIST-TYPE")
      out_.type = line.value == "EVENT" ? Playlist::Type::kEvent : Playlist::Type::kVod;
    if (tag == "EXT-X-ENDLIST") out_.ended = true;
    if (tag == "EXT-X-I-FRAMES-ONLY") out_.iframes_only = true;
    if (tag == "EXT-X-DATERANGE")
      out_.date_ranges.push_back(
          {hls::date_range_of(line), out_.next() + (next_.parts.empty() ? 0 : 1)});
    take_segment_tag(line);
  }
  void take_segment_tag(const hls::Line& line) {
    const std::string& tag = line.tag;
    if (tag == "EXT-X-DISCONTINUITY") next_.discontinuity = true;
    if (tag == "EXT-X-GAP") next_.gap = true;
    if (tag == "EXTINF") next_.duration = micros(line.value.substr(0, line.value.find(',')));
    if (tag == "EXT-X-PROGRAM-DATE-TIME") take_date(line.value);
    if (tag == "EXT-X-MAP") take_map(line.attributes);
    if (tag == "EXT-X-KEY") take_key(line.attributes);
    if (tag == "EXT-X-PART") take_part(line.attributes);
    if (tag == "EXT-X-BYTERANGE") take_range(line.value);
  }

  std::int64_t number(std::string_view text, std::int64_t most) {
    const auto value = hls::parse_integer(text);
    need(value && *value <= most, "a number that cannot be");
    return value.value_or(0);
  }
  Micros micros(std::string_view text) {
    const auto value = hls::parse_micros(text);
    need(value && *value <= kLongest * 1'000'000, "a duration that cannot be");
    return Micros(value.value_or(0));
  }
  void take_date(const std::string& text) {
    const auto utc = parse_utc(text);
    need(utc && *utc >= 0 && *utc <= kLatest, "a date that cannot be");
    if (utc) next_.program_date_time_us = *utc;
  }
  void take_map(const hls::Attributes& attributes) {
    map_ = attributes.text("URI").value_or("");
    need(init_number(map_).has_value(), "an initialization section of another name");
  }
  void take_key(const hls::Attributes& attributes) {
    const std::string method = attributes.text("METHOD").value_or("");
    key_.reset();
    if (method == "NONE") return;
    auto key = std::make_shared<hls::KeyTag>();
    const bool whole = method == "AES-128";
    need(whole || method == "SAMPLE-AES", "a key of another method");
    key->method = whole ? hls::KeyTag::Method::kAes128 : hls::KeyTag::Method::kSampleAes;
    key->uri = attributes.text("URI").value_or("");
    key->format = attributes.text("KEYFORMAT").value_or("");
    if (const auto iv = attributes.text("IV")) {
      key->iv = read_iv(*iv);
      need(key->iv.has_value(), "a damaged IV");
    }
    key_ = std::move(key);
  }
  void take_part(const hls::Attributes& attributes) {
    hls::MediaPart part;
    part.uri = attributes.text("URI").value_or("");
    part.duration = micros(attributes.text("DURATION").value_or(""));
    part.independent = attributes.yes("INDEPENDENT");
    part.gap = attributes.yes("GAP");
    need(part.uri == part_file(out_.next(), next_.parts.size(), suffix_), "a part of another name");
    next_.parts.push_back(std::move(part));
  }

  void take_range(std::string_view text) {
    const std::size_t at = text.find('@');
    const auto length = hls::parse_integer(text.substr(0, at));
    const auto offset = hls::parse_integer(at == std::string_view::npos ? "" : text.substr(at + 1));
    need(length && offset && out_.iframes_only, "a byte range that cannot be");
    next_.range = hls::ByteRange{offset.value_or(0), length.value_or(0)};
  }

  bool is_named_well(const std::string& uri) {
    if (!out_.iframes_only) return uri == segment_file(out_.next(), suffix_);
    const auto number = segment_number(uri, suffix_);
    if (!number || *number > kLastNumber || *number < newest_) return false;
    newest_ = *number;
    return true;
  }
  void end_segment(const std::string& uri) {
    need(is_named_well(uri), "a segment of another name");
    need(out_.segments.size() < kMostListed && out_.next() < kLastNumber, "too many segments");
    next_.uri = uri;
    next_.map = map_;
    next_.key = key_;
    out_.segments.push_back(std::exchange(next_, {}));
  }
  hls::MediaSegment open() {
    for (const auto& part : next_.parts) next_.duration += part.duration;
    next_.uri = segment_file(out_.next(), suffix_);
    next_.map = map_;
    next_.key = key_;
    return std::move(next_);
  }
  void need(bool condition, const char* otherwise) {
    if (!condition && wrong_.empty()) wrong_ = otherwise;
  }

  const std::string_view suffix_;
  Playlist out_;
  hls::MediaSegment next_;
  std::string map_;
  std::shared_ptr<const hls::KeyTag> key_;
  std::int64_t newest_ = 0;  // number of the segment the last key picture is of
  std::string wrong_;
};

}  // namespace

Result<Playlist> read_listed(std::string_view text, std::string_view suffix) {
  WEIR_TRY_ASSIGN(const hls::TagText tags, hls::read_tags(text));
  if (!tags.problems.empty())
    return fail(Code::kBadInput, "line {} of an earlier playlist: {}", tags.problems.front().line,
                tags.problems.front().what);
  return Reader(suffix).read(tags);
}

}  // namespace weir::publish
