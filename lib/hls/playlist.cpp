#include "hls/playlist.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include <fmt/ranges.h>

#include "base/clock.h"

namespace weir::hls {
namespace {

// The default variant of the authoring specification's rate table, bits per second.
constexpr std::int64_t kFirstVariantRate = 2'000'000;

using Out = std::back_insert_iterator<std::string>;

// Section 8: floating-point EXTINF needs 3, EXT-X-MAP without I-frame playlists 6. EXT-X-SKIP needs
// 9: a delta update then says the same as the whole playlist.
int version_of(const MediaPlaylist& playlist, bool imports) {
  if (playlist.low_latency && playlist.low_latency->can_skip_until) return 9;
  const auto& all = playlist.segments;
  int version = 3;
  if (imports) return 8;
  for (const auto& segment : all) {
    if (!segment.map.empty()) return 6;
    if (segment.range) version = std::max(version, 4);
    if (segment.key) version = std::max(version, version_of(*segment.key));
  }
  return version;
}

std::string import_tags(const MediaPlaylist& playlist) {
  std::string text;
  const KeyTag* seen = nullptr;
  for (const auto& segment : playlist.segments) {
    if (!segment.key || segment.key.get() == seen) continue;
    seen = segment.key.get();
    for (const auto& name : variables_in(seen->uri)) {
      const std::string tag = fmt::format("#EXT-X-DEFINE:IMPORT=\"{}\"\n", name);
      if (text.find(tag) == text.npos) text += tag;
    }
  }
  return text;
}

void write_type(Out out, MediaPlaylist::Type type) {
  if (type == MediaPlaylist::Type::kVod) fmt::format_to(out, "#EXT-X-PLAYLIST-TYPE:VOD\n");
  if (type == MediaPlaylist::Type::kEvent) fmt::format_to(out, "#EXT-X-PLAYLIST-TYPE:EVENT\n");
}

/// What holds for the next segment until a tag says otherwise.
struct InForce {
  std::string map;
  std::optional<ByteRange> map_range;
  std::shared_ptr<const KeyTag> key;
};

void change_key(Out out, const std::shared_ptr<const KeyTag>& to, InForce& now) {
  const bool same = to == now.key || (to && now.key && *to == *now.key);
  if (!same && to) fmt::format_to(out, "#EXT-X-KEY:{}\n", attributes_of(*to));
  if (!same && !to) fmt::format_to(out, "#EXT-X-KEY:METHOD=NONE\n");
  now.key = to;
}

// A key for whole segments would also be one for the initialization section behind it.
void change_map(Out out, const MediaSegment& segment, InForce& now) {
  if (segment.map == now.map && segment.map_range == now.map_range) return;
  const bool whole = segment.key && segment.key->method == KeyTag::Method::kAes128;
  change_key(out, whole ? nullptr : segment.key, now);
  fmt::format_to(out, "#EXT-X-MAP:URI=\"{}\"", segment.map);
  if (const auto& range = segment.map_range)
    fmt::format_to(out, ",BYTERANGE=\"{}@{}\"", range->length, range->offset);
  fmt::format_to(out, "\n");
  now.map = segment.map;
  now.map_range = segment.map_range;
}

SegmentLines lines_of(const MediaSegment& segment) {
  SegmentLines lines;
  if (segment.program_date_time_us)
    lines.date =
        fmt::format("#EXT-X-PROGRAM-DATE-TIME:{}\n", format_utc(*segment.program_date_time_us));
  const auto us = segment.duration.count();
  lines.file = fmt::format("#EXTINF:{}.{:06},\n", us / 1'000'000, us % 1'000'000);
  if (segment.range)
    lines.file +=
        fmt::format("#EXT-X-BYTERANGE:{}@{}\n", segment.range->length, segment.range->offset);
  lines.file += segment.uri;
  lines.file += '\n';
  return lines;
}

void write_parts(std::string& text, std::vector<MediaPart> parts, const IsLost& lost) {
  if (lost)
    for (auto& part : parts) part.gap = part.gap || lost(part.uri);
  text += part_tags(parts);
}

// All that a player has to know before it can take the first part.
void write_begin(std::string& text, const MediaSegment& segment, const std::string& date,
                 const IsLost& lost, InForce& now) {
  const Out out(text);
  if (segment.discontinuity) text += "#EXT-X-DISCONTINUITY\n";
  change_map(out, segment, now);
  change_key(out, segment.key, now);
  if (segment.gap || (lost && lost(segment.uri))) text += "#EXT-X-GAP\n";
  text += date;
  if (!segment.parts.empty()) write_parts(text, segment.parts, lost);
}

void write_segment(std::string& text, const MediaSegment& segment, const IsLost& lost,
                   InForce& now) {
  const SegmentLines made = segment.lines ? SegmentLines() : lines_of(segment);
  const SegmentLines& lines = segment.lines ? *segment.lines : made;
  write_begin(text, segment, lines.date, lost, now);
  text += lines.file;
}

// In a quoted-string there is no escape: what cannot stand in it is left out.
std::string quotable(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (c != '"' && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  return out;
}

void write_audio(Out out, const AudioRendition& audio) {
  fmt::format_to(out, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{}\",NAME=\"{}\",LANGUAGE=\"{}\"",
                 quotable(audio.group), quotable(audio.name), quotable(audio.language));
  fmt::format_to(out, ",DEFAULT={},AUTOSELECT={}", audio.is_default ? "YES" : "NO",
                 audio.autoselect ? "YES" : "NO");
  if (!audio.characteristics.empty())
    fmt::format_to(out, ",CHARACTERISTICS=\"{}\"", fmt::join(audio.characteristics, ","));
  if (audio.channels > 0) fmt::format_to(out, ",CHANNELS=\"{}\"", audio.channels);
  if (!audio.stable_id.empty()) fmt::format_to(out, ",STABLE-RENDITION-ID=\"{}\"", audio.stable_id);
  fmt::format_to(out, ",URI=\"{}\"\n", audio.uri);
}

constexpr std::string_view kSdh{
    "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-"
    "sound"};

void write_subtitles(Out out, const SubtitleRendition& text) {
  fmt::format_to(out, "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"{}\",NAME=\"{}\",LANGUAGE=\"{}\"",
                 quotable(text.group), quotable(text.name), quotable(text.language));
  fmt::format_to(out, ",DEFAULT={},AUTOSELECT={},FORCED={}", text.is_default ? "YES" : "NO",
                 text.autoselect ? "YES" : "NO", text.forced ? "YES" : "NO");
  if (text.sdh) fmt::format_to(out, ",CHARACTERISTICS=\"{}\"", kSdh);
  if (!text.stable_id.empty()) fmt::format_to(out, ",STABLE-RENDITION-ID=\"{}\"", text.stable_id);
  fmt::format_to(out, ",URI=\"{}\"\n", text.uri);
}

void write_captions(Out out, const CaptionRendition& captions) {
  fmt::format_to(out,
                 "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"{}\",NAME=\"{}\",LANGUAGE=\"{}\"",
                 quotable(captions.group), quotable(captions.name), quotable(captions.language));
  fmt::format_to(out, ",DEFAULT=NO,AUTOSELECT={},INSTREAM-ID=\"{}\"\n",
                 captions.autoselect ? "YES" : "NO", captions.instream_id);
}

/// Of all variants: section 4.4.6.2 wants NONE in every one or in none.
std::string caption_group(const MultivariantPlaylist& playlist) {
  if (playlist.captions.empty()) return "NONE";
  return fmt::format("\"{}\"", quotable(playlist.captions.front().group));
}

// Section 8: services of CEA-708 need 7.
int version_of(const MultivariantPlaylist& playlist) {
  const auto& key = playlist.session_key;
  int version = std::max({playlist.version, key ? version_of(*key) : 1, playlist.tags.version()});
  for (const auto& captions : playlist.captions)
    if (captions.instream_id.starts_with("SERVICE")) version = std::max(version, 7);
  return version;
}

// What variants and I-frame playlists have in common.
void write_attributes(Out out, const Variant& variant) {
  fmt::format_to(out, "BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\"", variant.bandwidth,
                 variant.average_bandwidth, variant.codecs);
  if (!variant.supplemental.empty())
    fmt::format_to(out, ",SUPPLEMENTAL-CODECS=\"{}\"", variant.supplemental);
  if (variant.resolution.width > 0)
    fmt::format_to(out, ",RESOLUTION={}x{}", variant.resolution.width, variant.resolution.height);
  if (variant.frame_rate.num > 0)
    fmt::format_to(out, ",FRAME-RATE={:.3f}", av_q2d(variant.frame_rate));
  if (!variant.video_range.empty()) fmt::format_to(out, ",VIDEO-RANGE={}", variant.video_range);
  if (variant.score) fmt::format_to(out, ",SCORE={:.3f}", *variant.score);
  if (!variant.stable_id.empty())
    fmt::format_to(out, ",STABLE-VARIANT-ID=\"{}\"", variant.stable_id);
  if (!variant.pathway.empty()) fmt::format_to(out, ",PATHWAY-ID=\"{}\"", variant.pathway);
}

void write_variant(Out out, const Variant& variant, const std::string& captions) {
  fmt::format_to(out, "#EXT-X-STREAM-INF:");
  write_attributes(out, variant);
  if (!variant.audio.empty()) fmt::format_to(out, ",AUDIO=\"{}\"", quotable(variant.audio));
  if (!variant.subtitles.empty())
    fmt::format_to(out, ",SUBTITLES=\"{}\"", quotable(variant.subtitles));
  fmt::format_to(out, ",CLOSED-CAPTIONS={}", captions);
  fmt::format_to(out, "\n{}\n", variant.uri);
}

void write_iframes(Out out, const Variant& variant) {
  fmt::format_to(out, "#EXT-X-I-FRAME-STREAM-INF:");
  write_attributes(out, variant);
  fmt::format_to(out, ",URI=\"{}\"\n", variant.uri);
}

void write_images(Out out, const ImageStream& images) {
  fmt::format_to(out, "#EXT-X-IMAGE-STREAM-INF:BANDWIDTH={},CODECS=\"jpeg\",RESOLUTION={}x{}",
                 images.bandwidth, images.resolution.width, images.resolution.height);
  fmt::format_to(out, ",URI=\"{}\"\n", images.uri);
}

// Variants a player takes for each other.
using Family = std::pair<std::string, std::string>;
Family family_of(const Variant& variant) {
  return {variant.pathway, variant.audio};
}

std::vector<Family> families_of(const std::vector<Variant>& variants) {
  std::vector<Family> families;
  for (const auto& variant : variants)
    if (std::find(families.begin(), families.end(), family_of(variant)) == families.end())
      families.push_back(family_of(variant));
  return families;
}

std::vector<Variant> in_order(const std::vector<Variant>& all, const Family& family) {
  std::vector<Variant> out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out),
               [&](const Variant& v) { return family_of(v) == family; });
  std::stable_sort(out.begin(), out.end(), [](const Variant& a, const Variant& b) {
    return a.average_bandwidth > b.average_bandwidth;
  });
  const auto first =
      std::min_element(out.begin(), out.end(), [](const Variant& a, const Variant& b) {
        const auto far = [](const Variant& v) {
          return std::llabs(v.average_bandwidth - kFirstVariantRate);
        };
        return far(a) < far(b);
      });
  std::rotate(out.begin(), first, first == out.end() ? first : std::next(first));
  return out;
}

}  // namespace

Micros ExtinfRounder::next(media::Time start, media::Time end) {
  if (!first_) first_ = start;
  const auto since = [&](media::Time time) {
    return media::Time{time.ticks - first_->in(time.base), time.base}.micros();
  };
  return Micros(since(end) - since(start));
}

Micros MediaPlaylist::duration() const {
  Micros sum{};
  for (const auto& segment : segments) sum += segment.duration;
  return sum;
}

std::int64_t whole_seconds(Micros duration) {
  return (duration.count() + 500'000) / 1'000'000;
}

void date_from(MediaPlaylist& playlist, std::int64_t utc_us) {
  for (auto& segment : playlist.segments) {
    segment.program_date_time_us = utc_us;
    utc_us += segment.duration.count();
  }
}

void keep_lines(MediaPlaylist& playlist) {
  auto& all = playlist.segments;
  for (auto segment = all.rbegin(); segment != all.rend() && !segment->lines; ++segment)
    segment->lines = std::make_shared<const SegmentLines>(lines_of(*segment));
}

std::string to_text(const MediaPlaylist& playlist, const IsLost& lost) {
  std::string text;
  const Out out(text);
  const std::string imports = import_tags(playlist);
  fmt::format_to(out, "#EXTM3U\n#EXT-X-VERSION:{}\n{}", version_of(playlist, !imports.empty()),
                 imports);
  fmt::format_to(out, "#EXT-X-TARGETDURATION:{}\n", playlist.target_duration);
  const auto& low_latency = playlist.low_latency;
  if (low_latency) fmt::format_to(out, "{}", low_latency_header(*low_latency));
  fmt::format_to(out, "#EXT-X-MEDIA-SEQUENCE:{}\n", playlist.media_sequence);
  if (playlist.type == MediaPlaylist::Type::kLive)
    fmt::format_to(out, "#EXT-X-DISCONTINUITY-SEQUENCE:{}\n", playlist.discontinuity_sequence);
  write_type(out, playlist.type);
  fmt::format_to(out, "{}\n",
                 playlist.iframes_only ? "#EXT-X-I-FRAMES-ONLY" : "#EXT-X-INDEPENDENT-SEGMENTS");
  if (playlist.start) text += start_tag(*playlist.start);
  InForce now;
  auto range = playlist.date_ranges.begin();
  std::int64_t number = playlist.media_sequence;
  for (const auto& segment : playlist.segments) {
    for (; range != playlist.date_ranges.end() && range->before <= number; ++range)
      text += range->range->line;
    write_segment(text, segment, lost, now);
    ++number;
  }
  if (playlist.open) write_begin(text, *playlist.open, lines_of(*playlist.open).date, lost, now);
  for (; range != playlist.date_ranges.end(); ++range) text += range->range->line;
  if (low_latency) fmt::format_to(out, "{}", low_latency_trailer(*low_latency, playlist.ended));
  if (playlist.ended) fmt::format_to(out, "#EXT-X-ENDLIST\n");
  return text;
}

std::string to_text(const MultivariantPlaylist& playlist) {
  std::string text;
  const Out out(text);
  const auto& key = playlist.session_key;
  const auto& tags = playlist.tags;
  fmt::format_to(out, "#EXTM3U\n#EXT-X-VERSION:{}\n{}#EXT-X-INDEPENDENT-SEGMENTS\n{}",
                 version_of(playlist), define_tags(tags), presentation_tags(tags));
  if (key) fmt::format_to(out, "#EXT-X-SESSION-KEY:{}\n", attributes_of(*key));
  for (const auto& audio : playlist.audio) write_audio(out, audio);
  for (const auto& subtitles : playlist.subtitles) write_subtitles(out, subtitles);
  for (const auto& captions : playlist.captions) write_captions(out, captions);
  const std::string caption = caption_group(playlist);
  for (const auto& family : families_of(playlist.variants))
    for (const auto& variant : in_order(playlist.variants, family))
      write_variant(out, variant, caption);
  for (const auto& variant : playlist.iframes) write_iframes(out, variant);
  for (const auto& images : playlist.images) write_images(out, images);
  return text;
}

}  // namespace weir::hls
