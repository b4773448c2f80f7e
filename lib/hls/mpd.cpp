#include "hls/mpd.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/clock.h"

namespace weir::hls {
namespace {

using Set = MpdAdaptationSet;
using Out = std::back_insert_iterator<std::string>;

// What may not stand in an attribute or in text as it is; control characters may not at all.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (byte >= 0x20 && byte != 0x7f)
      out += c;
  }
  return out;
}

/// Elements one below the other, each on a line of its own.
class Xml {
 public:
  explicit Xml(std::string& text) : text_(text) {}

  /// An open element; its end goes with it.
  class Element {
   public:
    Element(Xml& xml, std::string_view name) : xml_(xml), name_(name) {
      xml_.end_tag();
      xml_.indent();
      xml_.text_ += '<';
      xml_.text_ += name;
      xml_.in_tag_ = true;
      ++xml_.depth_;
    }
    ~Element() {
      --xml_.depth_;
      if (std::exchange(xml_.in_tag_, false)) {
        xml_.text_ += "/>\n";
        return;
      }
      xml_.indent();
      fmt::format_to(Out(xml_.text_), "</{}>\n", name_);
    }
    Element(const Element&) = delete;
    Element& operator=(const Element&) = delete;

    template <typename Value>
    Element& with(std::string_view name, const Value& value) {
      fmt::format_to(Out(xml_.text_), " {}=\"{}\"", name, escaped(fmt::format("{}", value)));
      return *this;
    }
    template <typename Value>
    Element& with_some(std::string_view name, const Value& value) {
      return value == Value() ? *this : with(name, value);
    }

   private:
    Xml& xml_;
    const std::string name_;
  };

  void element(std::string_view name, std::string_view content) {
    end_tag();
    indent();
    fmt::format_to(Out(text_), "<{0}>{1}</{0}>\n", name, escaped(content));
  }

 private:
  void end_tag() {
    if (std::exchange(in_tag_, false)) text_ += ">\n";
  }
  void indent() { text_.append(2 * depth_, ' '); }

  std::string& text_;
  std::size_t depth_ = 0;
  bool in_tag_ = false;
};

void write_descriptor(Xml& xml, std::string_view element, std::string_view scheme,
                      const std::string& value) {
  Xml::Element(xml, element).with("schemeIdUri", scheme).with("value", value);
}

void write_timeline(Xml& xml, const MpdSegments& segments) {
  Xml::Element in(xml, "SegmentTemplate");
  in.with("timescale", segments.timescale)
      .with_some("presentationTimeOffset", segments.offset)
      .with("startNumber", segments.start_number)
      .with("initialization", segments.initialization)
      .with("media", segments.media);
  const Xml::Element timeline(xml, "SegmentTimeline");
  std::optional<std::int64_t> end;
  for (const auto& run : segments.timeline) {
    Xml::Element s(xml, "S");
    if (end != run.start) s.with("t", run.start);
    s.with("d", run.duration).with_some("r", run.repeat);
    end = run.end();
  }
}

std::string rate_text(AVRational rate) {
  return rate.den == 1 ? fmt::format("{}", rate.num) : fmt::format("{}/{}", rate.num, rate.den);
}

AVRational shape_of(const MpdRepresentation& picture) {
  return picture.sample_shape.num > 0 && picture.sample_shape.den > 0 ? picture.sample_shape
                                                                      : AVRational{1, 1};
}

std::string picture_shape(const MpdRepresentation& picture) {
  const AVRational sample = shape_of(picture);
  int num = 0, den = 0;
  av_reduce(&num, &den, std::int64_t{picture.resolution.width} * sample.num,
            std::int64_t{picture.resolution.height} * sample.den, INT32_MAX);
  return fmt::format("{}:{}", num, den);
}

void write_representation(Xml& xml, const MpdRepresentation& one, bool with_segments) {
  Xml::Element in(xml, "Representation");
  in.with("id", one.id).with("bandwidth", one.bandwidth).with("codecs", one.codecs);
  if (one.resolution.width > 0) {
    in.with("width", one.resolution.width).with("height", one.resolution.height);
    in.with("sar", fmt::format("{}:{}", shape_of(one).num, shape_of(one).den));
    if (one.frame_rate.num > 0) in.with("frameRate", rate_text(one.frame_rate));
  }
  in.with_some("audioSamplingRate", one.sampling_rate);
  if (with_segments) write_timeline(xml, one.segments);
}

// The largest of each, and the shape where all have the same.
void describe_pictures(Xml::Element& in, const std::vector<MpdRepresentation>& all) {
  Size largest;
  AVRational fastest{0, 1};
  bool one_shape = true;
  for (const auto& each : all) {
    largest.width = std::max(largest.width, each.resolution.width);
    largest.height = std::max(largest.height, each.resolution.height);
    if (av_cmp_q(fastest, each.frame_rate) < 0) fastest = each.frame_rate;
    one_shape = one_shape && picture_shape(each) == picture_shape(all.front());
  }
  in.with("maxWidth", largest.width).with("maxHeight", largest.height);
  if (fastest.num > 0) in.with("maxFrameRate", rate_text(fastest));
  if (one_shape) in.with("par", picture_shape(all.front()));
}

// ISO/IEC 23091-3, for the layouts that so many channels usually are; 0 where there is none.
int channel_configuration(int channels) {
  if (channels <= 6) return channels;
  return channels == 7 ? 11 : channels == 8 ? 12 : 0;
}

// Where to get the key is not told: Clear Key asks a licence server by POST, and a file is none.
void write_clear_key(Xml& xml) {
  write_descriptor(xml, "ContentProtection", "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e",
                   "ClearKey1.0");
}

void write_protection(Xml& xml, const AesBlock& id) {
  const std::string hex = fmt::format("{:02x}", fmt::join(id, ""));
  const std::string uuid = fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4),
                                       hex.substr(12, 4), hex.substr(16, 4), hex.substr(20));
  Xml::Element(xml, "ContentProtection")
      .with("schemeIdUri", "urn:mpeg:dash:mp4protection:2011")
      .with("value", "cbcs")
      .with("cenc:default_KID", uuid);
}

// A player that cannot show high dynamic range must not take it for the usual one.
void write_colour(Xml& xml, const Colour& colour) {
  constexpr int kPq = 16, kHlg = 18, kUnspecified = 2;
  if (colour.transfer != kPq && colour.transfer != kHlg) return;
  const auto write = [&](const char* what, int code) {
    if (code != kUnspecified)
      write_descriptor(xml, "EssentialProperty", fmt::format("urn:mpeg:mpegB:cicp:{}", what),
                       fmt::format("{}", code));
  };
  write("ColourPrimaries", colour.primaries);
  write("TransferCharacteristics", colour.transfer);
  write("MatrixCoefficients", colour.matrix);
}

void write_set(Xml& xml, const Set& set) {
  const bool video = set.content == Set::Content::kVideo;
  const auto& all = set.representations;
  Xml::Element in(xml, "AdaptationSet");
  in.with("id", set.id);
  in.with("contentType", video ? "video" : "audio")
      .with("mimeType", video ? "video/mp4" : "audio/mp4");
  in.with_some("lang", set.language);
  if (set.aligned) in.with("segmentAlignment", "true");
  in.with("startWithSAP", 1);
  if (video) describe_pictures(in, all);
  if (const int layout = channel_configuration(set.channels))
    write_descriptor(xml, "AudioChannelConfiguration", "urn:mpeg:mpegB:cicp:ChannelConfiguration",
                     fmt::format("{}", layout));
  if (set.key_id) write_protection(xml, *set.key_id);
  if (set.clear_key) write_clear_key(xml);
  if (video) write_colour(xml, set.colour);
  if (!set.label.empty()) xml.element("Label", set.label);
  if (!set.role.empty()) write_descriptor(xml, "Role", "urn:mpeg:dash:role:2011", set.role);
  const bool same = std::all_of(all.begin(), all.end(), [&](const auto& each) {
    return each.segments == all.front().segments;
  });
  if (same) write_timeline(xml, all.front().segments);
  for (const auto& each : all) write_representation(xml, each, !same);
}

void write_period(Xml& xml, const MpdPeriod& period) {
  Xml::Element in(xml, "Period");
  in.with("id", period.id).with("start", format_xs_duration(period.start));
  for (const auto& set : period.sets) write_set(xml, set);
}

bool is_protected(const Mpd& mpd) {
  for (const auto& period : mpd.periods)
    for (const auto& set : period.sets)
      if (set.key_id) return true;
  return false;
}

void write_times(Xml::Element& in, const Mpd& mpd) {
  const auto date = [&](const char* name, const std::optional<std::int64_t>& utc_us) {
    if (utc_us) in.with(name, format_utc(*utc_us));
  };
  const auto length = [&](const char* name, const std::optional<Micros>& value) {
    if (value) in.with(name, format_xs_duration(*value));
  };
  date("availabilityStartTime", mpd.availability_start_us);
  date("publishTime", mpd.publish_us);
  length("mediaPresentationDuration", mpd.duration);
  length("minimumUpdatePeriod", mpd.update_period);
  length("timeShiftBufferDepth", mpd.time_shift_depth);
  length("suggestedPresentationDelay", mpd.presentation_delay);
  length("minBufferTime", mpd.min_buffer);
}

void write_mpd(std::string& text, const Mpd& mpd) {
  Xml xml(text);
  Xml::Element in(xml, "MPD");
  in.with("xmlns", "urn:mpeg:dash:schema:mpd:2011");
  if (is_protected(mpd)) in.with("xmlns:cenc", "urn:mpeg:cenc:2013");
  in.with("profiles", "urn:mpeg:dash:profile:isoff-live:2011");
  in.with("type", mpd.dynamic ? "dynamic" : "static");
  write_times(in, mpd);
  for (const auto& period : mpd.periods) write_period(xml, period);
  if (!mpd.clock_uri.empty())
    write_descriptor(xml, "UTCTiming", "urn:mpeg:dash:utc:http-head:2014", mpd.clock_uri);
}

}  // namespace

void append(std::vector<MpdRun>& timeline, std::int64_t start, std::int64_t duration) {
  if (!timeline.empty() && timeline.back().end() == start && timeline.back().duration == duration)
    ++timeline.back().repeat;
  else
    timeline.push_back({start, duration, 0});
}

std::string format_xs_duration(Micros value) {
  const auto us = value.count();
  std::string out = fmt::format("PT{}", us / 1'000'000);
  if (us % 1'000'000 != 0) {
    out += fmt::format(".{:06}", us % 1'000'000);
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out + "S";
}

std::string to_text(const Mpd& mpd) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  write_mpd(text, mpd);
  return text;
}

}  // namespace weir::hls
